// Lights, air-conditioning and sockets that go off when nobody is inside any more.
import StationProtocol
import Time

/// A relay that follows occupancy. The fridge has none: what is in it has to stay cold, whoever
/// is there, so there is no relay that could be set up to cut it.
package struct RelayConfiguration: Equatable, Sendable {
  package var relay: Relay
  /// How long after the last person it goes off.
  package var delay: Duration

  package init(_ relay: Relay, delay: Duration) {
    self.relay = relay
    self.delay = delay
  }
}

/// The machine of one such relay. It goes off only on knowledge: a count that is stale is taken
/// for somebody, and at boot it is on, because somebody may be inside.
package struct RelaySwitch: Equatable, Sendable {
  package let configuration: RelayConfiguration
  package private(set) var presence = Presence.occupied
  /// Somebody has switched it on by hand.
  package private(set) var isOverridden = false
  /// How the service holds it; a hand at the station goes before that.
  package private(set) var hold = RelayHold.automatic

  package enum Presence: Equatable, Sendable {
    /// Somebody is inside, or may be. Can become `leaving` when the room is known to be empty.
    case occupied
    /// Nobody is inside, but it is on until then. Can become `occupied`, or `empty`.
    case leaving(until: Instant)
    /// Nobody has been inside for long enough. Can become `occupied` when the count says so, or
    /// `leaving` when somebody is let in.
    case empty
  }

  /// The relay is to be switched, and why.
  package struct Change: Equatable, Sendable {
    package var isOn: Bool
    package var cause: RelayCause

    package init(isOn: Bool, cause: RelayCause) {
      self.isOn = isOn
      self.cause = cause
    }
  }

  package init(_ configuration: RelayConfiguration) { self.configuration = configuration }

  package var isOn: Bool {
    switch hold {
    case _ where isOverridden: true
    case .automatic: presence != .empty
    case .stayOn: true
    case .stayOff: false
    }
  }

  package var deadline: Instant? {
    if case .leaving(let until) = presence { until } else { nil }
  }

  /// The count is what it is, said as often as anybody likes.
  /// - Parameter isOccupied: whether somebody is inside, or the count is stale.
  package mutating func count(isOccupied: Bool, at now: Instant) -> Change? {
    switch presence {
    case .occupied:
      if !isOccupied { presence = .leaving(until: now + configuration.delay) }
      return nil
    case .leaving, .empty:
      guard isOccupied else { return nil }
      return become(.occupied, because: .occupied)
    }
  }

  /// Somebody is let in, and will be in the dark before the beams have counted him.
  package mutating func enter(at now: Instant) -> Change? {
    guard presence != .occupied else { return nil }
    return become(.leaving(until: now + configuration.delay), because: .occupied)
  }

  /// The override switch was moved.
  package mutating func override(_ isOn: Bool) -> Change? {
    let before = self.isOn
    isOverridden = isOn
    return self.isOn == before ? nil : Change(isOn: self.isOn, cause: .override)
  }

  /// The service holds it, or lets it follow the count again.
  package mutating func hold(_ hold: RelayHold) -> Change? {
    let before = isOn
    self.hold = hold
    return isOn == before ? nil : Change(isOn: isOn, cause: .command)
  }

  package mutating func wake(at now: Instant) -> Change? {
    guard case .leaving(let until) = presence, until <= now else { return nil }
    return become(.empty, because: .empty)
  }

  private mutating func become(_ next: Presence, because cause: RelayCause) -> Change? {
    let before = isOn
    presence = next
    return isOn == before ? nil : Change(isOn: isOn, cause: cause)
  }
}
