// PINs as they are kept: what matches, what is no hash, and what would cost too much to compare.

import MemberCode
import Testing

@Suite("PIN hashes")
struct PINHashTests {
  private static let pin = Array("258046".utf8)

  @Test("a PIN matches its own hash and no other does, and no two hashes are alike")
  func matches() throws {
    let hash = try #require(PINHash(pin: Self.pin))
    let again = try #require(PINHash(pin: Self.pin))
    #expect(hash != again)
    #expect(hash.matches(Self.pin))
    #expect(again.matches(Self.pin))
    #expect(!hash.matches(Array("258047".utf8)))
    #expect(!hash.matches([]))
    #expect(PINHash(text: hash.text) == hash)
    #expect(!hash.text.contains("258046"))
    #expect(hash.text.hasPrefix("$argon2id$v=19$m=8192,t=3,p=1$"))
  }

  @Test(
    "a PIN has 4 to 12 digits", arguments: ["123", "1234567890123", "12a4", "", "12 34", "１２３４"])
  func noPIN(text: String) {
    #expect(PINHash(pin: Array(text.utf8)) == nil)
  }

  @Test(
    "what is no argon2id string, or asks for too much, is refused",
    arguments: [
      "", "258046", "$argon2i$v=19$m=8192,t=3,p=1$c2FsdHNhbHQ$aGFzaA",
      "$argon2id$v=16$m=8192,t=3,p=1$c2FsdHNhbHQ$aGFzaA",
      "$argon2id$v=19$m=65537,t=3,p=1$c2FsdHNhbHQ$aGFzaA",
      "$argon2id$v=19$m=8192,t=11,p=1$c2FsdHNhbHQ$aGFzaA",
      "$argon2id$v=19$m=8192,t=3,p=2$c2FsdHNhbHQ$aGFzaA",
      "$argon2id$v=19$m=8192,t=3$c2FsdHNhbHQ$aGFzaA",
      "$argon2id$v=19$m=8192,t=3,p=1$$aGFzaA", "$argon2id$v=19$m=8192,t=3,p=1$c2FsdHNhbHQ$",
    ])
  func noHash(text: String) {
    #expect(PINHash(text: text) == nil)
  }

  @Test("a hash that is damaged matches nothing")
  func damaged() throws {
    let hash = try #require(PINHash(text: "$argon2id$v=19$m=8192,t=3,p=1$c2FsdHNhbHQ$aGFzaA"))
    #expect(!hash.matches(Self.pin))
  }
}
