// Virtual time, and what all simulated devices of one run share.
import Time

/// The clockwork of a run: nothing happens but what stands in the agenda, and no time passes but
/// from one entry to the next.
final class World {
  enum Phase {
    /// Faults may strike. Nothing wrong may happen, but things may be late.
    case faults
    /// No fault strikes any more, and all devices have been mended. Everything must finish.
    case quiet
  }

  /// More events at one instant than these come from something that never ends.
  static let mostAtOnce = 10_000

  static let begin = WallTime(seconds: 1_767_225_600)

  let seed: UInt64
  let plan: FaultPlan
  let mutation: PlantedBug?
  private(set) var now = Instant(nanoseconds: 0)
  private(set) var events = 0
  var phase = Phase.faults
  var trace: Trace
  let referee: Referee
  var codes = ShownCodes()
  private var agenda = Agenda()
  private var faultDice: SeededGenerator

  init(
    seed: UInt64, plan: FaultPlan, mutation: PlantedBug?, stations: Int, story: Int = Trace.usual
  ) {
    self.seed = seed
    self.plan = plan
    self.mutation = mutation
    trace = Trace(kept: story)
    referee = Referee(stations: stations)
    faultDice = SeededGenerator(seed: seed, "strikes")
  }

  /// The true time of day, which no station need know.
  var wall: WallTime { Self.begin + (now - Instant(nanoseconds: 0)) }

  func at(_ instant: Instant, _ body: @escaping () -> Void) {
    agenda.add(at: max(now, instant), body)
  }

  func after(_ delay: Duration, _ body: @escaping () -> Void) { at(now + delay, body) }

  /// Whether a fault strikes now, which it does once in `times` while it is part of the plan.
  func strikes(_ fault: Fault, onceIn times: Int) -> Bool {
    phase == .faults && plan.contains(fault) && faultDice.once(in: times)
  }

  func delay(_ range: ClosedRange<Int>) -> Duration { faultDice.milliseconds(range) }

  func note(_ text: StaticString, _ number: UInt64 = 0, station: Int? = nil) {
    trace.add(.note(text, number), at: now, station: station)
  }

  /// Runs until the instant, or until something is wrong.
  func run(until end: Instant) {
    var atOnce = 0
    while referee.violation == nil, let next = agenda.nextInstant, next <= end {
      atOnce = next == now ? atOnce + 1 : 0
      if atOnce > Self.mostAtOnce { referee.complain("time stands still", .stuck) }
      now = next
      events += 1
      agenda.takeNext()?()
    }
    now = max(now, end)
  }

  /// Lets go of everything that was planned, which holds on to the devices.
  func end() { agenda.removeAll() }
}
