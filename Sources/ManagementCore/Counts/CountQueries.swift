// The counts in the service's store.
import StationProtocol

/// The questions that the counts of days and hours answer; records alone change them.
package protocol CountQueries: AnyObject {
  /// The counts of a day, by station; each counts its own days.
  func counts(onDay day: Int) throws(StoreFailure) -> [StationID: VisitCounts]
  /// The counts of a station's hours since 1970-01-01 UTC, as far as something happened in them, in
  /// the order of hours and then of words.
  func tallies(of station: StationID, hours: Range<Int64>) throws(StoreFailure) -> [HourTally]
}
