// Whether the codes of every issuer can be verified, and when that is to be asked again.
import StationProtocol
import Time

/// Follows the keys of issuers. A key that is lost refuses all codes of its issuer, which looks to
/// each member like a code of his own that is wrong: somebody else has to be told.
package struct IssuerWatch: Equatable, Sendable {
  /// In the order of the configuration; nil before they were read for the first time.
  private(set) var standings: [IssuerStanding]?
  /// When the time of an issuer may be over; nil where none has an end.
  private(set) var deadline: Instant?

  /// How far ahead an end is looked for: the clock may be set meanwhile.
  private static let farthest: Duration = .seconds(3600)

  package init() {}

  /// - Returns: whether they are others than before.
  mutating func read(_ standings: [IssuerStanding]) -> Bool {
    guard standings != self.standings else { return false }
    self.standings = standings
    return true
  }

  /// Whether the codes of an issuer cannot be verified, or there is no issuer whose codes could
  /// be. One whose time is over is missed by nobody.
  /// - Parameter time: nil where the station does not know it.
  mutating func areLost(at time: WallTime?, _ now: Now) -> Bool {
    guard let standings else { return false }
    var hasCurrent = false
    var isLost = false
    var rest: Duration?
    for standing in standings {
      if let ends = standing.ends {
        if let time, time >= ends { continue }
        let left = ends - (time ?? now.wall)
        rest = rest.map { min($0, left) } ?? left
      }
      hasCurrent = true
      if standing.key == nil { isLost = true }
    }
    deadline = rest.map { now.instant + max(.seconds(1), min($0, Self.farthest)) }
    return isLost || !hasCurrent
  }
}
