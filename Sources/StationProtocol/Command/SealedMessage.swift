// A message that the service has signed, so that whoever owns the broker brings nothing about.
import JSON
import Text

/// An order or an answer of the service, on which a station acts: the text of a body, and the
/// signature over the topic, a line feed and that text. The topic is part of what is signed, so
/// that no message is good for another station or another purpose.
package struct SealedMessage: Equatable, Sendable {
  /// The body as it was signed: a JSON text of its own, never written a second time.
  package var body: SealedBody
  /// The id of the key: the first 8 bytes of the SHA-256 of its DER form.
  package var key: ServiceKeyID
  package var signature: Signature

  package init(body: SealedBody, key: ServiceKeyID, signature: Signature) {
    self.body = body
    self.key = key
    self.signature = signature
  }

  /// The bytes that are signed.
  package static func content(_ body: SealedBody, on topic: Topic) -> [UInt8] {
    Array("\(topic.path)\n\(body.text)".utf8)
  }
}

/// The text of a signed body, which may be longer than any other text of a message: each quotation
/// mark in it is written as two characters, and its topic bounds it.
package struct SealedBody: Hashable, Sendable {
  package static let longest = 65_536
  package let text: String

  package init(_ json: [UInt8]) { text = String(decoding: json, as: UTF8.self) }

  package var json: [UInt8] { Array(text.utf8) }
}

extension SealedBody: MemberValue {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> SealedBody? {
    SealedBody(Array(try reader.string(limit: longest).utf8))
  }
  package func write(to writer: inout JSONWriter) { writer.value(text) }
}

/// Names a key of the service, written as 16 hex digits.
package struct ServiceKeyID: Hashable, Sendable, CustomStringConvertible {
  package let bits: UInt64

  package init(bits: UInt64) { self.bits = bits }

  package var description: String { Hex.text(bits, digits: 16) }
}

/// The 64 bytes of an Ed25519 signature (RFC 8032), written as 128 hex digits.
package struct Signature: Hashable, Sendable {
  package static let length = 64
  package let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 64 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }
}

extension SealedMessage: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ message: SealedMessage?, by coder: inout Coder
  ) throws(Coder.Failure) -> SealedMessage {
    SealedMessage(
      body: try coder.member("body", message?.body), key: try coder.member("key", message?.key),
      signature: try coder.member("signature", message?.signature))
  }
}

extension ServiceKeyID: MemberText {
  package init?(member text: String) {
    guard let bits = Hex.number(text, digits: 16) else { return nil }
    self.bits = bits
  }
  package var memberText: String { description }
}

extension Signature: HexBytes {}
