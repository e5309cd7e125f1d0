// Typed codes in SQLite.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteStore {
  package func setCode(
    _ request: TypedCodeRequest, epoch: StoreEpoch, isSent: Bool, by actor: String, at now: Now
  ) throws(StoreFailure) -> CodeReceipt {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        if let known = try CommandRows.command(under: request.key, in: database) {
          guard let code = try code(setBy: known), code.isMeant(by: request) else {
            return .conflict
          }
          return .ordered(code, isNew: false)
        }
        guard try links(of: request.code.id, at: request.station) == nil,
          case .ordered(let command, _) = try CommandRows.order(
            request.command, epoch: epoch, isSent: isSent, by: actor, at: now, in: database),
          let code = StationCode(command)
        else { return .conflict }
        try database.run(
          """
          INSERT INTO typed_code (station, credential, number, setting)
          SELECT station, ?2, number, id FROM command WHERE id = ?1
          """, .text(command.id.text), .text(request.code.id.text))
        return .ordered(code, isNew: true)
      }
    }
  }

  package func removeCode(
    _ id: TypedCodeID, of station: StationID, life: Duration, key: OrderKey, epoch: StoreEpoch,
    isSent: Bool, by actor: String, at now: Now
  ) throws(StoreFailure) -> CodeReceipt? {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) -> CodeReceipt? in
        guard let links = try links(of: id, at: station), let code = try code(links) else {
          return nil
        }
        if code.isRemoved || code.removal?.progress.isFinal == false {
          return .ordered(code, isNew: false)
        }
        let request = CommandRequest(
          station, .entry(.removeCode(code.accessPoint, id)), life: life, key: key)
        guard
          case .ordered(let command, true) = try CommandRows.order(
            request, epoch: epoch, isSent: isSent, by: actor, at: now, in: database)
        else { return .conflict }
        try database.run(
          "UPDATE typed_code SET removal = ?3 WHERE station = ?1 AND credential = ?2",
          .text(station.text), .text(id.text), .text(command.id.text))
        return StationCode(code.setting, removal: command).map { .ordered($0, isNew: true) }
      }
    }
  }

  package func codes(
    of station: StationID, limit: Int
  ) throws(StoreFailure) -> [StationCode] {
    try guarded { () throws(DatabaseError) in
      var links: [Links] = []
      try database.prepare(
        """
        SELECT setting, removal FROM typed_code WHERE station = ?1 ORDER BY number DESC LIMIT ?2
        """
      ).rows([.text(station.text), .integer(Int64(limit))]) { links.append(Links($0)) }
      var codes: [StationCode] = []
      for link in links {
        if let code = try code(link) { codes.append(code) }
      }
      return codes
    }
  }

  package func code(
    _ id: TypedCodeID, of station: StationID
  ) throws(StoreFailure) -> StationCode? {
    try guarded { () throws(DatabaseError) in
      guard let links = try links(of: id, at: station) else { return nil }
      return try code(links)
    }
  }

  /// The commands about a code, by their ids.
  private struct Links {
    let setting: CommandID?
    let removal: CommandID?

    init(_ row: any SQLRow) {
      setting = CommandID(row.text(0))
      removal = row.textOrNil(1).flatMap { CommandID($0) }
    }
  }

  private func links(
    of id: TypedCodeID, at station: StationID
  ) throws(DatabaseError) -> Links? {
    var links: Links?
    try database.prepare(
      "SELECT setting, removal FROM typed_code WHERE station = ?1 AND credential = ?2"
    ).rows([.text(station.text), .text(id.text)]) { links = Links($0) }
    return links
  }

  /// - Returns: nil where the command sets no code of this service.
  private func code(setBy command: OrderedCommand) throws(DatabaseError) -> StationCode? {
    var links: Links?
    try database.prepare("SELECT setting, removal FROM typed_code WHERE setting = ?1")
      .rows([.text(command.id.text)]) { links = Links($0) }
    guard let links else { return nil }
    return try code(links)
  }

  private func code(_ links: Links) throws(DatabaseError) -> StationCode? {
    guard let setting = links.setting,
      let command = try CommandRows.command(setting, in: database)
    else { return nil }
    var removal: OrderedCommand?
    if let id = links.removal { removal = try CommandRows.command(id, in: database) }
    return StationCode(command, removal: removal)
  }
}
