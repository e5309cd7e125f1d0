// Where member codes were shown, so that one code at two stations is noticed.
import StationProtocol

/// A code is shown at one station, within two minutes. Shown at another one as well, it was passed
/// on or copied: stations cannot know that of each other, the service can. The last codes are
/// remembered, in memory: what is sold twice is held by the ledger instead.
///
/// They lie in two halves, so that none has to be looked for to be forgotten: where the later one
/// is full, the earlier one is let go of as a whole.
package struct CodeSightings: Equatable, Sendable {
  /// Of the codes that came last, at least half as many are remembered. A day of a hundred busy
  /// stations.
  package static let most = 65_536

  private var later: [CodeDigest: StationID] = [:]
  private var earlier: [CodeDigest: StationID] = [:]

  package init() {}

  /// - Returns: the other station at which the code was shown first; nil where there was none.
  package mutating func note(_ code: CodeDigest, at station: StationID) -> StationID? {
    if let first = later[code] ?? earlier[code] { return first == station ? nil : first }
    if later.count == Self.most / 2 || later.isEmpty {
      // With room for all at once: a table that grows moves everything that it holds each time.
      (earlier, later) = (later, Dictionary(minimumCapacity: Self.most / 2))
    }
    later[code] = station
    return nil
  }
}
