// Settings of stations in SQLite.
import JSON
import Linux
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteStore {
  package func change(
    _ request: SettingsRequest, by actor: String, at now: Now, digest: SettingsDigest
  ) throws(StoreFailure) -> SettingsReceipt {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        let ground = try settingsGround(of: request.station)
        switch ground.judge(request, by: actor, at: now, digest) {
        case .receipt(let receipt): return receipt
        case .next(let next):
          try write(next, of: request.station, after: ground)
          return .wished(next.wish)
        }
      }
    }
  }

  package func reprice(
    _ stations: [StationID: Int64], by actor: String, at now: Now, digest: SettingsDigest
  ) throws(StoreFailure) -> [(station: StationID, wish: Wish)] {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        var all: [(station: StationID, wish: Wish)] = []
        for (station, reported) in stations.sorted(by: { $0.key < $1.key }) {
          let ground = try settingsGround(of: station)
          guard let next = ground.repriced(above: reported, by: actor, at: now, digest) else {
            continue
          }
          try write(next, of: station, after: ground)
          all.append((station, next.wish))
        }
        return all
      }
    }
  }

  package func settings(
    of station: StationID, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [StationSettings] {
    try guarded { () throws(DatabaseError) in
      try settingsRows(of: station, before: before, limit: limit)
    }
  }

  private func settingsRows(
    of station: StationID, before: Int64?, limit: Int
  ) throws(DatabaseError) -> [StationSettings] {
    var all: [StationSettings] = []
    let values: [SQLValue] = [
      .text(station.text), .integer(before ?? .max), .integer(Int64(limit)),
    ]
    try database.prepare(
      """
      SELECT revision, sections, actor, reason, at FROM settings
      WHERE station = ?1 AND revision < ?2 ORDER BY revision DESC LIMIT ?3
      """
    ).rows(values) { row throws(DatabaseError) in
      guard let stored = try? StoredSections(json: Array(row.text(1).utf8)) else {
        throw SQLiteBook.damaged("settings", row.int64(0))
      }
      all.append(
        StationSettings(
          revision: row.int64(0), sections: stored.sections, actor: row.text(2),
          reason: row.text(3), at: WallTime(milliseconds: row.int64(4))))
    }
    return all
  }

  func settingsGround(of station: StationID) throws(DatabaseError) -> SettingsGround {
    SettingsGround(
      settings: try settingsRows(of: station, before: nil, limit: 1).first,
      wish: try WishRows.wish(of: station, in: database),
      prices: try SQLiteBook.prices(of: station, in: database))
  }

  func write(
    _ next: SettingsGround.Next, of station: StationID, after ground: SettingsGround
  ) throws(DatabaseError) {
    let settings = next.settings
    try database.run(RecordIntake.register, .text(station.text))
    try database.run(
      """
      INSERT INTO settings (station, revision, sections, actor, reason, at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """, .text(station.text), .integer(settings.revision),
      .text(String(decoding: StoredSections(sections: settings.sections).json, as: UTF8.self)),
      .text(settings.actor), .text(settings.reason), .integer(settings.at.milliseconds))
    try WishRows.write(next.wish, of: station, in: database)
    try SQLiteBook.note(
      .settings(settings, after: ground.settings?.sections ?? [], of: station), in: database)
  }
}

/// The wishes of stations as rows.
enum WishRows {
  static func write(
    _ wish: Wish, of station: StationID, in database: any SQLConnection
  ) throws(DatabaseError) {
    let settings = wish.desired.settings.map { String(decoding: $0.json, as: UTF8.self) }
    try database.run(
      """
      INSERT INTO wish (station, revision, lock_down, actor, reason, at, settings)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      ON CONFLICT (station) DO UPDATE SET revision = excluded.revision,
        lock_down = excluded.lock_down, actor = excluded.actor, reason = excluded.reason,
        at = excluded.at, settings = excluded.settings
      """, .text(station.text), .integer(wish.desired.revision),
      .integer(wish.desired.isLockedDown ? 1 : 0), .text(wish.actor), .text(wish.reason),
      .integer(wish.at.milliseconds), .text(settings))
  }

  static func wish(
    of station: StationID, in database: any SQLConnection
  ) throws(DatabaseError) -> Wish? {
    var wish: Wish?
    try database.prepare(
      """
      SELECT station, revision, lock_down, actor, reason, at, settings FROM wish
      WHERE station = ?1
      """
    ).rows([.text(station.text)]) { wish = Self.wish($0)?.wish }
    return wish
  }

  static func all(in database: any SQLConnection) throws(DatabaseError) -> [StationID: Wish] {
    var all: [StationID: Wish] = [:]
    try database.prepare(
      "SELECT station, revision, lock_down, actor, reason, at, settings FROM wish"
    ).rows { row in
      if let (station, wish) = Self.wish(row) { all[station] = wish }
    }
    return all
  }

  /// Settings that the disk has spoilt are passed over: a station keeps what it has.
  private static func wish(_ row: any SQLRow) -> (station: StationID, wish: Wish)? {
    guard let station = StationID(row.text(0)) else { return nil }
    let settings = row.textOrNil(6).flatMap { try? WantedSettings(json: Array($0.utf8)) }
    return (
      station,
      Wish(
        DesiredConfiguration(
          revision: row.int64(1), isLockedDown: row.int64(2) == 1, settings: settings),
        actor: row.text(3), reason: row.text(4), at: WallTime(milliseconds: row.int64(5)))
    )
  }
}

/// The sections of a revision, as its row has them.
private struct StoredSections: DescribedObject {
  var sections: [SettingsSection]

  init(sections: [SettingsSection]) { self.sections = sections }

  static func described<Coder: MemberCoder>(
    _ stored: StoredSections?, by coder: inout Coder
  ) throws(Coder.Failure) -> StoredSections {
    StoredSections(
      sections: try coder.list(
        "sections", stored?.sections, ListBounds(most: WantedSettings.mostSections)))
  }
}
