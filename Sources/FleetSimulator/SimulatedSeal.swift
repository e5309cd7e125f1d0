// The service's signature in a simulated fleet: as good as a real one against whoever lacks the key.
import StationProtocol

/// A checksum with a secret takes the place of Ed25519, which costs more than all else in a
/// simulated day, and one without takes that of SHA-256. The topic is part of what is sealed, as it
/// is in the real one.
enum SimulatedSeal {
  private static let secret: UInt64 = 0x5EA1_0F7E_5E2B_1CE5

  static func seal(_ json: [UInt8], for topic: Topic) -> [UInt8] {
    let body = SealedBody(json)
    return SealedMessage(
      body: body, key: ServiceKeyID(bits: 1), signature: signature(of: body, topic)
    ).json
  }

  /// - Returns: nil where it is not sealed for this topic.
  static func open(_ payload: [UInt8], on topic: Topic) -> [UInt8]? {
    guard let message = try? SealedMessage(json: payload),
      message.signature == signature(of: message.body, topic)
    else { return nil }
    return message.body.json
  }

  /// The best that somebody without the key can do.
  static func forge(_ json: [UInt8]) -> [UInt8] {
    guard let signature = Signature(Array(repeating: 0, count: Signature.length)) else {
      preconditionFailure("a signature has 64 bytes")
    }
    return SealedMessage(
      body: SealedBody(json), key: ServiceKeyID(bits: 1), signature: signature
    ).json
  }

  /// By which an answer names a payload.
  static func digest(of payload: [UInt8]) -> PayloadDigest {
    PayloadDigest(high: UInt64(payload.count), low: checksum(payload, from: 0))
  }

  private static func signature(of body: SealedBody, _ topic: Topic) -> Signature {
    let hash = checksum(SealedMessage.content(body, on: topic), from: secret)
    let eight = (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
    guard let signature = Signature(Array(repeating: eight, count: 8).flatMap { $0 }) else {
      preconditionFailure("a signature has 64 bytes")
    }
    return signature
  }

  /// FNV-1a.
  private static func checksum(_ bytes: [UInt8], from start: UInt64) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325 ^ start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
