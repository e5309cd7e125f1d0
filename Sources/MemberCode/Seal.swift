// The service's signature on what stations obey: Ed25519 over the topic and the text.

import StationProtocol

/// The keys of the service that a station obeys.
package struct ServiceKeySet: Sendable {
  /// One in use and those of a rotation.
  package static let most = 4

  private let keys: [VerificationKey]

  /// - Parameter keys: of the kind Ed25519.
  package init(_ keys: [VerificationKey] = []) { self.keys = keys }

  package var ids: [KeyID] { keys.map(\.id) }

  /// Whether one of the keys has signed this message for this topic.
  package func signed(_ message: SealedMessage, on topic: Topic) -> Bool {
    guard
      let key = keys.first(where: {
        $0.id.bits == message.key.bits || $0.bareID.bits == message.key.bits
      })
    else { return false }
    return key.signed(message.signature.bytes, SealedMessage.content(message.body, on: topic))
  }
}

extension SigningKey {
  /// Signs a body for the station and the purpose of this topic.
  package func seal(_ json: [UInt8], for topic: Topic) -> SealedMessage {
    let body = SealedBody(json)
    guard let signature = Signature(sign(SealedMessage.content(body, on: topic))) else {
      preconditionFailure("a signature of Ed25519 has 64 bytes")
    }
    return SealedMessage(body: body, key: ServiceKeyID(bits: id.bits), signature: signature)
  }
}
