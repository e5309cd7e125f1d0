// The measurements in the service's store.
import StationProtocol

/// The side of a `ManagementStore` that keeps hours of measurements.
package protocol MeasurementStore: AnyObject {
  /// What a station's sensors measured in these hours since 1970-01-01 UTC, sorted; of nothing
  /// but what was stored.
  func measured(
    of station: StationID, hours: Range<Int64>
  ) throws(StoreFailure) -> [MeasuredHour]
}
