// The settings of stations in the service's store.
import StationProtocol
import Time

/// The side of a `ManagementStore` that keeps settings. Each method is one transaction.
package protocol SettingsStore: SettingsQueries {
  /// Changes what the service sets at a station, with the name of who wanted it. The revision before
  /// is kept.
  func change(
    _ request: SettingsRequest, by actor: String, at now: Now, digest: SettingsDigest
  ) throws(StoreFailure) -> SettingsReceipt
  /// Sets the prices that were agreed since.
  /// - Parameter stations: those to look at, each with the revision that it has reported; the new one
  ///   is above it.
  /// - Returns: the wishes with new prices, in the order of their stations.
  func reprice(
    _ stations: [StationID: Int64], by actor: String, at now: Now, digest: SettingsDigest
  ) throws(StoreFailure) -> [(station: StationID, wish: Wish)]
}

/// The questions that settings answer.
package protocol SettingsQueries: AnyObject {
  /// The revisions of a station's settings, newest first.
  /// - Parameter before: a revision; only older ones then.
  func settings(
    of station: StationID, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [StationSettings]
}
