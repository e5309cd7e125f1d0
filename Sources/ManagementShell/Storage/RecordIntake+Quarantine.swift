// What cannot stand where it was sent, written down for a maintainer.
import ManagementCore
import SQLite
import StationProtocol
import Time

extension RecordIntake {
  /// Keeps what has a place but cannot stand there, once.
  func keep(
    _ json: [UInt8], _ reason: String, _ key: StreamKey, _ seq: UInt64,
    _ outcome: inout StoreOutcome, _ now: Now
  ) throws(DatabaseError) {
    var isKnown = false
    try database.prepare(
      """
      SELECT 1 FROM quarantine WHERE station = ?1 AND stream = ?2 AND seq = ?3 AND raw = ?4
      """
    ).rows([
      .text(key.station.text), .text(key.stream.description), .integer(Int64(seq)), .blob(json),
    ]) { _ in isKnown = true }
    guard !isKnown else { return }
    outcome.quarantined.append(reason)
    try confine(key.station, key.stream, seq, json, reason, now)
  }

  /// A record leaves quarantine for its place, where no other one has it.
  func store(_ again: InboundAgain, _ now: Now) throws(DatabaseError) -> StoreOutcome {
    let key = StreamKey(station: again.station, stream: again.stream)
    let stream = try stream(key)
    let zone = try zone(of: again.station) ?? now.rules
    var outcome = StoreOutcome(station: again.station, stream: nil)
    outcome.again = again.id
    let then = again.came(now)
    let (record, json, seq) = (again.record, again.json, again.seq)
    if !record.kind.isEvent {
      guard try event(stream.number, seq) == nil,
        try measurements.store(
          record, json, station: stream.station, stream: stream.number, seq: seq, at: then)
      else { return outcome }
      outcome.add(record, nil, received: then, in: zone)
    } else {
      guard try !isMeasured(seq, stream),
        let id = try insert(record.kind, json, stream, Int64(seq), then)
      else { return outcome }
      outcome.add(
        record,
        StoredEvent(
          id: id, station: key.station, stream: key.stream, seq: seq, received: then.wall,
          kind: record.kind, json: json), received: then, in: zone)
      try follow(record, key, stream, seq, isPossible: true, &outcome, now)
    }
    count(outcome)
    note(stream)
    try database.run("DELETE FROM quarantine WHERE id = ?1", .integer(again.id))
    return outcome
  }

  func quarantine(
    _ station: StationID, _ payload: [UInt8], _ reason: String, _ now: Now
  ) throws(DatabaseError) -> StoreOutcome {
    _ = try number(of: station)
    var outcome = StoreOutcome(station: station, stream: nil)
    var count = 0
    var isKnown = false
    try database.prepare("SELECT count(*) FROM quarantine WHERE station = ? AND stream IS NULL")
      .rows([.text(station.text)]) { count = Int($0.int64(0)) }
    guard count < Quarantined.mostMalformed else { return outcome }
    try database.prepare(
      "SELECT 1 FROM quarantine WHERE station = ? AND stream IS NULL AND raw = ?"
    ).rows([.text(station.text), .blob(payload)]) { _ in isKnown = true }
    guard !isKnown else { return outcome }
    outcome.quarantined.append(reason)
    try confine(station, nil, nil, payload, reason, now)
    return outcome
  }

  func confine(
    _ station: StationID, _ stream: StreamID?, _ seq: UInt64?, _ raw: [UInt8],
    _ reason: String, _ now: Now
  ) throws(DatabaseError) {
    try database.prepare(
      """
      INSERT INTO quarantine (station, stream, seq, received, reason, raw)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """
    ).run([
      .text(station.text), .text(stream?.description), .integer(seq.map { Int64($0) }),
      .integer(now.wall.milliseconds), .text(reason), .blob(raw),
    ])
  }
}
