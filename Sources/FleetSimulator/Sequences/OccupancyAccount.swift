// Adds up what a station's records say of people, to be held against its own totals.
import StationCore
import StationProtocol
import Time

/// Knows the records and nothing of how they came about.
struct OccupancyAccount {
  private(set) var complaint: String?
  private var entered: Int64 = 0
  private var left: Int64 = 0
  private var corrections: Int64 = 0
  private var tailgates: Int64 = 0
  /// Summed up over the days that have a record.
  private var days: (entered: Int64, left: Int64, residual: Int64) = (0, 0, 0)
  private var lastDay = 0
  private var lastRefused: [AccessPointID: Instant] = [:]

  mutating func complain(_ text: String) { complaint = complaint ?? text }

  mutating func take(_ body: Record.Body, at now: Instant) {
    switch body {
    case .occupancy(.passage(_, let passage, let inside, let isTailgate)):
      if passage == .inward { entered += 1 }
      if passage == .outward { left += 1 }
      if isTailgate { tailgates += 1 }
      if inside < 0 { complain("a record with fewer than nobody inside") }
    case .occupancy(.corrected(let by, let cause, let inside)):
      corrections += by
      if cause == .underflow, by != 1 || inside != 0 { complain("an underflow of \(by)") }
      if cause != .underflow, inside != 0 || by > 0 { complain("empty, and \(inside) inside") }
    case .occupancy(.passagesRefused(let point, let count)):
      if count < 1 { complain("a record of nobody refused") }
      if let last = lastRefused[point], now - last < .seconds(60) {
        complain("two records of refused passages in a minute")
      }
      lastRefused[point] = now
    case .occupancy(.day(let day)):
      if day.day <= lastDay {
        complain("the record of day \(day.day) follows that of day \(lastDay) out of order")
      }
      lastDay = day.day
      days.entered += day.entered
      days.left += day.left
      days.residual += day.residual
    default: break
    }
  }

  /// Holds the records against the totals and the day under way.
  func compare(_ totals: OccupancyTotals, _ book: DayBook) -> String? {
    if (totals.entered, totals.left) != (entered, left) {
      return "totals \(totals), records say \(entered) in and \(left) out"
    }
    if totals.corrections != corrections { return "the ledger says \(totals.corrections)" }
    if totals.inside < 0 { return "fewer than nobody inside" }
    if totals.inside != entered - left + corrections { return "the sum is not the sum" }
    let tally = book.tally
    if (days.entered + tally.entered, days.left + tally.left) != (entered, left) {
      return "the days say \(days) and \(tally), not \(entered) in and \(left) out"
    }
    return nil
  }
}
