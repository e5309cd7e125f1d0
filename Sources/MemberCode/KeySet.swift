// The keys whose signatures a station believes.

import StationProtocol

package struct KeySet: Sendable {
  /// A code without a key id costs one signature check for each key.
  package static let most = 64

  package let keys: [VerificationKey]

  /// - Throws: `tooManyKeys`.
  package init(_ keys: [VerificationKey]) throws(KeyError) {
    guard keys.count <= Self.most else { throw .tooManyKeys }
    self.keys = keys
  }

  /// Finds the key that made a message's signature. A key from a certificate answers to the
  /// certificate's id and to its own; without a key id every key is tried.
  /// - Parameter content: `message.signedContent(externalData:)`.
  /// - Throws: `unknownKey` where no key may be meant, `badSignature` where none made it.
  package func signer(
    of message: CoseSign1, content: [UInt8]
  ) throws(CodeRefusal) -> VerificationKey {
    var isKnown = false
    let named = message.keyID.map { KeyID(bytes: $0) }
    for key in keys {
      if let named, named != key.id, named != key.bareID { continue }
      isKnown = true
      if key.signed(message, content: content) { return key }
    }
    throw isKnown ? .badSignature : .unknownKey
  }
}
