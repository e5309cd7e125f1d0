// Writes measurements into their tables: as they came, for a while, and by the hour, for good.
import ManagementCore
import SQL
import StationProtocol
import Time

/// Part of the ingest's hot path: what many records of a transaction add to one hour is written
/// once, at its end.
final class MeasurementIntake {
  /// How many old rows give way with each transaction that brings new ones. Far more than come.
  private static let mostForgotten: Int64 = 256

  private let database: any SQLConnection
  private var hours: [Key: MeasuredHour] = [:]
  private var hasNew = false

  private struct Key: Hashable {
    var station: Int64
    var place: MeasuredHour.Place
  }

  init(_ database: any SQLConnection) { self.database = database }

  /// - Parameter stream: its number in the tables.
  /// - Returns: false where the place is taken.
  func insert(
    _ json: [UInt8], stream: Int64, seq: UInt64, at now: Now
  ) throws(DatabaseError) -> Bool {
    try database.prepare(
      """
      INSERT INTO minute (stream, seq, received, body) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (stream, seq) DO NOTHING
      """
    ).run([
      .integer(stream), .integer(Int64(seq)), .integer(now.wall.milliseconds),
      .text(String(decoding: json, as: UTF8.self)),
    ])
    guard database.changes == 1 else { return false }
    hasNew = true
    return true
  }

  /// - Parameter station: its number in the tables.
  func add(_ more: [MeasuredHour], station: Int64) {
    for hour in more {
      let key = Key(station: station, place: hour.place)
      hours[key, default: MeasuredHour(place: hour.place)] += hour
    }
  }

  /// The measurement that stands in a place.
  func body(stream: Int64, seq: UInt64) throws(DatabaseError) -> [UInt8]? {
    var body: [UInt8]?
    try database.prepare("SELECT body FROM minute WHERE stream = ?1 AND seq = ?2")
      .rows([.integer(stream), .integer(Int64(seq))]) { body = $0.bytes(0) }
    return body
  }

  /// The last of a transaction: adds to the hours, and forgets what is old.
  func save(at now: Now) throws(DatabaseError) {
    guard hasNew else { return }
    hasNew = false
    for (key, more) in hours {
      var sum = try known(key)
      sum += more
      try write(sum, key)
    }
    hours.removeAll(keepingCapacity: true)
    let period = MinuteRetention.period.wholeNanoseconds / 1_000_000
    try database.prepare(
      """
      DELETE FROM minute WHERE id IN (SELECT id FROM minute ORDER BY id LIMIT ?1) AND received < ?2
      """
    ).run([.integer(Self.mostForgotten), .integer(now.wall.milliseconds - period)])
  }

  private func known(_ key: Key) throws(DatabaseError) -> MeasuredHour {
    var hour = MeasuredHour(place: key.place)
    try database.prepare(
      """
      SELECT seconds, weight, least, most, used, resets FROM measured_hour
      WHERE station = ?1 AND hour = ?2 AND sensor = ?3 AND quantity = ?4
      """
    ).rows(Self.values(key)) { hour = MeasuredHour(place: key.place, $0, from: 0) }
    return hour
  }

  private func write(_ hour: MeasuredHour, _ key: Key) throws(DatabaseError) {
    try database.prepare(
      """
      INSERT INTO measured_hour
        (station, hour, sensor, quantity, seconds, weight, least, most, used, resets)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      ON CONFLICT (station, hour, sensor, quantity) DO UPDATE SET
        seconds = excluded.seconds, weight = excluded.weight, least = excluded.least,
        most = excluded.most, used = excluded.used, resets = excluded.resets
      """
    ).run(
      Self.values(key) + [
        .integer(hour.seconds), .integer(hour.weight), .integer(hour.least), .integer(hour.most),
        .integer(hour.used), .integer(hour.resets),
      ])
  }

  private static func values(_ key: Key) -> [SQLValue] {
    [
      .integer(key.station), .integer(key.place.hour), .text(key.place.sensor.text),
      .text(key.place.quantity.rawValue),
    ]
  }
}

extension MeasuredHour {
  /// Reads seconds, weight, least, most, used and resets from a row, beginning at a column.
  init(place: Place, _ row: any SQLRow, from column: Int) {
    self.init(place: place)
    seconds = row.int64(column)
    weight = row.int64(column + 1)
    least = row.int64(column + 2)
    most = row.int64(column + 3)
    used = row.int64(column + 4)
    resets = row.int64(column + 5)
  }
}
