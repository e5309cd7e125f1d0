// What a board and the service say to each other when the board becomes a station.
import JSON
import Text

/// A certificate, a key or a request as a PEM text.
package struct PEMText: Hashable, Sendable, MemberValue {
  package static let longest = 8192
  package let text: String

  package init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

  package var bytes: [UInt8] { Array(text.utf8) }

  package static func read(from reader: inout JSONReader) throws(JSONError) -> PEMText? {
    PEMText(Array(try reader.string(limit: longest).utf8))
  }
  package func write(to writer: inout JSONWriter) { writer.value(text) }
}

/// An HMAC with SHA-256 (RFC 2104) by the secret of a claim code, written as 64 hex digits: whoever
/// made it has the code.
package struct ClaimProof: Hashable, Sendable {
  package static let length = 32
  package let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 32 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }
}

extension ClaimProof: HexBytes {}

/// `POST /claims`: a board asks to be the station for which a code was made.
package struct ClaimRequest: Equatable, Sendable {
  package var claim: ClaimName
  /// The signing request for the board's new key.
  package var request: PEMText
  /// The proof of `content` by the code.
  package var proof: ClaimProof

  package init(claim: ClaimName, request: PEMText, proof: ClaimProof) {
    self.claim = claim
    self.request = request
    self.proof = proof
  }

  /// The bytes that the board proves: nobody on the way puts a key of his own in the place of the
  /// board's.
  package static func content(_ request: PEMText) -> [UInt8] {
    Array("request\n\(request.text)".utf8)
  }
}

extension ClaimRequest: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ request: ClaimRequest?, by coder: inout Coder
  ) throws(Coder.Failure) -> ClaimRequest {
    ClaimRequest(
      claim: try coder.member("claim", request?.claim),
      request: try coder.member("request", request?.request),
      proof: try coder.member("proof", request?.proof))
  }
}

/// The answer: a grant, proved by the code, so that a board believes no service but the one whose
/// code was typed at it, whatever connection it came over.
package struct ClaimAnswer: Equatable, Sendable {
  package static let longest = 2 * SealedBody.longest
  /// The text of a `ClaimGrant`.
  package var grant: SealedBody
  /// The proof of `content` by the code.
  package var proof: ClaimProof

  package init(grant: SealedBody, proof: ClaimProof) {
    self.grant = grant
    self.proof = proof
  }

  /// The bytes that the service proves.
  package static func content(_ grant: SealedBody) -> [UInt8] {
    Array("grant\n\(grant.text)".utf8)
  }
}

extension ClaimAnswer: DescribedObject {
  package static var longestJSON: Int { longest }

  package static func described<Coder: MemberCoder>(
    _ answer: ClaimAnswer?, by coder: inout Coder
  ) throws(Coder.Failure) -> ClaimAnswer {
    ClaimAnswer(
      grant: try coder.member("grant", answer?.grant),
      proof: try coder.member("proof", answer?.proof))
  }
}

/// All that a board needs to be a station: who it is, whom it connects to, and whom it obeys.
package struct ClaimGrant: Equatable, Sendable {
  /// Keys of the service that one station pins.
  package static let mostKeys = 4

  package var station: StationID
  package var certificate: PEMText
  /// Vouches for the broker.
  package var authority: PEMText
  /// The name or the numeric address of the broker, for which its certificate was issued.
  package var broker: String
  package var port: Int
  /// The keys whose commands and answers the station believes.
  package var serviceKeys: [PEMText]

  package init(
    station: StationID, certificate: PEMText, authority: PEMText, broker: String, port: Int,
    serviceKeys: [PEMText]
  ) {
    self.station = station
    self.certificate = certificate
    self.authority = authority
    self.broker = broker
    self.port = port
    self.serviceKeys = serviceKeys
  }
}

extension ClaimGrant: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ grant: ClaimGrant?, by coder: inout Coder
  ) throws(Coder.Failure) -> ClaimGrant {
    let made = ClaimGrant(
      station: try coder.member("station", grant?.station),
      certificate: try coder.member("certificate", grant?.certificate),
      authority: try coder.member("authority", grant?.authority),
      broker: try coder.member("broker", grant?.broker),
      port: try coder.number("port", grant?.port, 1...65_535),
      serviceKeys: try coder.list(
        "serviceKeys", grant?.serviceKeys, ListBounds(most: mostKeys)))
    // A station without any would believe nobody, and sell nothing.
    try coder.demand(!made.serviceKeys.isEmpty, of: "serviceKeys")
    return made
  }
}

extension StationID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}
