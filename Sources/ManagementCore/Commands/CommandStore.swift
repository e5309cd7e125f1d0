// The commands and wishes in the service's store.
import StationProtocol
import Time

/// The side of a `ManagementStore` that keeps commands. Each method is one transaction.
package protocol CommandStore: CommandQueries {
  /// Writes a command down, once for its key, with the name of who gave it.
  /// - Parameters:
  ///   - epoch: the life of this store, which is part of the command's id.
  ///   - isSent: it is handed to the broker as soon as this is durable.
  func order(
    _ request: CommandRequest, epoch: StoreEpoch, isSent: Bool, by actor: String, at now: Now
  ) throws(StoreFailure) -> CommandReceipt
  /// Takes note of how far a command has come.
  /// - Returns: the command as it is now; nil where nothing has changed, or this station has none of
  ///   that id.
  func advance(
    _ id: CommandID, of station: StationID, _ news: CommandNews, at now: Now
  ) throws(StoreFailure) -> OrderedCommand?
  /// Wants lock-down of a station, or its end, from now on.
  /// - Parameter reported: the revision that the station has; the new one is above it.
  func wish(
    lockDown: Bool, of station: StationID, above reported: Int64, reason: String,
    by actor: String, at now: Now
  ) throws(StoreFailure) -> Wish
}

/// The questions that the commands answer.
package protocol CommandQueries: AnyObject {
  func command(_ id: CommandID) throws(StoreFailure) -> OrderedCommand?
  /// The commands of a station, newest first.
  /// - Parameter before: an id of one; only older ones then.
  func commands(
    of station: StationID, before: CommandID?, limit: Int
  ) throws(StoreFailure) -> [OrderedCommand]
  /// The commands that have not come to an end.
  func openCommands() throws(StoreFailure) -> [OrderedCommand]
  /// The wish for each station of which anything was ever wanted.
  func wishes() throws(StoreFailure) -> [StationID: Wish]
}
