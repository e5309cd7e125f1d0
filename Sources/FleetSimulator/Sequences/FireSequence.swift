// The fire input alone under random wires, keys, restarts and policies.
import StationCore
import StationProtocol
import Time

/// Holds the fire machine against the rule on paper: released is what is latched, or what a fault
/// of the wires releases by policy once it has stood; and an alarm stands exactly while it should.
struct FireSequence: SequenceProbe {
  static let name = "fire"

  private let policy: FirePolicy
  private var machine: FireInput
  private var now = Instant(nanoseconds: 0)
  private var wires = WiresOfFire()
  private var isReleased = false
  private var alarms: Set<Alarm> = []
  /// Since when both wires have been open, or both closed, without a break.
  private var faultSince: Instant?

  init(_ dice: inout SeededGenerator) {
    policy = FirePolicy(
      wiring: .twoLines, onWireFault: dice.once(in: 2) ? .release : .alarm)
    machine = FireInput(policy)
  }

  mutating func step(_ dice: inout SeededGenerator) -> String? {
    let end = now + dice.milliseconds(0...150)
    while let deadline = machine.deadline, deadline <= end {
      guard deadline > now else { return "a wake changes nothing" }
      now = deadline
      carryOut(machine.wake(at: now))
      if let complaint = judge() { return complaint }
    }
    now = end
    switch dice.below(8) {
    case 0: return turnKey()
    case 1:
      restart()
      return judge()
    default:
      let line: FireLine = dice.once(in: 2) ? .first : .second
      return sense(line, isClosed: dice.once(in: 2))
    }
  }

  private mutating func sense(_ line: FireLine, isClosed: Bool) -> String? {
    wires.hear(.safety(.fireLineChanged(line, isClosed: isClosed)))
    let isFaulty = wires.first != nil && wires.first == wires.second
    faultSince = isFaulty ? faultSince ?? now : nil
    carryOut(machine.sense(line, isClosed: isClosed, at: now))
    return judge()
  }

  private mutating func turnKey() -> String? {
    wires.hear(.safety(.resetTurned))
    carryOut(machine.reset(at: now))
    return judge()
  }

  /// The machine starts anew with what the store remembers, and senses its wires again.
  private mutating func restart() {
    let isLatched = wires.isLatched
    machine = FireInput(policy)
    (isReleased, alarms, faultSince) = (false, [], nil)
    carryOut(machine.recover(isLatched: isLatched))
    for (line, level) in [(FireLine.first, wires.first), (.second, wires.second)] {
      if let level { carryOut(machine.sense(line, isClosed: level, at: now)) }
    }
    if wires.first != nil, wires.first == wires.second { faultSince = now }
  }

  private mutating func carryOut(_ actions: [FireInput.Action]) {
    for action in actions {
      switch action {
      case .release: isReleased = true
      case .secure: isReleased = false
      case .raise(let alarm): alarms.insert(alarm)
      case .clear(let alarm): alarms.remove(alarm)
      }
    }
  }

  private func judge() -> String? {
    let hasStood = faultSince.map { now - $0 >= .milliseconds(100) } ?? false
    let releases = wires.isLatched || (hasStood && policy.onWireFault == .release)
    if wires.isLatched, !isReleased { return "fire is latched and the doors are not released" }
    // Less than 100 ms old, a change from one fault to the other is not decided either way.
    if hasStood, releases != isReleased { return "the doors do not follow the wires" }
    if faultSince == nil, releases != isReleased { return "the doors do not follow the wires" }
    if alarms.contains(.fire) != wires.isLatched { return "the alarm of fire is wrong" }
    let fault: Alarm = wires.first == true ? .fireLineShort : .fireLineOpen
    if hasStood, !alarms.contains(fault) { return "\(fault.rawValue) is not raised" }
    if faultSince == nil, !alarms.isDisjoint(with: [.fireLineOpen, .fireLineShort]) {
      return "a fault of the wires stands and there is none"
    }
    return nil
  }
}
