// What stations say of their certificates, and whose certificate ends soon.
import StationProtocol
import Time

extension Management {
  /// Statements of one station that are judged at once; from then on one a second is. A station has
  /// one with each session, and a judgement costs two signatures.
  package static let mostStatements: Int64 = 10

  mutating func take(
    _ statement: IdentityStatement, of station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    var bucket =
      statements[station]
      ?? TokenBucket(most: Self.mostStatements, perSecond: 1, at: now.instant)
    defer { statements[station] = bucket }
    guard bucket.isOpen(at: now.instant) else { return note(.requestFlood(station), now) }
    bucket.take(1, at: now.instant)
    return [.judge(station, statement)]
  }

  /// The alarm of a certificate that ends soon stands at these stations, and at no other one.
  mutating func end(_ stations: Set<StationID>, _ now: Now) -> [ManagementEffect] {
    var effects: [ManagementEffect] = []
    for station in self.stations.keys.sorted() {
      if stations.contains(station) {
        effects += find(.certificateEnding, at: station, now)
      } else if self.stations[station]?.findings.holds(.certificateEnding) == true {
        life(station) { $0.findings.end(.certificateEnding) }
        effects.append(.announce(station))
      }
    }
    return effects
  }
}
