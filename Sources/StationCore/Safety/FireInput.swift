// The fire alarm's wires into the station: what they say, and what stays when they fall silent.
import StationProtocol
import Time

/// How the fire alarm system is wired to the station, and what a broken wire does.
package struct FirePolicy: Equatable, Sendable {
  package var wiring: Wiring
  package var onWireFault: WireFault

  package enum Wiring: String, CaseIterable, Sendable {
    /// Nothing is wired. A latch of earlier can still be reset.
    case none
    /// One circuit that is closed while there is no fire: a cut wire is taken for fire.
    case oneLine = "one-line"
    /// A circuit that is closed and one that is open while there is no fire: with fire both
    /// change over, and a cut wire and a short are told apart from it.
    case twoLines = "two-lines"
  }

  /// What a fault of the two wires does to the doors, besides its alarm.
  package enum WireFault: String, CaseIterable, Sendable {
    /// Nothing. Leaving does not depend on these wires: the exit button or the handle lets
    /// everybody out, and the fire contact in the lock's own supply releases the doors.
    case alarm
    /// A wire fault releases the doors as long as it stands.
    case release
  }

  package init(wiring: Wiring = .none, onWireFault: WireFault = .alarm) {
    self.wiring = wiring
    self.onWireFault = onWireFault
  }
}

/// The two circuits of the fire input, by what they are while there is no fire.
package enum FireLine: String, CaseIterable, Sendable {
  /// Closed without fire.
  case first
  /// Open without fire; there with two lines only.
  case second
}

/// The fire machine of the whole station. Fire is latched at once and for good: across the end of
/// the signal, across restarts, until somebody turns the reset key at the station while the wires
/// say that there is no fire (GB 55024, NFPA 101). Nothing that comes over a network reaches it.
package struct FireInput: Equatable, Sendable {
  /// How long the wires may disagree while the contacts of the fire panel change over.
  static let settling: Duration = .milliseconds(100)

  package let policy: FirePolicy
  /// Whether fire was seen and nobody has reset it by hand.
  package private(set) var isLatched = false
  package private(set) var signal = Signal.unknown
  private var first: Bool?
  private var second: Bool?
  /// Since when the wires have said something that no panel says.
  private var doubtful: Instant?

  /// What the wires say, once they have settled. Every case can become every other one.
  package enum Signal: Equatable, Sendable {
    /// Not sensed yet, or no longer. Neither fire nor its absence follows from this.
    case unknown
    case normal
    case fire
    /// Both circuits are open: a wire is cut, or a plug is out.
    case openCircuit
    /// Both circuits are closed: two wires touch.
    case short
  }

  /// What a step of the machine asks for, in order. With `raise(.fire)` and `clear(.fire)` the
  /// latch is set and let go, which has to survive a restart.
  package enum Action: Equatable, Sendable {
    /// Release every door that can be, until `secure`.
    case release
    /// Fire releases no door any more.
    case secure
    case raise(Alarm)
    case clear(Alarm)
  }

  package init(_ policy: FirePolicy) {
    self.policy = policy
    if policy.wiring == .none { signal = .normal }
  }

  /// Whether the doors are released now.
  package var isReleasing: Bool {
    isLatched || (policy.onWireFault == .release && signal.isWireFault)
  }

  package var deadline: Instant? { doubtful.map { $0 + Self.settling } }

  /// What the store remembers.
  package mutating func recover(isLatched: Bool) -> [Action] {
    guard isLatched else { return [] }
    self.isLatched = true
    return [.release, .raise(.fire)]
  }

  /// A circuit was sensed; nil where it cannot be. What is latched stays.
  package mutating func sense(_ line: FireLine, isClosed: Bool?, at now: Instant) -> [Action] {
    switch line {
    case .first: first = isClosed
    case .second: second = isClosed
    }
    return read(at: now)
  }

  package mutating func wake(at now: Instant) -> [Action] { read(at: now) }

  /// Somebody turned the reset key at the station.
  /// - Returns: nothing while the wires do not say that there is no fire.
  package mutating func reset(at now: Instant) -> [Action] {
    guard isLatched, signal == .normal, doubtful == nil else { return [] }
    isLatched = false
    return [.secure, .clear(.fire)]
  }

  private mutating func read(at now: Instant) -> [Action] {
    let said = spoken
    guard said.isWireFault, said != signal else {
      doubtful = nil
      return settle(said)
    }
    let since = doubtful ?? now
    doubtful = since
    guard since + Self.settling <= now else { return [] }
    doubtful = nil
    return settle(said)
  }

  /// What the wires say at this moment.
  private var spoken: Signal {
    switch (policy.wiring, first, second) {
    case (.none, _, _): .normal
    case (.oneLine, true?, _): .normal
    case (.oneLine, false?, _): .fire
    case (.twoLines, true?, false?): .normal
    case (.twoLines, false?, true?): .fire
    case (.twoLines, false?, false?): .openCircuit
    case (.twoLines, true?, true?): .short
    default: .unknown
    }
  }

  private mutating func settle(_ said: Signal) -> [Action] {
    guard said != signal else { return [] }
    let wasReleasing = isReleasing
    let past = signal
    let isNew = said == .fire && !isLatched
    signal = said
    if said == .fire { isLatched = true }
    var actions: [Action] = []
    if isReleasing != wasReleasing { actions.append(isReleasing ? .release : .secure) }
    if let alarm = past.alarm { actions.append(.clear(alarm)) }
    if let alarm = said.alarm { actions.append(.raise(alarm)) }
    if isNew { actions.append(.raise(.fire)) }
    return actions
  }
}

extension FireInput.Signal {
  fileprivate var isWireFault: Bool { alarm != nil }

  /// The alarm that stands while this is said. Fire has one of its own, which stays.
  fileprivate var alarm: Alarm? {
    switch self {
    case .openCircuit: .fireLineOpen
    case .short: .fireLineShort
    case .unknown, .normal, .fire: nil
    }
  }
}
