// Records that an earlier version of the service could not read.
import StationProtocol
import Time

/// How far quarantine has been gone through since the start.
struct SecondReading: Equatable, Sendable {
  /// The last row of the page that is being read.
  var after: Int64
  /// How many records of the page wait for the store.
  var waiting: Int
}

extension Management {
  /// A page of quarantine: what can be read now takes the place that was kept for it. The next page
  /// is asked for when this one is stored, so that a full quarantine holds up nothing else. Where the
  /// store fails, the rest waits for the next start.
  mutating func readAgain(_ rows: [Quarantined]) -> [ManagementEffect] {
    guard let last = rows.last else {
      secondReading = nil
      return []
    }
    let records = rows.compactMap { InboundAgain($0) }
    secondReading = SecondReading(after: last.id, waiting: records.count)
    return records.isEmpty
      ? [.readAgain(after: last.id)] : records.map { .store(.again($0)) }
  }

  mutating func goOnReading(_ outcomes: [StoreOutcome]) -> [ManagementEffect] {
    let stored = outcomes.count { $0.again != nil }
    guard stored > 0, var reading = secondReading else { return [] }
    reading.waiting -= stored
    secondReading = reading
    return reading.waiting == 0 ? [.readAgain(after: reading.after)] : []
  }
}
