// The measurements in the service's store.
import StationProtocol

/// The questions that the stored hours of measurements answer; records alone fill them.
package protocol MeasurementQueries: AnyObject {
  /// What a station's sensors measured in these hours since 1970-01-01 UTC, sorted; of nothing
  /// but what was stored.
  func measured(
    of station: StationID, hours: Range<Int64>
  ) throws(StoreFailure) -> [MeasuredHour]
}
