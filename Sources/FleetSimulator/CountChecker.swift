// Checks the count of people inside against those who went through, while sensors were honest.
import StationCore
import StationProtocol

struct CountChecker {
  /// Whether every passage so far could be sensed and was made durable.
  var isKept = true
  private var entered: Int64 = 0
  private var left: Int64 = 0
  private var lastPassage: UInt64 = 0

  mutating func step(_ effects: [Effect]) {
    for case .store(.journal(let entry)) in effects {
      if case .occupancy(.passage) = entry.record.body { lastPassage = entry.seq }
    }
  }

  mutating func passed(_ way: Passage) {
    if way == .inward { entered += 1 } else { left += 1 }
  }

  /// The daemon is no more: what was not durable is not counted.
  mutating func ended(durable: UInt64) {
    if lastPassage > durable { isKept = false }
    lastPassage = 0
  }

  func finish(_ station: Int, _ totals: OccupancyTotals) -> String? {
    guard isKept else { return nil }
    guard (totals.entered, totals.left, totals.inside) == (entered, left, entered - left) else {
      return "station \(station + 1): counted \(totals), but \(entered) came and \(left) went"
    }
    return nil
  }
}
