// The signing key of one issuer in the wrong hands, tried at a station that knows several.
import Foundation
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing

@Suite struct StolenIssuerKeyTests {
  private static let life: Duration = .seconds(60)

  /// A station of which one issuer may sign for its own members alone, and that issuer's key.
  private func station(_ bed: AttackBed) throws -> (StationUnderTest, stolen: CodeIssuer) {
    let key = SigningKey.generate()
    let path = try bed.folder.write(
      String(decoding: key.publicPEM, as: UTF8.self), to: "metal.pem")
    let station = try bed.start("gate-1") {
      $0.settings["issuer metal"] = ["key": path, "members": "metal-"]
    }
    return (station, CodeIssuer(key))
  }

  private func show(
    _ member: String, _ issuer: CodeIssuer, _ station: StationUnderTest,
    audience: String? = nil, traits: MemberTraits = []
  ) throws {
    let member = try #require(MemberID(member))
    let code = try issuer.issue(
      member, life: Self.life, at: Clock.wall, audience: audience, traits: traits)
    try station.order("/scan", ["text": code])
  }

  /// The words under which the service has the station's refusals, in their order.
  private func refusals(_ bed: AttackBed, _ count: Int) throws -> [String] {
    try Deadline.wait(for: "\(count) refusals at the service") {
      let reasons = try bed.management.records(of: "gate-1").compactMap { event in
        (event["record"] as? [String: Any]).flatMap { record in
          record["kind"] as? String == "entry-refused" ? record["reason"] as? String : nil
        }
      }
      return reasons.count >= count ? reasons : nil
    }
  }

  @Test("a stolen issuer's key opens for nobody but its own members, and makes no maintainer")
  func bounded() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let (station, stolen) = try station(bed)
    try show("m-1", stolen, station)
    try show("metal-1", stolen, station, traits: .maintainer)
    try show("metal-1", stolen, station, audience: "gate-2")
    #expect(
      try refusals(bed, 3) == ["beyond-issuer", "beyond-issuer", "wrong-audience"])
    let granted = try bed.management.records(of: "gate-1").contains {
      ($0["record"] as? [String: Any])?["kind"] as? String == "entry-granted"
    }
    #expect(!granted)
  }

  @Test("the station says which keys it has, so that a planted one is seen")
  func told() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let (_, stolen) = try station(bed)
    let issuers = try Deadline.wait(for: "the station's birth at the service") {
      let issuers = try bed.management.station("gate-1")["issuers"] as? [[String: Any]] ?? []
      return issuers.isEmpty ? nil : issuers
    }
    let keys = issuers.compactMap { $0["key"] as? String }
    #expect(keys == [bed.issuer.id.description, stolen.key.id.description])
  }
}
