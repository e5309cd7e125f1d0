// The count of people and the day under way, as the station's store keeps them.
import SQL
import SQLite
import StationCore
import StationProtocol

extension StationStore {
  /// - Returns: the totals, and whether they can be true.
  static func totals(
    _ database: Database
  ) throws(DatabaseError) -> (totals: OccupancyTotals?, isSound: Bool) {
    var totals: OccupancyTotals?
    var isSound = true
    let select = try database.prepare(
      "SELECT entered, departed, corrections, refused FROM occupancy_ledger")
    try select.rows { row in
      let all = [row.int64(0), row.int64(1), row.int64(2), row.int64(3)]
      let either = -counts.upperBound...counts.upperBound
      isSound =
        all.allSatisfy(either.contains) && [0, 1, 3].allSatisfy { counts.contains(all[$0]) }
      guard isSound else { return }
      let read = OccupancyTotals(
        entered: all[0], left: all[1], corrections: all[2], refused: all[3])
      isSound = counts.contains(read.inside)
      totals = read
    }
    return (totals, isSound)
  }

  /// The day under way. One that was spoilt is worth less than the rest: it begins anew.
  static func day(_ database: Database) throws(DatabaseError) -> DayBook {
    var book = DayBook()
    let select = try database.prepare(
      """
      SELECT day, closed, entered, departed, turn_backs, ambiguous, tailgates, refused,
        underflows, residual, exit_resets, cycle_resets FROM occupancy_day
      """)
    try select.rows { row in
      let numbers = (2..<12).map { row.int64($0) }
      let days = [row.int64OrNil(0), row.int64OrNil(1)]
      let most = RecordBounds.mostRefusals
      guard numbers.enumerated().allSatisfy({ ($0 == 7 ? -most : 0)...most ~= $1 }),
        days.allSatisfy({ $0.map { (0...Int64(DayBook.lastDay)).contains($0) } ?? true })
      else { return }
      book = DayBook(
        tally: OccupancyDay(
          day: 0, entered: numbers[0], left: numbers[1], turnBacks: numbers[2],
          ambiguous: numbers[3], tailgates: numbers[4], refused: numbers[5],
          underflows: numbers[6], residual: numbers[7], exitResets: numbers[8],
          cycleResets: numbers[9]),
        day: days[0].map { Int($0) }, closed: days[1].map { Int($0) })
    }
    return book
  }

  func remember(_ totals: OccupancyTotals) throws(DatabaseError) {
    try database.run(
      "UPDATE occupancy_ledger SET entered = ?1, departed = ?2, corrections = ?3, refused = ?4",
      .integer(totals.entered), .integer(totals.left), .integer(totals.corrections),
      .integer(totals.refused))
  }

  func remember(_ book: DayBook) throws(DatabaseError) {
    let tally = book.tally
    let numbers: [Int64] = [
      tally.entered, tally.left, tally.turnBacks, tally.ambiguous, tally.tailgates, tally.refused,
      tally.underflows, tally.residual, tally.exitResets, tally.cycleResets,
    ]
    let update = try database.prepare(
      """
      UPDATE occupancy_day SET day = ?1, closed = ?2, entered = ?3, departed = ?4,
        turn_backs = ?5, ambiguous = ?6, tailgates = ?7, refused = ?8, underflows = ?9,
        residual = ?10, exit_resets = ?11, cycle_resets = ?12
      """)
    try update.run([.integer(book.day), .integer(book.closed)] + numbers.map { .integer($0) })
  }
}
