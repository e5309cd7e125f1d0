// The service's signature in a simulated fleet: as good as a real one against whoever lacks the key.
import StationProtocol

/// A checksum with a secret takes the place of Ed25519, which costs more than all else in a
/// simulated day. The topic is part of what is sealed, as it is in the real one.
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

  private static func signature(of body: SealedBody, _ topic: Topic) -> Signature {
    // FNV-1a over the secret and the content.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ secret
    for byte in SealedMessage.content(body, on: topic) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    let eight = (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
    guard let signature = Signature(Array(repeating: eight, count: 8).flatMap { $0 }) else {
      preconditionFailure("a signature has 64 bytes")
    }
    return signature
  }
}
