// Where member codes were shown, so that one code at two stations is noticed.
import StationProtocol

/// A code is shown at one station, within two minutes. Shown at another one as well, it was passed
/// on or copied: stations cannot know that of each other, the service can. The last codes are
/// remembered, in memory: what is sold twice is held by the ledger instead.
///
/// They lie in two halves, so that none has to be looked for to be forgotten: where the later one
/// is full, the earlier one is let go of as a whole. A code takes 12 bytes there: its digest folded
/// to 64 bits and the place of its station in a list. Two codes look alike in one full memory of
/// fifteen thousand million.
package struct CodeSightings: Equatable, Sendable {
  /// At least half as many of the latest codes are remembered: a day of fifty busy
  /// stations. A half fills a table of the standard library to its last place, so that the next
  /// code would double it.
  package static let most = 49_152

  private var later: [UInt64: UInt32] = [:]
  private var earlier: [UInt64: UInt32] = [:]
  /// The stations at which codes were shown, and where each lies.
  private var stations: [StationID] = []
  private var places: [StationID: UInt32] = [:]

  package init() {}

  /// - Returns: the other station at which the code was shown first; nil where there was none.
  package mutating func note(_ code: CodeDigest, at station: StationID) -> StationID? {
    let folded = code.high ^ code.low
    if let first = later[folded] ?? earlier[folded] {
      let other = stations[Int(first)]
      return other == station ? nil : other
    }
    if later.count == Self.most / 2 {
      earlier = later
      // With room for all at once: a table that grows moves everything that it holds each time.
      later = Dictionary(minimumCapacity: Self.most / 2)
    }
    later[folded] = place(of: station)
    return nil
  }

  private mutating func place(of station: StationID) -> UInt32 {
    if let place = places[station] { return place }
    let place = UInt32(stations.count)
    stations.append(station)
    places[station] = place
    return place
  }
}
