// How much of one station the ledger believes within an hour.
import StationProtocol
import Time

/// More than a machine can sell or a room can see in an hour: what is beyond it comes from
/// somebody who has the station's password, or from a station that was taken over.
package struct StationLimits: Equatable, Sendable {
  package static let period: Duration = .seconds(3600)

  /// The most exchanges that are asked for, whatever the answers were.
  package var holds: Int
  /// The most points that are set aside.
  package var points: Int64
  /// The most members whom the station has never asked for before.
  package var newMembers: Int

  package init(holds: Int, points: Int64, newMembers: Int) {
    self.holds = holds
    self.points = points
    self.newMembers = newMembers
  }

  package static let none = StationLimits(holds: .max, points: .max, newMembers: .max)
}

/// The requests of one station in the last hour.
package struct StationHour: Equatable, Sendable {
  private struct Ask: Equatable, Sendable {
    var at: Instant
    /// 0 where nothing was set aside.
    var points: Int64
    var isNewMember: Bool
  }

  /// In the order in which they came.
  private var asks: [Ask] = []

  package init() {}

  /// Whether one more exchange is within the limits.
  package mutating func allows(
    _ price: Points, isNewMember: Bool, _ limits: StationLimits, at now: Instant
  ) -> Bool {
    asks.removeFirst(asks.prefix { now - $0.at >= StationLimits.period }.count)
    let points = asks.reduce(0) { $0 + $1.points }
    let newMembers = asks.count { $0.isNewMember } + (isNewMember ? 1 : 0)
    return asks.count < limits.holds && newMembers <= limits.newMembers
      && price.number <= limits.points && points <= limits.points - price.number
  }

  package mutating func note(points: Int64, isNewMember: Bool, at now: Instant) {
    asks.append(Ask(at: now, points: points, isNewMember: isNewMember))
  }
}
