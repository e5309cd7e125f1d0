// The record of a local day: what was counted, what was corrected, and when the day is over.
import StationProtocol

/// The day under way. Every passage is in exactly one day's record, and no day has two: the days'
/// numbers only grow, whatever the wall clock does.
package struct DayBook: Equatable, Sendable {
  /// The counts; their `day` is filled in when it is over.
  package var tally = OccupancyDay(day: 0)
  /// Days since 1970-01-01, local; nil before the time was known.
  package var day: Int?
  /// The last day that has a record.
  package var closed: Int?

  /// 9999-12-31: a later day is a clock that has lost its mind.
  package static let lastDay = 2_932_896

  package init(tally: OccupancyDay = OccupancyDay(day: 0), day: Int? = nil, closed: Int? = nil) {
    self.tally = tally
    self.day = day
    self.closed = closed
  }

  mutating func add(_ passage: Passage, isTailgate: Bool) {
    switch passage {
    case .inward: Self.add(1, to: &tally.entered)
    case .outward: Self.add(1, to: &tally.left)
    case .turnBack: Self.add(1, to: &tally.turnBacks)
    case .ambiguous: Self.add(1, to: &tally.ambiguous)
    }
    if isTailgate { Self.add(1, to: &tally.tailgates) }
  }

  mutating func addUnderflow() { Self.add(1, to: &tally.underflows) }
  mutating func addRefused(_ count: Int64) { Self.add(count, to: &tally.refused) }

  mutating func addReset(_ cause: CorrectionCause, residual: Int64) {
    Self.add(residual, to: &tally.residual)
    switch cause {
    case .emptyAfterExit: Self.add(1, to: &tally.exitResets)
    case .emptyAfterCycle: Self.add(1, to: &tally.cycleResets)
    case .underflow, .command: break
    }
  }

  /// No day's record has more; sensors that go mad for a day must not cost its record.
  private static func add(_ count: Int64, to sum: inout Int64) {
    let most = RecordBounds.mostRefusals
    sum = min(max(sum + min(max(count, -most), most), -most), most)
  }

  /// The local day is this one now, by a clock that can be believed. A clock that was ahead and
  /// is set back makes the day under way the next one that has no record.
  /// - Returns: the day that is over.
  mutating func turn(to today: Int) -> OccupancyDay? {
    guard (0...Self.lastDay).contains(today) else { return nil }
    let next = max(today, (closed ?? -1) + 1)
    guard let day, today > day else {
      day = next
      return nil
    }
    var over = tally
    over.day = Self.date(ofDay: day)
    closed = day
    self.day = today
    tally = OccupancyDay(day: 0)
    return over
  }

  /// The date of a number of days since 1970-01-01, as yyyymmdd, in the Gregorian calendar. Counted
  /// from 0000-03-01, so that a leap day ends its year.
  static func date(ofDay day: Int) -> Int {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let ofEra = shifted % 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * ofYear + 2) / 153
    let dayOfMonth = ofYear - (153 * month + 2) / 5 + 1
    let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
    return year * 10_000 + (month < 10 ? month + 3 : month - 9) * 100 + dayOfMonth
  }
}
