// Where member codes were shown, so that one code at two stations is noticed.
import StationProtocol

/// A code is shown at one station, within two minutes. Shown at another one as well, it was passed
/// on or copied: stations cannot know that of each other, the service can. The last codes are
/// remembered, in memory: what is sold twice is held by the ledger instead.
package struct CodeSightings: Equatable, Sendable {
  /// A day of a hundred busy stations.
  package static let most = 65_536

  private var places: [CodeDigest: StationID] = [:]
  /// The codes in the order in which they came, a ring once it is full.
  private var order: [CodeDigest] = []
  private var next = 0

  package init() {}

  /// - Returns: the other station at which the code was shown first; nil where there was none.
  package mutating func note(_ code: CodeDigest, at station: StationID) -> StationID? {
    if let first = places[code] { return first == station ? nil : first }
    places[code] = station
    if order.count < Self.most {
      order.append(code)
    } else {
      places[order[next]] = nil
      order[next] = code
      next = (next + 1) % Self.most
    }
    return nil
  }
}
