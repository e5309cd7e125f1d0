// Member codes: base45, CBOR, the signed envelope, and the claims inside it.
import MemberCode
import StationProtocol
import Time

extension Probe {
  static let memberCode = [base45, cbor, cose, signedClaims, memberCodeText]

  private static let base45 = Probe("base45", longest: 512) { (bytes) throws(Violation) in
    if let decoded = try? Base45.decode(bytes) {
      try expect(
        Base45.encode(decoded).utf8.elementsEqual(bytes), "base45 has one text for any bytes")
    }
    let text = Array(Base45.encode(bytes).utf8)
    try expect((try? Base45.decode(text)) == bytes, "bytes come back from base45")
  }

  /// Holds each item that is read here against the same item as libcbor reads it.
  private static let cbor = Probe("cbor", longest: 1100) { (bytes) throws(Violation) in
    guard let tree = try? CBORItem.read(bytes, { CBORTree($0) }) else { return }
    if let other = CBORTree(libcbor: bytes) {
      try expectEqual(tree, other, "libcbor reads the same")
    } else {
      try expect(tree.hasNarrowTag, "libcbor reads every item that is read here")
    }
    guard let written = tree.written else { return }
    let again = try? CBORItem.read(written) { CBORTree($0) }
    // Shortest heads only ever shorten, so no limit is met that the first reading had not met.
    try expect(again == tree, "an item that is written is the same when it is read again")
  }

  private static let cose = Probe("cose", longest: 400) { (bytes) throws(Violation) in
    let text = Array(Base45.encode(bytes).utf8)
    let presentation = ProbeKey.verifier.authenticate(text)
    guard let message = try? CoseSign1.decode(bytes) else {
      guard case .refused(.malformed, _) = presentation else {
        throw Violation("what is no message is malformed")
      }
      return
    }
    let content = try? CBORItem.read(message.signedContent()) { $0.elements?.map(\.bytes) }
    // The limit of a CBOR text also holds for what is signed.
    if let content {
      try expect(
        content == [nil, message.protected, [], message.payload], "what is signed is the message")
    }
    // Tagged or not, it is the same message.
    if bytes[0] >> 5 == 4 {
      for tags in [[0xD2], [0xD8, 0x3D, 0xD2]] as [[UInt8]] where bytes.count + tags.count <= 1024 {
        try expect((try? CoseSign1.decode(tags + bytes)) == message, "a tag changes no message")
      }
    }
  }

  /// Signs what the fuzzer makes up, so that what stands behind the signature is reached.
  ///
  /// The first byte says how long the protected header is that follows; 0 stands for the usual
  /// one. The rest is the payload.
  private static let signedClaims = Probe("signed-claims", longest: 260) {
    (bytes) throws(Violation) in
    guard let first = bytes.first else { return }
    let isUsual = first == 0
    let header =
      isUsual ? SignedMessage.usualHeader : Array(bytes.dropFirst().prefix(Int(first)))
    let payload = Array(bytes.dropFirst(1 + (isUsual ? 0 : header.count)))
    let message = SignedMessage(header: header, payload: payload)
    let presentation = ProbeKey.verifier.authenticate(message.text(tagged: true))
    let isShort = message.text(tagged: true).count <= CodeBounds.station.characters

    switch presentation {
    case .genuine(let code):
      try expect(isShort, "a code of more than the most characters is refused")
      try expectEqual(code.keyID, ProbeKey.signing.id, "the key that signed is named")
      try expectEqual(
        ProbeKey.verifier.authenticate(message.text(tagged: false)), presentation,
        "another wrapping of the same code is the same code")
      let claimed = [code.claims.expires, code.claims.notBefore, code.claims.issued]
      for time in claimed.compactMap({ $0 }) {
        try expect(
          (0...253_402_300_799_000).contains(time.milliseconds), "a time is of this era: \(time)")
      }
      try judge(code.claims)
      let place = payload.reduce(0) { ($0 &* 31 &+ Int($1)) & 0x1FF }
      guard
        case .refused(.badSignature, _) = ProbeKey.verifier.authenticate(
          message.text(tagged: true, flippedBit: place))
      else { throw Violation("a signature with another bit \(place) is bad") }
    case .refused(let refusal, _):
      try expect(
        !isUsual || refusal.fault != nil, "a good signature over no claims is malformed")
    }
  }

  private static func judge(_ claims: MemberClaims) throws(Violation) {
    let policy = CodePolicy()
    let moments = [
      claims.issued ?? WallTime(milliseconds: 0), claims.expires ?? WallTime(milliseconds: 0),
      WallTime(seconds: 1_790_000_000),
    ]
    for moment in moments {
      guard case .success(let member) = policy.judge(claims, at: moment) else { continue }
      try expect(member.text == claims.subject, "the member is the code's subject")
      guard let issued = claims.issued, let expires = claims.expires else {
        throw Violation("a good code has its times")
      }
      try expect(
        issued <= moment + policy.leeway && moment < expires + policy.leeway,
        "a code is good between its times")
      try expect(expires - issued <= policy.longestLife, "no code lives for too long")
    }
  }

  /// What a reader delivers, as it is.
  private static let memberCodeText = Probe("member-code", longest: 600) {
    (bytes) throws(Violation) in
    let presentation = ProbeKey.verifier.authenticate(bytes)
    let isReadable =
      bytes.count <= CodeBounds.station.characters
      && (try? Base45.decode(bytes)).flatMap { try? CoseSign1.decode($0) } != nil
    guard !isReadable else { return }
    guard case .refused(.malformed, _) = presentation else {
      throw Violation("a code that cannot be read is refused as malformed")
    }
  }
}

/// A message that is signed by the probes' key whatever is in it.
private struct SignedMessage {
  static let usualHeader: [UInt8] = {
    var writer = CBORWriter()
    writer.map(count: 2)
    writer.integer(1)
    writer.integer(-8)
    writer.integer(4)
    writer.bytes(ProbeKey.signing.id.bytes)
    return writer.bytes
  }()

  var header: [UInt8]
  var payload: [UInt8]
  private var signature: [UInt8]

  init(header: [UInt8], payload: [UInt8]) {
    self.header = header
    self.payload = payload
    var content = CBORWriter()
    content.array(count: 4)
    content.text("Signature1")
    content.bytes(Self.isEmptyMap(header) ? [] : header)
    content.bytes([])
    content.bytes(payload)
    signature = ProbeKey.signing.sign(content.bytes)
  }

  /// An empty map is signed as if it were not there (RFC 9052 section 3), in either of its forms.
  private static func isEmptyMap(_ header: [UInt8]) -> Bool {
    (try? CBORItem.read(header) { $0.pairs?.isEmpty }) ?? false
  }

  func text(tagged: Bool, flippedBit: Int? = nil) -> [UInt8] {
    var signature = signature
    if let flippedBit { signature[flippedBit / 8] ^= 1 << UInt8(flippedBit % 8) }
    var writer = CBORWriter()
    if tagged { writer.tag(18) }
    writer.array(count: 4)
    writer.bytes(header)
    writer.map(count: 0)
    writer.bytes(payload)
    writer.bytes(signature)
    return Array(Base45.encode(writer.bytes).utf8)
  }
}
