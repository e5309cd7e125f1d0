// Tests of base64, against the vectors of RFC 4648 section 10 and texts that are none.
import Testing

@testable import MemberCode

@Suite("Base64")
struct Base64Tests {
  @Test(
    "the standard's own examples come out",
    arguments: [
      ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"),
      ("Zm9vYmE=", "fooba"), ("Zm9vYmFy", "foobar"),
    ])
  func vectors(text: String, plain: String) {
    #expect(Base64.decode(text.utf8) == Array(plain.utf8))
    #expect(Base64.encode(plain.utf8) == text)
  }

  @Test("all byte values come out")
  func binary() { #expect(Base64.decode("AP+A/w==".utf8) == [0, 0xFF, 0x80, 0xFF]) }

  @Test(
    "what is not base64 in its one spelling is refused",
    arguments: [
      "Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "=m9v", "Zm=v", "Z g=", "Zm9v\n", "Z===", "Zm-_",
      "Q\u{FFFD}", "Zé==", "ÿÿÿÿ",
    ])
  func refused(text: String) { #expect(Base64.decode(text.utf8) == nil) }
}
