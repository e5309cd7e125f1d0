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
  /// Writes the draft of a roll-out down, once for its key.
  func draft(
    _ change: SettingsChange, for waves: [[StationID]], key: OrderKey, reason: String,
    by actor: String, at now: Now
  ) throws(StoreFailure) -> RolloutReceipt
  /// Sends the next wave of one that is running, all of it in one transaction; ends it where there is
  /// none.
  /// - Parameter reported: the revision that each station has.
  func sendWave(
    of rollout: Int64, above reported: [StationID: Int64], at now: Now, digest: SettingsDigest
  ) throws(StoreFailure) -> SentWave?
  /// Carries out a person's decision about a roll-out.
  /// - Returns: as it is now, and whether it was another before; nil where there is none of this id.
  func decide(
    _ rollout: Int64, _ decision: RolloutDecision, by actor: String, at now: Now
  ) throws(StoreFailure) -> (rollout: SettingsRollout, isChanged: Bool)?
  /// Stops a roll-out at a station that is not well.
  /// - Returns: as it is now; nil where there is none of this id.
  func halt(
    _ rollout: Int64, _ halt: SettingsRollout.Halt, at now: Now
  ) throws(StoreFailure) -> SettingsRollout?
}

/// The questions that settings answer.
package protocol SettingsQueries: AnyObject {
  /// The revisions of a station's settings, newest first.
  /// - Parameter before: a revision; only older ones then.
  func settings(
    of station: StationID, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [StationSettings]
  /// Roll-outs, newest first.
  /// - Parameter before: an id of one; only older ones then.
  func rollouts(before: Int64?, limit: Int) throws(StoreFailure) -> [SettingsRollout]
  func rollout(_ id: Int64) throws(StoreFailure) -> SettingsRollout?
  func runningRollouts() throws(StoreFailure) -> [SettingsRollout]
}
