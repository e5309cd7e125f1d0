// What records say of the room: what was measured there, and what was switched.

/// Sensors measured something, or a relay was switched.
package enum ClimateRecord: RecordFamily {
  case relaySwitched(Relay, isOn: Bool, cause: RelayCause)
  /// What the sensors said up to this moment.
  case measured(Measurement)

  package enum Kind: String, CaseIterable, Sendable {
    case relaySwitched = "relay-switched"
    case measured
  }

  package var kind: Kind {
    switch self {
    case .relaySwitched: .relaySwitched
    case .measured: .measured
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: ClimateRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> ClimateRecord {
    switch kind {
    case .relaySwitched:
      let old = record.flatMap {
        if case .relaySwitched(let relay, let isOn, let cause) = $0 {
          (relay: relay, isOn: isOn, cause: cause)
        } else {
          nil
        }
      }
      return .relaySwitched(
        try coder.member("relay", old?.relay), isOn: try coder.member("on", old?.isOn),
        cause: try coder.member("cause", old?.cause))
    case .measured:
      let old = record.flatMap { if case .measured(let old) = $0 { old } else { nil } }
      let seconds = try coder.number("seconds", old?.seconds, 1...Measurement.longest)
      let values = try coder.list("values", old?.values, Measurement.bounds)
      try coder.demand(!values.isEmpty, of: "values")
      return .measured(Measurement(seconds: seconds, values: values))
    }
  }
}

extension Relay: MemberWord {}
extension RelayCause: MemberWord {}
