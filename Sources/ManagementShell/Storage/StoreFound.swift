// The store as a service finds it when it starts.
import Linux
import ManagementCore
import StationProtocol
import Time

/// The state of the store that the service needs before anything is served. It is read through a
/// connection that is closed again. A store of an older version has been brought up to date, and one
/// that is not there has been made.
struct StoreFound {
  let epoch: StoreEpoch
  let stations: [StationRegistration]
  /// The counts of the day that it is at each station's place.
  let today: [StationID: VisitCounts]
  /// The id of the newest event; 0 where there is none.
  let newestEvent: Int64
  /// The commands that are under way, and what is wanted of stations.
  let commands: FoundCommands

  /// - Throws: where the store cannot be used; the service cannot run then.
  init(_ path: String, at now: Now) throws(StoreFailure) {
    do throws(StoreFailure) {
      let store = try SQLiteStore(path: path)
      defer { store.close() }
      epoch = try store.settleEpoch(path: path)
      stations = try store.stations()
      today = try store.countsOfToday(at: now)
      newestEvent = try store.lastEventID()
      commands = FoundCommands(
        open: try store.openCommands(), wishes: try store.wishes(), epoch: epoch)
    } catch {
      throw StoreFailure("the store cannot be used: \(error)")
    }
  }

  /// Keeps the store for this process alone.
  static func lock(_ path: String) throws(SystemError) -> FileLock {
    guard let lock = try FileLock(beside: path) else {
      throw SystemError(
        "use", path: path,
        detail: "another managementd has it; stop it, or set another path in [store]")
    }
    return lock
  }
}
