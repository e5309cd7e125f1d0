// The conditions of a station that one contact each reports. Adding.md says what a new one needs.

/// A condition of the station that one wire reports. While all is not well its alarm stands, and
/// each change is a record of its own kind. The raw value is the name of the wire.
package enum StationCondition: String, CaseIterable, Sendable {
  /// On: there is mains power. Off: the station runs on its battery.
  case mains
  /// On: the leak sensor on the floor is wet.
  case leak

  /// The word of its records, each of which says whether the wire is on.
  package var recordKind: String {
    switch self {
    case .mains: "mains-power-changed"
    case .leak: "water-leak-changed"
    }
  }

  /// The alarm that stands while all is not well.
  package var alarm: Alarm {
    switch self {
    case .mains: .mainsLost
    case .leak: .waterLeak
    }
  }

  /// Whether the wire is on while all is well.
  package var isOnWhileWell: Bool {
    switch self {
    case .mains: true
    case .leak: false
    }
  }
}
