// Says when the room fills up, before it is full, without saying so at every step to and fro.
import StationProtocol

/// The capacity of the room.
package struct CapacityPolicy: Equatable, Sendable {
  package typealias Rule = CapacityRule

  /// The most people inside; nil for no limit.
  package var most: Int64?
  package var rule: Rule
  /// Percent of it at which the first alarm comes.
  package var first: Int64
  /// Percent of it at which the second alarm comes.
  package var second: Int64

  package init(most: Int64? = nil, rule: Rule = .hard, first: Int64 = 80, second: Int64 = 95) {
    self.most = most
    self.rule = rule
    self.first = first
    self.second = second
  }
}

/// The alarms of a room that fills up. Both levels below the capacity are raised when they are
/// reached and cleared when the count has fallen clear of them by a twentieth of the capacity, one
/// person at least: a door through which one goes in as one goes out must not raise an alarm a
/// minute. That the room is full ends as soon as one more is let in again.
package struct CapacityWatch: Equatable, Sendable {
  private let levels: [(alarm: Alarm, from: Int64)]
  private let band: Int64

  package static func == (one: CapacityWatch, other: CapacityWatch) -> Bool {
    one.band == other.band
      && one.levels.elementsEqual(other.levels) { $0.alarm == $1.alarm && $0.from == $1.from }
  }

  package init(_ policy: CapacityPolicy) {
    guard let most = policy.most, most > 0 else {
      levels = []
      band = 0
      return
    }
    band = max(1, most / 20)
    let part = { (percent: Int64) in (most * percent + 99) / 100 }
    let (first, second) = (part(policy.first), part(policy.second))
    // In a very small room the levels fall together: then the highest of them speaks.
    var levels: [(alarm: Alarm, from: Int64)] = [(.capacityFull, most)]
    if second < most, second > 0 { levels.append((.capacitySecond, second)) }
    if first < min(second, most), first > 0 { levels.append((.capacityFirst, first)) }
    self.levels = levels.reversed()
  }

  /// Every alarm that a level may have.
  static let alarms: [Alarm] = [.capacityFirst, .capacitySecond, .capacityFull]

  /// Whether the capacity has a level with this alarm.
  func judges(_ alarm: Alarm) -> Bool { levels.contains { $0.alarm == alarm } }

  /// Every level, and whether it stands with so many inside.
  /// - Parameter isRaised: whether the alarm stands until now.
  package func judge(
    inside: Int64, _ isRaised: (Alarm) -> Bool
  ) -> [(alarm: Alarm, stands: Bool)] {
    levels.map { level in
      let band = level.alarm != .capacityFull && isRaised(level.alarm) ? band : 0
      // An empty room is clear of every level, also of those of a very small one.
      return (level.alarm, inside > 0 && inside + band >= level.from)
    }
  }
}
