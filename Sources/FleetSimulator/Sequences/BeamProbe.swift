// A pair of beams under random edges, held against where the bodies are that break them.
import StationCore
import StationProtocol
import Time

/// In an honest sequence people walk through one at a time, at any speed: each is told as what
/// they did. In a wild one edges come as they like: nobody is invented, and faults are told.
struct BeamProbe: SequenceProbe {
  static let name = "beams"

  private var beams = BeamPair()
  private let isHonest: Bool
  private var now: Int64 = 1_000_000_000
  private var coming: [(after: Int64, beam: Beam, isBroken: Bool)] = []
  private var expected: Passage?
  /// Since when each beam has been broken, and how often it was.
  private var broken: [Int64?] = [nil, nil]
  private var breaks: [Int64] = [0, 0]
  private var counted: Int64 = 0
  private var standing: [Alarm] = []
  private var told: [Passage] = []

  private static let millisecond: Int64 = 1_000_000
  private static let second: Int64 = 1_000_000_000

  init(_ dice: inout SeededGenerator) { isHonest = dice.once(in: 2) }

  mutating func step(_ dice: inout SeededGenerator) -> String? {
    if coming.isEmpty { plan(&dice) }
    let next = coming.removeFirst()
    if let complaint = pass(until: now + next.after) { return complaint }
    let index = next.beam == .outer ? 0 : 1
    if next.isBroken, broken[index] == nil {
      broken[index] = now
      breaks[index] += 1
    } else if !next.isBroken {
      broken[index] = nil
    }
    let actions = beams.sense(
      next.beam, isBroken: next.isBroken, at: Instant(nanoseconds: now))
    if let complaint = take(actions) { return complaint }
    return isHonest && coming.isEmpty ? settle() : nil
  }

  // MARK: - What happens

  private mutating func plan(_ dice: inout SeededGenerator) {
    told = []
    func time(_ low: Int, _ high: Int) -> Int64 {
      Int64(low + dice.below(high - low)) * Self.millisecond
    }
    guard isHonest else {
      let long = dice.once(in: 12)
      coming = [
        (
          dice.once(in: 4)
            ? Int64(dice.below(30)) * Self.millisecond : time(1, long ? 90_000 : 700),
          dice.once(in: 2) ? .outer : .inner, dice.once(in: 2)
        )
      ]
      return
    }
    let isInward = dice.once(in: 2)
    let (near, far): (Beam, Beam) = isInward ? (.outer, .inner) : (.inner, .outer)
    // More than a thin body's time lies between two who turn back at different beams.
    let pause = time(1100, dice.once(in: 20) ? 100_000 : 4000)
    let front = time(6, 400)
    switch dice.below(4) {
    case 0:
      coming = [(pause, near, true), (time(20, 2000), near, false)]
      expected = .turnBack
    case 1:
      coming = [
        (pause, near, true), (front, far, true), (time(20, 900), far, false),
        (time(1, 400), near, false),
      ]
      expected = .turnBack
    default:
      coming = [
        (pause, near, true), (front, far, true), (time(20, 1500), near, false),
        (time(6, 900), far, false),
      ]
      expected = isInward ? .inward : .outward
    }
  }

  /// Lets time pass, with a wake at each deadline.
  private mutating func pass(until end: Int64) -> String? {
    while let deadline = beams.deadline, deadline.nanoseconds <= end {
      now = max(now, deadline.nanoseconds)
      if let complaint = take(beams.wake(at: deadline)) { return complaint }
      if let next = beams.deadline, next <= deadline {
        return "a wake leaves its deadline standing"
      }
    }
    now = end
    return overdue()
  }

  // MARK: - What is wrong

  private mutating func take(_ actions: [BeamPair.Action]) -> String? {
    for action in actions {
      switch action {
      case .passed(let passage, let began, let isTailgate):
        told.append(passage)
        if began.nanoseconds > now { return "a passage begins in the future" }
        if isTailgate, passage != .inward { return "a tailgate that does not come in" }
        guard passage == .inward || passage == .outward else { continue }
        counted += 1
        if counted > min(breaks[0], breaks[1]) { return "more people than broken beams" }
        if standing.contains(where: { $0 == .beamBlocked || $0 == .beamDark }) {
          return "a direction is told by beams at fault"
        }
      case .raise(let alarm):
        if standing.contains(alarm) { return "\(alarm) is raised twice" }
        if isHonest { return "\(alarm) while everybody walks" }
        standing.append(alarm)
        if broken == [nil, nil] { return "\(alarm) while both beams are clear" }
      case .clear(let alarm):
        guard let index = standing.firstIndex(of: alarm) else { return "\(alarm) did not stand" }
        standing.remove(at: index)
      }
    }
    return standing.count > 1 ? "blocked and dark at once" : nil
  }

  /// A beam that has been broken for a minute and a bit is a fault by now.
  private func overdue() -> String? {
    let longest = broken.compactMap { $0.map { now - $0 } }.max() ?? 0
    if longest > 61 * Self.second, standing.isEmpty { return "a beam is blocked, and no alarm" }
    return nil
  }

  private func settle() -> String? {
    guard broken == [nil, nil], let expected else { return nil }
    return told == [expected] ? nil : "one person went \(expected), told \(told)"
  }
}
