// How long a claim code is good, and for whom.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Open claims")
struct BoardClaimsTests {
  private static let gate = StationID("gate-1")!
  private static let hall = StationID("hall-1")!
  private static let start = Instant(nanoseconds: 0)

  private static func code(_ number: UInt64) -> ClaimCode { ClaimCode(random: (number, 7)) }

  /// Open claims that an expectation may change.
  private final class Box {
    private var claims = Claims()

    func add(_ code: ClaimCode, for station: StationID, by actor: String, at now: Instant) -> Bool {
      claims.add(code, for: station, by: actor, at: now)
    }

    func find(_ name: ClaimName, at now: Instant) -> Claims.Open? { claims.find(name, at: now) }
    func wrongProof(of name: ClaimName) -> Bool { claims.wrongProof(of: name) }
    func use(_ name: ClaimName) { claims.use(name) }
  }

  private static func later(_ seconds: Int) -> Instant { start + .seconds(seconds) }

  @Test("a code is good for a quarter of an hour, and then it is unknown")
  func life() {
    let claims = Box()
    #expect(claims.add(Self.code(1), for: Self.gate, by: "li", at: Self.start))
    #expect(claims.find(Self.code(1).name, at: Self.later(899))?.station == Self.gate)
    #expect(claims.find(Self.code(1).name, at: Self.later(900)) == nil)
  }

  @Test("a code is good once")
  func once() {
    let claims = Box()
    #expect(claims.add(Self.code(1), for: Self.gate, by: "li", at: Self.start))
    claims.use(Self.code(1).name)
    #expect(claims.find(Self.code(1).name, at: Self.start) == nil)
  }

  @Test("the next code of a station makes the one before it void, and no other one")
  func next() {
    let claims = Box()
    #expect(claims.add(Self.code(1), for: Self.gate, by: "li", at: Self.start))
    #expect(claims.add(Self.code(2), for: Self.hall, by: "li", at: Self.start))
    #expect(claims.add(Self.code(3), for: Self.gate, by: "wu", at: Self.start))
    #expect(claims.find(Self.code(1).name, at: Self.start) == nil)
    #expect(claims.find(Self.code(2).name, at: Self.start)?.station == Self.hall)
    #expect(claims.find(Self.code(3).name, at: Self.start)?.actor == "wu")
  }

  @Test("five wrong proofs make a code void")
  func guesses() {
    let claims = Box()
    #expect(claims.add(Self.code(1), for: Self.gate, by: "li", at: Self.start))
    let name = Self.code(1).name
    for _ in 1..<Claims.mostTries { #expect(!claims.wrongProof(of: name)) }
    #expect(claims.find(name, at: Self.start) != nil)
    #expect(claims.wrongProof(of: name))
    #expect(claims.find(name, at: Self.start) == nil)
    #expect(!claims.wrongProof(of: name))
  }

  @Test("so many are open and no more, until one has ended")
  func bound() throws {
    let claims = Box()
    for number in 0..<Claims.most {
      let station = try #require(StationID("s-\(number)"))
      #expect(claims.add(Self.code(UInt64(number)), for: station, by: "li", at: Self.start))
    }
    #expect(!claims.add(Self.code(9999), for: Self.gate, by: "li", at: Self.later(899)))
    #expect(claims.add(Self.code(9999), for: Self.gate, by: "li", at: Self.later(900)))
  }
}
