// What the store knows of the time: the last that was trusted, and the latest of all.
import SQL
import SQLite
import StationCore

extension StationStore {
  static let clockMigration = Migration(
    "mark of the clock",
    """
    ALTER TABLE identity ADD COLUMN clock_mark INTEGER;
    UPDATE identity SET clock_mark = last_trusted;
    """)

  /// - Parameter change: of the clock; any other changes nothing.
  func remember(clock change: RecoveryChange) throws(DatabaseError) {
    switch change {
    case .lastTrusted(let time):
      try database.run(
        "UPDATE identity SET last_trusted = ?1, clock_mark = ?1", .integer(time.milliseconds))
    case .clockMark(let time?):
      try database.run("UPDATE identity SET clock_mark = ?1", .integer(time.milliseconds))
    case .clockMark(nil): try database.execute("UPDATE identity SET clock_mark = NULL")
    default: break
    }
  }
}
