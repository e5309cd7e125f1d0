// The records of settings that the service wants.

/// The settings of a station changed, or those that the service wants did not come to hold.
package enum ConfigurationRecord: RecordFamily {
  /// The settings of this revision hold from now on, on trial.
  case taken(revision: Int64)
  /// The station was well with the settings of this revision; they hold.
  case confirmed(revision: Int64)
  /// The settings of the first revision do not hold. Those of the second do; 0 where the board's file
  /// alone does.
  case setBack(revision: Int64, to: Int64, SettingsSetback)

  package enum Kind: String, CaseIterable, Sendable {
    case taken = "settings-taken"
    case confirmed = "settings-confirmed"
    case setBack = "settings-set-back"
  }

  package var kind: Kind {
    switch self {
    case .taken: .taken
    case .confirmed: .confirmed
    case .setBack: .setBack
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: ConfigurationRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> ConfigurationRecord {
    let revision = try coder.number("rev", record?.revision, 1...(.max))
    switch kind {
    case .taken: return .taken(revision: revision)
    case .confirmed: return .confirmed(revision: revision)
    case .setBack:
      let old = record.flatMap {
        if case .setBack(_, let back, let cause) = $0 { (back: back, cause: cause) } else { nil }
      }
      return .setBack(
        revision: revision, to: try coder.number("to", old?.back),
        try coder.member("cause", old?.cause))
    }
  }

  package var revision: Int64 {
    switch self {
    case .taken(let revision), .confirmed(let revision), .setBack(let revision, _, _): revision
    }
  }
}
