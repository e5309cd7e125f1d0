// The articles without a hold of one station, added up, so that they can be dismissed together.
import JSON
import StationProtocol

/// The exchanges of one station that are `LedgerExchange.isUnproven`, the oldest first up to a
/// place. Whoever has a station's login can tell of tens of thousands.
package struct UnprovenSum: Equatable, Sendable {
  /// The most that one order dismisses: the service answers nobody meanwhile.
  package static let most: Int64 = 10_000

  package var station: StationID
  package var count: Int64
  /// The sum of their prices.
  package var points: Int64
  /// The id of the last of them: what a person has seen, and no later one, is dismissed.
  package var through: Int64
  /// nil where they are of several.
  package var member: MemberID?

  package init(
    station: StationID, count: Int64, points: Int64, through: Int64, member: MemberID? = nil
  ) {
    self.station = station
    self.count = count
    self.points = points
    self.through = through
    self.member = member
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("station", station)
      $0.field("count", count)
      $0.field("points", points)
      $0.field("through", through)
    }
  }
}
