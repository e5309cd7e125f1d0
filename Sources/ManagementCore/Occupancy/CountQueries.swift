// The counts of people in the service's store.
import StationProtocol

/// The questions that the counts of days answer; records alone change them.
package protocol CountQueries: AnyObject {
  /// The counts of a day, by station; each counts its own days.
  func counts(onDay day: Int) throws(StoreFailure) -> [StationID: DayCounts]
}
