// Roll-outs of settings in SQLite.
import JSON
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteStore {
  package func draft(
    _ change: SettingsChange, for waves: [[StationID]], key: OrderKey, reason: String,
    by actor: String, at now: Now
  ) throws(StoreFailure) -> RolloutReceipt {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        if let known = try RolloutRows.all(.key(key), in: database).first {
          return known.isSame(change, waves, reason) ? .drafted(known, isNew: false) : .conflict
        }
        try database.run(
          """
          INSERT INTO rollout (order_key, change, reason, actor, at, state)
          VALUES (?1, ?2, ?3, ?4, ?5, 'draft')
          """, .text(key.text), .text(RolloutRows.text(of: change)), .text(reason),
          .text(actor), .integer(now.wall.milliseconds))
        guard let written = try RolloutRows.all(.key(key), in: database).first else {
          throw SQLiteBook.damaged("rollout", 0)
        }
        var rollout = written
        rollout.waves = waves
        for (wave, stations) in waves.enumerated() {
          for (place, station) in stations.enumerated() {
            try database.run(
              "INSERT INTO rollout_station (rollout, wave, place, station) VALUES (?1, ?2, ?3, ?4)",
              .integer(rollout.id), .integer(Int64(wave)), .integer(Int64(place)),
              .text(station.text))
          }
        }
        try SQLiteBook.note(.rollout(rollout, by: actor, at: now.wall), in: database)
        return .drafted(rollout, isNew: true)
      }
    }
  }

  package func sendWave(
    of id: Int64, above reported: [StationID: Int64], at now: Now, digest: SettingsDigest
  ) throws(StoreFailure) -> SentWave? {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        guard var rollout = try RolloutRows.all(.id(id), in: database).first,
          rollout.state == .running
        else { return nil }
        let asked = rollout
        let before = rollout.sentWaves
        let orders = try rollout.sendNext { station throws(DatabaseError) in
          try change(station, as: asked, above: reported[station] ?? 0, at: now, digest)
        }
        if before < rollout.waves.count {
          for station in rollout.waves[before] {
            try database.run(
              "UPDATE rollout_station SET sent = ?3 WHERE rollout = ?1 AND station = ?2",
              .integer(id), .text(station.text), .integer(rollout.sent[station]))
          }
        }
        try RolloutRows.update(rollout, in: database)
        return SentWave(rollout, orders)
      }
    }
  }

  private func change(
    _ station: StationID, as rollout: SettingsRollout, above reported: Int64, at now: Now,
    _ digest: SettingsDigest
  ) throws(DatabaseError) -> (receipt: SettingsReceipt, revision: Int64) {
    let ground = try settingsGround(of: station)
    let current = ground.settings?.revision ?? 0
    let request = SettingsRequest(
      station, rollout.change, expected: current, above: reported, reason: rollout.reason)
    switch ground.judge(request, by: rollout.actor, at: now, digest) {
    case .receipt(let receipt): return (receipt, current)
    case .next(let next):
      try write(next, of: station, after: ground)
      return (.wished(next.wish), next.settings.revision)
    }
  }

  package func decide(
    _ id: Int64, _ decision: RolloutDecision, by actor: String, at now: Now
  ) throws(StoreFailure) -> (rollout: SettingsRollout, isChanged: Bool)? {
    try change(id, by: actor, at: now) { $0.decide(decision, by: actor) }
  }

  package func halt(
    _ id: Int64, _ halt: SettingsRollout.Halt, at now: Now
  ) throws(StoreFailure) -> SettingsRollout? {
    try change(id, by: "service", at: now) { $0.move(to: .stopped, halt) }?.rollout
  }

  private func change(
    _ id: Int64, by actor: String, at now: Now, _ change: (inout SettingsRollout) -> Bool
  ) throws(StoreFailure) -> (rollout: SettingsRollout, isChanged: Bool)? {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        guard var rollout = try RolloutRows.all(.id(id), in: database).first else { return nil }
        guard change(&rollout) else { return (rollout, false) }
        try RolloutRows.update(rollout, in: database)
        try SQLiteBook.note(.rollout(rollout, by: actor, at: now.wall), in: database)
        return (rollout, true)
      }
    }
  }

  package func rollouts(
    before: Int64?, limit: Int
  ) throws(StoreFailure) -> [SettingsRollout] {
    try guarded { () throws(DatabaseError) in
      try RolloutRows.all(.page(before: before ?? .max, limit: limit), in: database)
    }
  }

  package func rollout(_ id: Int64) throws(StoreFailure) -> SettingsRollout? {
    try guarded { () throws(DatabaseError) in
      try RolloutRows.all(.id(id), in: database).first
    }
  }

  package func runningRollouts() throws(StoreFailure) -> [SettingsRollout] {
    try guarded { () throws(DatabaseError) in
      try RolloutRows.all(.running, in: database)
    }
  }
}

