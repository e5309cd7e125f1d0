// Tests of the codes that the simulated board issues, judged as a station would judge them.
import MemberCode
import StationProtocol
import Testing

@testable import SimulatedBoard

@Suite("Code desk")
struct CodeDeskTests {
  private let key = SigningKey.generate()
  private let now = WallTime(seconds: 1_800_000_000)
  private let members: [MemberID]
  private var desk: CodeDesk

  init() throws {
    members = try ["m-1", "m-2"].map { try #require(MemberID($0)) }
    desk = try CodeDesk(key: key.privatePEM, members: members)
  }

  private func verdict(_ code: [UInt8]?) throws -> String {
    let keys = try KeySet([key.verificationKey])
    switch CodeVerifier(keys).authenticate(try #require(code)) {
    case .genuine(let code):
      switch CodePolicy().judge(code.claims, at: now) {
      case .success(let member): return member.text
      case .failure(let refusal): return Denial(refusal).rawValue
      }
    case .refused(let refusal, _): return Denial(refusal).rawValue
    }
  }

  @Test("each kind of code is what its name says")
  mutating func kinds() throws {
    #expect(try desk.code(.same, for: members[1], at: now) == nil)
    let good = try desk.code(.good, for: members[1], at: now)
    #expect(try verdict(good) == "m-2")
    #expect(try verdict(desk.code(.wrong(.expired), for: members[0], at: now)) == "expired")
    #expect(try verdict(desk.code(.wrong(.foreign), for: members[0], at: now)) == "unknown-key")
    #expect(try verdict(desk.code(.wrong(.garbage), for: members[0], at: now)) == "malformed")
    #expect(try desk.code(.same, for: members[0], at: now) == good)
  }

  @Test("two good codes of one second differ")
  mutating func differ() throws {
    let first = try desk.code(.good, for: members[0], at: now)
    #expect(try desk.code(.good, for: members[0], at: now) != first)
  }
}
