// What every engine of the store has to do with certificates, run on each of them.
import ManagementCore
import ManagementShell
import StationProtocol
import Testing
import Time

@Suite("Store contract: certificates of stations")
struct CertificateContractTests {
  private typealias Contract = StoreContractTests

  private static func later(_ seconds: Int) -> Now {
    var now = StoreContractTests.now
    now.wall = now.wall + .seconds(seconds)
    return now
  }

  private static func certificate(
    _ digit: Int, of station: StationID = StoreContractTests.gate, at seconds: Int = 0,
    life: Int = 1000
  ) -> StationCertificate {
    StationCertificate(
      serial: String(repeating: "\(digit)", count: 32), station: station,
      issuedAt: later(seconds).wall, ends: later(seconds + life).wall, actor: "li")
  }

  @Test(
    "a claim revokes what the station had, and nothing of another one", arguments: Engine.allCases)
  func claims(_ engine: Engine) throws {
    let opened = try engine.open()
    #expect(try opened.store.claim(Self.certificate(1), at: Self.later(0)) == 0)
    let other = Self.certificate(2, of: Contract.hall, at: 1)
    #expect(try opened.store.claim(other, at: Self.later(1)) == 0)
    #expect(try opened.store.claim(Self.certificate(3, at: 2), at: Self.later(2)) == 1)
    let again = try opened.reopened()
    var first = Self.certificate(1)
    first.revokedAt = Self.later(2).wall
    #expect(
      try again.certificates(of: Contract.gate, limit: 10) == [Self.certificate(3, at: 2), first])
    #expect(try again.certificates(of: Contract.gate, limit: 1) == [Self.certificate(3, at: 2)])
    #expect(
      try again.certificates(of: Contract.hall, limit: 10)
        == [other])
    #expect(try again.allCertificates() == [first, other, Self.certificate(3, at: 2)])
    let known = try again.stations().map(\.id)
    #expect(known.contains(Contract.gate) && known.contains(Contract.hall))
    let audit = try again.audit(of: nil, before: nil, limit: 10)
    #expect(audit.map(\.action) == [.claim, .claim, .claim])
    #expect(audit.first?.contents.contains(Self.certificate(3).serial) == true)
  }

  @Test(
    "a renewal lets both count until the new one is shown, and none where the shown one does not",
    arguments: Engine.allCases)
  func renewals(_ engine: Engine) throws {
    let opened = try engine.open()
    _ = try opened.store.claim(Self.certificate(1), at: Self.later(0))
    _ = try opened.store.claim(Self.certificate(2, of: Contract.hall), at: Self.later(0))
    func serial(_ digit: Int) -> String { Self.certificate(digit).serial }
    #expect(try opened.store.renew(Self.certificate(3), of: serial(1), at: Self.later(1)))
    #expect(try opened.store.renew(Self.certificate(4), of: serial(1), at: Self.later(2)))
    #expect(try !opened.store.renew(Self.certificate(5), of: serial(3), at: Self.later(3)))
    #expect(try !opened.store.renew(Self.certificate(5), of: serial(2), at: Self.later(3)))
    func revoked(_ store: any ManagementStore) throws -> [WallTime?] {
      try store.certificates(of: Contract.gate, limit: 10).map(\.revokedAt)
    }
    #expect(try revoked(opened.store) == [nil, Self.later(2).wall, nil])
    #expect(
      try opened.store.supersede(by: serial(1), of: Contract.gate, at: Self.later(4)) == 0)
    #expect(
      try opened.store.supersede(by: serial(9), of: Contract.gate, at: Self.later(4)) == 0)
    #expect(
      try opened.store.supersede(by: serial(4), of: Contract.gate, at: Self.later(5)) == 1)
    let again = try opened.reopened()
    #expect(try revoked(again) == [nil, Self.later(2).wall, Self.later(5).wall])
    #expect(try again.certificates(of: Contract.hall, limit: 9).map(\.revokedAt) == [nil])
    let audit = try again.audit(of: nil, before: nil, limit: 10)
    #expect(audit.map(\.action) == [.renewal, .renewal, .claim, .claim])
  }

  @Test(
    "what a store has lost is recalled as it was, and what is over elsewhere is over in it too",
    arguments: Engine.allCases)
  func recalled(_ engine: Engine) throws {
    let opened = try engine.open()
    try opened.store.recall(Self.certificate(1))
    try opened.store.recall(Self.certificate(1, life: 5))
    #expect(try opened.store.allCertificates() == [Self.certificate(1)])
    _ = try opened.store.claim(Self.certificate(2, of: Contract.hall), at: Self.later(0))
    try opened.store.revoke(
      [Self.certificate(1).serial, Self.certificate(9).serial], at: Self.later(3))
    try opened.store.revoke([Self.certificate(1).serial], at: Self.later(4))
    try opened.store.recall(Self.certificate(1))
    let again = try opened.reopened()
    #expect(try again.allCertificates().map(\.revokedAt) == [Self.later(3).wall, nil])
    #expect(try again.stations().map(\.id).contains(Contract.gate))
  }

  @Test("a station that is locked out has no certificate that counts", arguments: Engine.allCases)
  func lockOut(_ engine: Engine) throws {
    let opened = try engine.open()
    _ = try opened.store.claim(Self.certificate(1), at: Self.later(0))
    #expect(
      try opened.store.lockOut(Contract.gate, reason: "stolen", by: "wu", at: Self.later(5)) == 1)
    #expect(
      try opened.store.lockOut(Contract.gate, reason: "again", by: "wu", at: Self.later(6)) == 0)
    let again = try opened.reopened()
    #expect(
      try again.certificates(of: Contract.gate, limit: 10).map(\.revokedAt)
        == [Self.later(5).wall])
    let audit = try again.audit(of: nil, before: nil, limit: 1)
    #expect(audit.first?.action == .lockOut && audit.first?.actor == "wu")
  }
}
