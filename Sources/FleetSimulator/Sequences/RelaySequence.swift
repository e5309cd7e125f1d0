// A relay that follows occupancy under random people, switches and times.
import StationCore
import Time

/// Holds the relay machine against one sentence: it is on while somebody is or may be inside, for
/// its delay after the last sign of anybody, and while a hand keeps it on.
struct RelaySequence: SequenceProbe {
  static let name = "relay"

  private let delay: Duration
  private var machine: RelaySwitch
  private var now = Instant(nanoseconds: 0)
  private var isOn = true
  private var isOccupied = true
  private var isOverridden = false
  private var lastSign = Instant(nanoseconds: 0)

  init(_ dice: inout SeededGenerator) {
    delay = dice.seconds(10...900)
    machine = RelaySwitch(RelayConfiguration(.lights, delay: delay))
  }

  mutating func step(_ dice: inout SeededGenerator) -> String? {
    let end = now + dice.seconds(0...300)
    if let deadline = machine.deadline, deadline <= end {
      guard deadline >= now else { return "a deadline lies in the past" }
      now = deadline
      take(machine.wake(at: now))
      if machine.deadline == deadline { return "a wake changes nothing" }
      if let complaint = judge() { return complaint }
    }
    now = end
    switch dice.below(4) {
    case 0, 1:
      let isNext = dice.once(in: 2)
      if isOccupied || isNext { lastSign = now }
      isOccupied = isNext
      take(machine.count(isOccupied: isNext, at: now))
    case 2:
      lastSign = now
      take(machine.enter(at: now))
    default:
      isOverridden = dice.once(in: 2)
      take(machine.override(isOverridden))
    }
    return judge()
  }

  private mutating func take(_ change: RelaySwitch.Change?) {
    if let change { isOn = change.isOn }
  }

  private func judge() -> String? {
    let wanted = isOverridden || isOccupied || now < lastSign + delay
    return isOn == wanted ? nil : "the relay is \(isOn ? "on" : "off") and should not be"
  }
}