/// Roll-outs as rows.
private enum RolloutRows {
  enum Choice {
    case id(Int64)
    case key(OrderKey)
    case page(before: Int64, limit: Int)
    case running
  }

  static func text(of change: SettingsChange) -> String {
    var writer = JSONWriter()
    change.write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static func all(
    _ choice: Choice, in database: any SQLConnection
  ) throws(DatabaseError) -> [SettingsRollout] {
    var (first, end, most) = (Int64(0), Int64.max, Int64(1000))
    var (key, state) = ("", "")
    switch choice {
    case .id(let id): (first, end) = (id, id == .max ? id : id + 1)
    case .key(let order): key = order.text
    case .page(let before, let limit): (end, most) = (before, Int64(limit))
    case .running: state = SettingsRollout.State.running.rawValue
    }
    let values: [SQLValue] = [
      .integer(first), .integer(end), .text(key), .text(state), .integer(most),
    ]
    var all: [SettingsRollout] = []
    try database.prepare(
      """
      SELECT id, change, reason, actor, at, state, sent_waves, halt_station, halt_text FROM rollout
      WHERE id >= ?1 AND id < ?2 AND (?3 = '' OR order_key = ?3) AND (?4 = '' OR state = ?4)
      ORDER BY id DESC LIMIT ?5
      """
    ).rows(values) { row throws(DatabaseError) in all.append(try rollout(row)) }
    for index in all.indices { try readStations(of: &all[index], in: database) }
    return all
  }

  private static func rollout(_ row: any SQLRow) throws(DatabaseError) -> SettingsRollout {
    guard let change = try? SettingsDraft(changes: Array(row.text(1).utf8)).change,
      let state = SettingsRollout.State(rawValue: row.text(5))
    else { throw SQLiteBook.damaged("rollout", row.int64(0)) }
    return SettingsRollout(
      id: row.int64(0), change, waves: [], reason: row.text(2), actor: row.text(3),
      at: WallTime(milliseconds: row.int64(4)), state: state, sentWaves: Int(row.int64(6)),
      halt: row.textOrNil(8).map {
        SettingsRollout.Halt(row.textOrNil(7).flatMap { StationID($0) }, $0)
      })
  }

  private static func readStations(
    of rollout: inout SettingsRollout, in database: any SQLConnection
  ) throws(DatabaseError) {
    var waves: [[StationID]] = []
    var sent: [StationID: Int64] = [:]
    var passed: Set<StationID> = []
    try database.prepare(
      """
      SELECT wave, station, sent, passed FROM rollout_station
      WHERE rollout = ?1 ORDER BY wave, place
      """
    ).rows([.integer(rollout.id)]) { row throws(DatabaseError) in
      guard let station = StationID(row.text(1)), (0...waves.count).contains(Int(row.int64(0)))
      else { throw SQLiteBook.damaged("rollout_station", rollout.id) }
      if Int(row.int64(0)) == waves.count { waves.append([]) }
      waves[Int(row.int64(0))].append(station)
      sent[station] = row.int64OrNil(2)
      if row.int64(3) == 1 { passed.insert(station) }
    }
    rollout.passed = passed
    rollout.waves = waves
    rollout.sent = sent
    rollout.sentWaves = min(max(rollout.sentWaves, 0), waves.count)
  }

  static func update(
    _ rollout: SettingsRollout, in database: any SQLConnection
  ) throws(DatabaseError) {
    try database.run(
      """
      UPDATE rollout SET state = ?2, sent_waves = ?3, halt_station = ?4, halt_text = ?5
      WHERE id = ?1
      """, .integer(rollout.id), .text(rollout.state.rawValue),
      .integer(Int64(rollout.sentWaves)), .text(rollout.halt?.station?.text),
      .text(rollout.halt?.text))
    for station in rollout.passed.sorted() {
      try database.run(
        "UPDATE rollout_station SET passed = 1 WHERE rollout = ?1 AND station = ?2",
        .integer(rollout.id), .text(station.text))
    }
  }
}
