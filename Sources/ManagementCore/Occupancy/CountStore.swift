// The counts of people in the service's store.
import StationProtocol

/// The side of a `ManagementStore` that keeps counts of days.
package protocol CountStore: AnyObject {
  /// The counts of a day, by station; each counts its own days.
  func counts(onDay day: Int) throws(StoreFailure) -> [StationID: DayCounts]
}
