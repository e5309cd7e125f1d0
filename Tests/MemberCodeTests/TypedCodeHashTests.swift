// Tests that a typed code is hashed alike on both sides, and otherwise at every other door.
import StationProtocol
import Testing

@testable import MemberCode

@Suite("Hashes of typed codes")
struct TypedCodeHashTests {
  private let gate = StationID("gate-7")!
  private let door = AccessPointID(1)!

  private func hash(_ digits: String, _ station: StationID? = nil, at point: Int = 1) -> String? {
    TypedCodeHash(
      digits: Array(digits.utf8), station: station ?? gate, accessPoint: AccessPointID(point)!
    )?.memberText
  }

  /// As the reference implementation of argon2 makes it, with the salt of the contract.
  @Test("the hash is the one that the contract describes")
  func known() {
    #expect(
      hash("4071936258") == "1bd24ad10ce4159242af9ffbd1d2a7e2076849c177da58316667f2b3d8a9255f")
  }

  @Test("another station, door or digit is another hash")
  func others() {
    let all = [
      hash("4071936258"), hash("4071936259"), hash("4071936258", StationID("gate-8")!),
      hash("4071936258", at: 2),
    ]
    #expect(Set(all).count == 4 && !all.contains(nil))
  }

  @Test(
    "what is not ten digits has no hash",
    arguments: ["", "407193625", "40719362581", "407193625x", "407193625\u{666}", " 407193625"])
  func refused(_ text: String) {
    #expect(hash(text) == nil)
  }

  @Test("a salt of another length is refused")
  func salt() {
    #expect(PINHash.raw([48], salt: Array(repeating: 0, count: 15), length: 32) == nil)
  }
}
