// What cannot stand where it was sent, written down for a maintainer.
import ManagementCore
import SQL
import StationProtocol
import Time

extension RecordIntake {
  func isConfined(
    _ raw: [UInt8], at seq: UInt64, in key: StreamKey
  ) throws(DatabaseError) -> Bool {
    try finds(
      "SELECT 1 FROM quarantine WHERE station = ?1 AND stream = ?2 AND seq = ?3 AND raw = ?4",
      [
        .text(key.station.text), .text(key.stream.description), .integer(Int64(seq)), .blob(raw),
      ])
  }

  func isConfined(_ raw: [UInt8], of station: StationID) throws(DatabaseError) -> Bool {
    try finds(
      "SELECT 1 FROM quarantine WHERE station = ?1 AND stream IS NULL AND raw = ?2",
      [.text(station.text), .blob(raw)])
  }

  private func finds(_ sql: StaticString, _ values: [SQLValue]) throws(DatabaseError) -> Bool {
    var isFound = false
    try database.prepare(sql).rows(values) { _ in isFound = true }
    return isFound
  }

  func confinedCount(of station: StationID) throws(DatabaseError) -> Int {
    var count = 0
    try database.prepare("SELECT count(*) FROM quarantine WHERE station = ?1 AND stream IS NULL")
      .rows([.text(station.text)]) { count = Int($0.int64(0)) }
    return count
  }

  func confine(_ row: Quarantined) throws(DatabaseError) {
    try database.run(
      """
      INSERT INTO quarantine (station, stream, seq, received, reason, raw)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """, .text(row.station.text), .text(row.stream?.description),
      .integer(row.seq.map { Int64($0) }), .integer(row.received.milliseconds),
      .text(row.reason), .blob(row.raw))
  }

  func release(_ id: Int64) throws(DatabaseError) {
    try database.run("DELETE FROM quarantine WHERE id = ?1", .integer(id))
  }
}
