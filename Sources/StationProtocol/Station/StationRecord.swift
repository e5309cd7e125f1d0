// What records say of the station's daemon, its clock and its link.

/// The daemon came up, its clock moved, a condition changed, or it refused what the broker brought.
package enum StationRecord: RecordFamily {
  /// The daemon came up: its boot number in this stream, how it had ended, its version.
  case started(boot: Int64, after: Ending, version: String)
  /// The wall clock moved against the monotonic one, by this many milliseconds.
  case clockStepped(milliseconds: Int64)
  /// Messages of the broker that were refused on one ground since the last such record; 1 to
  /// `RecordBounds.mostRefusals`.
  case messagesRefused(MessageRefusal, count: Int64)
  /// The wire that reports a condition is on, or off.
  case conditionChanged(StationCondition, isOn: Bool)

  package enum Kind: RawRepresentable, CaseIterable, Hashable, Sendable {
    case started
    case clockStepped
    case messagesRefused
    /// A kind of record for each condition.
    case conditionChanged(StationCondition)

    package static let allCases: [Kind] =
      [.started, .clockStepped, .messagesRefused]
      + StationCondition.allCases.map(Self.conditionChanged)

    package init?(rawValue: String) {
      guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
      self = kind
    }

    package var rawValue: String {
      switch self {
      case .started: "started"
      case .clockStepped: "clock-stepped"
      case .messagesRefused: "messages-refused"
      case .conditionChanged(let condition): condition.recordKind
      }
    }
  }

  package var kind: Kind {
    switch self {
    case .started: .started
    case .clockStepped: .clockStepped
    case .messagesRefused: .messagesRefused
    case .conditionChanged(let condition, _): .conditionChanged(condition)
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: StationRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> StationRecord {
    switch kind {
    case .started:
      let old = record.flatMap {
        if case .started(let boot, let ending, let version) = $0 {
          (boot: boot, ending: ending, version: version)
        } else {
          nil
        }
      }
      return .started(
        boot: try coder.number("boot", old?.boot), after: try coder.member("after", old?.ending),
        version: try coder.member("version", old?.version))
    case .clockStepped:
      let by = record.flatMap { if case .clockStepped(let by) = $0 { by } else { nil } }
      return .clockStepped(milliseconds: try coder.member("by", by))
    case .messagesRefused:
      let old = record.flatMap {
        if case .messagesRefused(let reason, let count) = $0 {
          (reason: reason, count: count)
        } else {
          nil
        }
      }
      return .messagesRefused(
        try coder.member("reason", old?.reason),
        count: try coder.number("count", old?.count, 1...RecordBounds.mostRefusals))
    case .conditionChanged(let condition):
      let isOn = record.flatMap {
        if case .conditionChanged(_, let isOn) = $0 { isOn } else { nil }
      }
      return .conditionChanged(condition, isOn: try coder.member("on", isOn))
    }
  }
}

extension Ending: MemberWord {}
extension MessageRefusal: MemberWord {}
