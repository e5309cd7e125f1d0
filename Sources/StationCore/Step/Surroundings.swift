// The view that a room of a station has of the others.
import StationProtocol
import Time

/// The station around a room at one moment, to be read: a room touches nothing of another.
struct Surroundings {
  /// Counts the starts of the daemon on this store.
  let boot: Int64
  /// The session with the broker; nil without one.
  let uplink: Int64?
  /// The maintenance key is turned.
  let isInMaintenance: Bool
  /// Records that are journaled outlive the daemon.
  let isStoreDurable: Bool
  /// By which the time of a code is judged.
  let clock: ClockTrust
  let directory: MemberDirectory
  let codePolicy: CodePolicy
}

extension Station {
  var surroundings: Surroundings {
    Surroundings(
      boot: boot, uplink: uplink, isInMaintenance: isInMaintenance,
      isStoreDurable: isStoreDurable, clock: clock, directory: directory,
      codePolicy: configuration.entry.code)
  }
}
