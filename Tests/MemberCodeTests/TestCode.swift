// Member codes built by hand, right or wrong in one place each.

import MemberCode
import StationProtocol
import Time

/// A code whose every part can be replaced. It writes its own CBOR, so that it does not share the
/// issuer's mistakes.
struct TestCode {
  static let time = WallTime(seconds: 1_790_000_000)

  var key = SigningKey.generate()
  /// Heads of the tags around the message.
  var tags = "d2"
  var protected: [UInt8]
  var unprotected = hex("a0")
  var payload: [UInt8]

  init(key: SigningKey = .generate()) {
    self.key = key
    protected = hex("a2012704 48") + key.id.bytes
    payload = Self.claims()
  }

  /// A claim set as CBOR; nil leaves a claim out.
  static func claims(
    subject: [UInt8]? = textString("member-1"),
    issued: [UInt8]? = number(time.milliseconds / 1000),
    expires: [UInt8]? = number(time.milliseconds / 1000 + 60), notBefore: [UInt8]? = nil,
    more: [[UInt8]] = []
  ) -> [UInt8] {
    let all: [[UInt8]] = [
      subject.map { [2] + $0 }, expires.map { [4] + $0 }, notBefore.map { [5] + $0 },
      issued.map { [6] + $0 },
    ].compactMap { $0 }
    return map(all + more)
  }

  /// The `Sig_structure` of RFC 9052 section 4.4.
  var signedContent: [UInt8] {
    let isEmpty = protected == hex("a0")
    return hex("84 6a 5369676e617475726531") + byteString(isEmpty ? [] : protected) + [0x40]
      + byteString(payload)
  }

  var bytes: [UInt8] { bytes(signature: key.sign(signedContent)) }

  func bytes(signature: [UInt8]) -> [UInt8] {
    var bytes = hex(tags) + [0x84]
    for part in [byteString(protected), unprotected, byteString(payload), byteString(signature)] {
      bytes += part
    }
    return bytes
  }

  var text: [UInt8] { Array(Base45.encode(bytes).utf8) }

  var verifier: CodeVerifier {
    get throws { CodeVerifier(try KeySet([key.verificationKey])) }
  }

  /// What the code's own key set says of it, judged a second after its issue.
  var refusal: CodeRefusal? {
    get throws { try verifier.refusal(of: text) }
  }
}

extension CodeVerifier {
  /// The ground on which a code is refused, by signature or by its claims; nil where it is good.
  func refusal(
    of text: [UInt8], at time: WallTime = TestCode.time + .seconds(1),
    policy: CodePolicy = CodePolicy()
  ) -> CodeRefusal? {
    switch authenticate(text) {
    case .refused(let refusal, _): refusal
    case .genuine(let code):
      switch policy.judge(code.claims, code.terms, at: time) {
      case .success: nil
      case .failure(let refusal): refusal
      }
    }
  }
}

extension Presentation {
  var genuine: AuthenticCode? {
    if case .genuine(let code) = self { code } else { nil }
  }
}

/// A CBOR map of encoded pairs.
func map(_ pairs: [[UInt8]]) -> [UInt8] { [0xA0 | UInt8(pairs.count)] + pairs.flatMap { $0 } }

func textString(_ text: String) -> [UInt8] {
  var writer = CBORWriter()
  writer.text(text)
  return writer.bytes
}

func byteString(_ bytes: [UInt8]) -> [UInt8] {
  var writer = CBORWriter()
  writer.bytes(bytes)
  return writer.bytes
}

func number(_ number: Int64) -> [UInt8] {
  var writer = CBORWriter()
  writer.integer(number)
  return writer.bytes
}

/// Bytes from hex digits; spaces are for the reader.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
  precondition(digits.count % 2 == 0, "two digits make a byte")
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
