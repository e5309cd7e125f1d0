// The orders of the service to the station as a whole.

/// An operation that concerns the daemon or all parts of the station.
package enum StationOrder: OrderFamily {
  /// Show lights and sounds at every reader, so that somebody on the street finds the station.
  case identify
  /// Drive what can be driven safely, and report each part.
  case selfTest
  /// End the daemon in an orderly way; systemd starts it again.
  case restart
  case setLogLevel(LogLevel)
  /// Write what a maintainer needs into a file on the board, without personal data.
  case collectSupport

  package typealias Kind = StationOperation

  package var kind: Kind {
    switch self {
    case .identify: .identify
    case .selfTest: .selfTest
    case .restart: .restart
    case .setLogLevel: .setLogLevel
    case .collectSupport: .collectSupport
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: StationOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> StationOrder {
    switch kind {
    case .identify: return .identify
    case .selfTest: return .selfTest
    case .restart: return .restart
    case .setLogLevel:
      let level = order.flatMap { if case .setLogLevel(let level) = $0 { level } else { nil } }
      return .setLogLevel(try coder.member("level", level))
    case .collectSupport: return .collectSupport
    }
  }
}

/// How much a daemon says in its log, from little to much; each says what those before it say. The
/// words are those of sd-daemon(3).
package enum LogLevel: String, CaseIterable, Sendable {
  /// Faults: parts that do not work.
  case error
  /// Faults that are coming, too.
  case warning
  /// Starts, ends and changes; the usual level.
  case notice
}

extension LogLevel: MemberWord {}

/// The words of the operations of `StationOrder`.
package enum StationOperation: String, CaseIterable, Sendable {
  case identify
  case selfTest = "self-test"
  case restart
  case setLogLevel = "set-log-level"
  case collectSupport = "collect-support"
}
