// What the service's store knows of people counted.
import StationProtocol

/// The side of a `ManagementStore` that keeps counts of days.
package protocol CountStore: AnyObject {
  /// The counts of a day, by station; each counts its own days.
  func counts(onDay day: Int) throws(StoreFailure) -> [StationID: DayCounts]
}
