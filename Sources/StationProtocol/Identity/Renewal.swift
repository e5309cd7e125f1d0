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
/// nothing in place of.
package struct IdentityStatement: Equatable, Sendable {
  /// The certificate that the broker was shown.
  package var certificate: PEMText
  /// The signing request for the key that is to follow; nil where nothing is asked.
  package var request: PEMText?
  /// The proof of `content` by the key of the certificate.
  package var proof: IdentityProof

  /// The most characters of either PEM text.
  package static let longestText = 4096

  package init(certificate: PEMText, request: PEMText? = nil, proof: IdentityProof) {
    self.certificate = certificate
    self.request = request
    self.proof = proof
  }

  /// The bytes that the board signs.
  package static func content(
    of station: StationID, _ certificate: PEMText, _ request: PEMText?
  ) -> [UInt8] {
    Array("identity\n\(station)\n\(certificate.text)\n\(request?.text ?? "")".utf8)
  }
}

/// `identity/reply`: what the service answers to a statement. Nothing in it has to be believed: a
/// certificate proves itself by its authority and its key, and to ask for one harms nobody.
package enum IdentityReply: Equatable, Sendable {
  /// Ask for the certificate that is to follow this one.
  case renew(CertificateSerial)
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
    let made = IdentityStatement(
      certificate: try coder.member("certificate", statement?.certificate),
      request: try coder.optional("request", statement?.request),
      proof: try coder.member("proof", statement?.proof))
    try coder.demand(made.certificate.text.utf8.count <= longestText, of: "certificate")
    try coder.demand((made.request?.text.utf8.count ?? 0) <= longestText, of: "request")
    return made
  }
}

extension IdentityReply: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ reply: IdentityReply?, by coder: inout Coder
  ) throws(Coder.Failure) -> IdentityReply {
    switch try coder.member("reply", reply?.kind) {
    case .renew:
      let old = reply.flatMap { if case .renew(let serial) = $0 { serial } else { nil } }
      return .renew(try coder.member("serial", old))
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
