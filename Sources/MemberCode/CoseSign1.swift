// COSE_Sign1 (RFC 9052 section 4.2): the envelope of a member code, and the bytes that are signed.

import StationProtocol

/// The signature algorithms of RFC 9053 section 2 that matter here.
package enum CoseAlgorithm: Equatable, Sendable {
  /// EdDSA (-8), which is Ed25519 or, by the length of its signature, Ed448.
  case edDSA
  /// ECDSA with SHA-256 (-7).
  case es256
  /// Any other, by number or by name.
  case other
}

/// One signed message, decoded and not yet verified.
package struct CoseSign1: Equatable, Sendable {
  /// The protected header as it is signed: empty where it holds no parameter, whatever its
  /// encoding was (RFC 9052 section 3).
  package var protected: [UInt8]
  /// From either header bucket; nil where neither names one.
  package var algorithm: CoseAlgorithm?
  /// From either header bucket; nil where neither names one.
  package var keyID: [UInt8]?
  package var payload: [UInt8]
  package var signature: [UInt8]

  static let tag: UInt64 = 18
  static let cwtTag: UInt64 = 61
  private static let ed448SignatureBytes = 114
  private static let context: StaticString = "Signature1"

  /// Decodes one message: untagged, tagged 18, or tagged 61 over 18 (RFC 8392 section 6).
  package static func decode(
    _ bytes: [UInt8], within bounds: CodeBounds = .station
  ) throws(CodeFault) -> CoseSign1 {
    try CBORItem.read(bytes, within: bounds) { (item) throws(CodeFault) in
      try CoseSign1(item: item, bounds)
    }
  }

  private init(item: CBORItem, _ bounds: CodeBounds) throws(CodeFault) {
    guard var parts = Self.untagged(item)?.elements, parts.count == 4,
      let protected = parts.next()?.bytes, let second = parts.next(), second.pairs != nil,
      let payload = parts.next()?.bytes, let signature = parts.next()?.bytes
    else { throw .notCOSE }
    let unprotected = try CoseHeader(item: second)
    let header = try CoseHeader(protected: protected, within: bounds)
    guard header.isDisjoint(from: unprotected), unprotected.critical == nil else {
      throw .badHeader
    }
    self.protected = header.isEmpty ? [] : protected
    algorithm = header.algorithm ?? unprotected.algorithm
    keyID = header.keyID ?? unprotected.keyID
    self.payload = payload
    self.signature = signature
  }

  /// What the tags stand around; nil where they are not those of a signed message.
  private static func untagged(_ item: CBORItem) -> CBORItem? {
    guard let outer = item.tag else { return item }
    guard outer.number == cwtTag else { return outer.number == tag ? outer.content : nil }
    guard let inner = outer.content.tag, inner.number == tag else { return nil }
    return inner.content
  }

  /// A message that is about to be signed.
  init(algorithm: CoseAlgorithm, keyID: [UInt8], payload: [UInt8]) {
    var header = CBORWriter(capacity: 16)
    header.map(count: 2)
    header.integer(CoseHeader.Label.algorithm)
    header.integer(algorithm == .es256 ? CoseHeader.es256 : CoseHeader.edDSA)
    header.integer(CoseHeader.Label.keyID)
    header.bytes(keyID)
    protected = header.bytes
    self.algorithm = algorithm
    self.keyID = keyID
    self.payload = payload
    signature = []
  }

  /// Whether no key of this product can have made the signature, whatever its id.
  package var isUnsupported: Bool {
    switch algorithm {
    case .other: true
    case .edDSA: signature.count == Self.ed448SignatureBytes
    case .es256, nil: false
    }
  }

  /// The `Sig_structure` of RFC 9052 section 4.4.
  /// - Parameter externalData: what both sides know and the message does not carry.
  package func signedContent(externalData: [UInt8] = []) -> [UInt8] {
    var content = CBORWriter(
      capacity: 24 + protected.count + externalData.count + payload.count)
    content.array(count: 4)
    content.text(Self.context)
    content.bytes(protected)
    content.bytes(externalData)
    content.bytes(payload)
    return content.bytes
  }

  /// The message with tag 18 and everything in the protected bucket.
  func encoded() -> [UInt8] {
    var message = CBORWriter(
      capacity: 12 + protected.count + payload.count + signature.count)
    message.tag(Self.tag)
    message.array(count: 4)
    message.bytes(protected)
    message.map(count: 0)
    message.bytes(payload)
    message.bytes(signature)
    return message.bytes
  }
}
