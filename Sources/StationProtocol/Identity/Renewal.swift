// What a station and the service say to each other about the station's certificate.
import JSON

/// The number of a certificate, 16 bytes.
package struct CertificateSerial: Hashable, Sendable {
  package static let length = 16
  package let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 16 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }
}

extension CertificateSerial: HexBytes {}

/// A number that the service draws for each renewal that it asks for, 16 bytes: a request that was
/// held back, or comes twice, has the number of another one.
package struct RenewalNonce: Hashable, Sendable {
  package static let length = 16
  package let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 16 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }
}

extension RenewalNonce: HexBytes {}

/// A signature by the key of a board (ECDSA with SHA-256 on P-256): r and s of 32 bytes each, as
/// RFC 9053 section 2.1 has them, written as 128 hex digits.
package struct IdentityProof: Hashable, Sendable {
  package static let length = 64
  package let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 64 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }
}

extension IdentityProof: HexBytes {}

/// `identity`: which certificate this session of a station shows to the broker, and for which new
/// key it asks for another one. The key of the certificate proves it: whoever owns the broker can
/// neither have a key of his own certified, nor have a certificate dropped that the board has
/// nothing in place of. A request has the number of the service's wish, and is granted once.
package struct IdentityStatement: Equatable, Sendable {
  /// The certificate that the broker was shown.
  package var certificate: PEMText
  /// The request for the key that is to follow; nil where nothing is asked.
  package var request: Request?
  /// The proof of `content` by the key of the certificate.
  package var proof: IdentityProof

  /// The most characters of either PEM text.
  package static let longestText = 4096

  /// A signing request, and the wish that it answers.
  package struct Request: Equatable, Sendable {
    package var text: PEMText
    package var nonce: RenewalNonce

    package init(_ text: PEMText, nonce: RenewalNonce) {
      self.text = text
      self.nonce = nonce
    }
  }

  package init(certificate: PEMText, request: Request? = nil, proof: IdentityProof) {
    self.certificate = certificate
    self.request = request
    self.proof = proof
  }

  /// The bytes that the board signs.
  package static func content(
    of station: StationID, _ certificate: PEMText, _ request: Request?
  ) -> [UInt8] {
    let asked = request.map { "\($0.nonce.memberText)\n\($0.text.text)" } ?? ""
    return Array("identity\n\(station)\n\(certificate.text)\n\(asked)".utf8)
  }
}

/// `identity/reply`: what the service answers to a statement. Nothing in it has to be believed: a
/// certificate proves itself by its authority and its key, and to ask for one harms nobody.
package enum IdentityReply: Equatable, Sendable {
  /// Ask for the certificate that is to follow this one, by this number.
  case renew(CertificateSerial, RenewalNonce)
  /// The certificate for the key that was asked for.
  case issued(PEMText)

  package enum Kind: String, CaseIterable, Sendable {
    case renew
    case issued
  }
}

extension IdentityStatement: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ statement: IdentityStatement?, by coder: inout Coder
  ) throws(Coder.Failure) -> IdentityStatement {
    let certificate = try coder.member("certificate", statement?.certificate)
    try coder.demand(certificate.text.utf8.count <= longestText, of: "certificate")
    let text = try coder.optional("request", statement?.request?.text)
    try coder.demand((text?.text.utf8.count ?? 0) <= longestText, of: "request")
    let nonce = try coder.member("nonce", statement?.request?.nonce, where: text != nil)
    let proof = try coder.member("proof", statement?.proof)
    let request = text.flatMap { text in nonce.map { Request(text, nonce: $0) } }
    return IdentityStatement(certificate: certificate, request: request, proof: proof)
  }
}

extension IdentityReply: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ reply: IdentityReply?, by coder: inout Coder
  ) throws(Coder.Failure) -> IdentityReply {
    switch try coder.member("reply", reply?.kind) {
    case .renew:
      let old = reply.flatMap { reply -> (CertificateSerial, RenewalNonce)? in
        if case .renew(let serial, let nonce) = reply { (serial, nonce) } else { nil }
      }
      let serial = try coder.member("serial", old?.0)
      return .renew(serial, try coder.member("nonce", old?.1))
    case .issued:
      let old = reply.flatMap { if case .issued(let text) = $0 { text } else { nil } }
      let text = try coder.member("certificate", old)
      try coder.demand(
        text.text.utf8.count <= IdentityStatement.longestText, of: "certificate")
      return .issued(text)
    }
  }

  private var kind: Kind {
    switch self {
    case .renew: .renew
    case .issued: .issued
    }
  }
}

extension IdentityReply.Kind: MemberWord {}
