// The view that a room of a station has of the others.
import StationProtocol
import Time

/// The station around a room at one moment, to be read: a room touches nothing of another.
struct Surroundings {
  /// Counts the starts of the daemon on this store.
  let boot: Int64
  /// The session with the broker; nil without one.
  let uplink: Int64?
  /// Since when there is no uplink; nil while there is one.
  let uplinkLostAt: Instant?
  /// The maintenance key is turned.
  let isInMaintenance: Bool
  /// Records that are journaled outlive the daemon.
  let isStoreDurable: Bool
  /// An exchange was begun and has no outcome yet.
  let isExchanging: Bool
  /// By which the time of a code is judged.
  let clock: ClockTrust
  let directory: MemberDirectory
  let codePolicy: CodePolicy
  /// The keys of issuers, in the order of the configuration.
  let issuers: [IssuerStanding]
}
