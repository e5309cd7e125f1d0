// The keys whose signatures are believed, each with what it may sign.

import Keys
import StationProtocol

package struct KeySet: Sendable {
  /// A code without a key id costs one signature check for each key.
  package static let most = KeyError.mostOfSet

  /// A key and what it may sign.
  package struct Issuer: Sendable {
    package var key: VerificationKey
    package var terms: IssuerTerms

    package init(_ key: VerificationKey, _ terms: IssuerTerms) {
      self.key = key
      self.terms = terms
    }
  }

  package let issuers: [Issuer]

  /// - Throws: `tooManyKeys`.
  package init(issuers: [Issuer]) throws(KeyError) {
    guard issuers.count <= Self.most else { throw .tooManyKeys }
    self.issuers = issuers
  }

  /// Keys of which nothing is known but that they are believed.
  /// - Throws: `tooManyKeys`.
  package init(_ keys: [VerificationKey]) throws(KeyError) {
    try self.init(issuers: keys.map { Issuer($0, .unlimited) })
  }

  /// Finds the key that made a message's signature. A key from a certificate answers to the
  /// certificate's id and to its own; without a key id every key is tried.
  /// - Parameter content: `message.signedContent(externalData:)`.
  /// - Throws: `unknownKey` where no key may be meant, `badSignature` where none made it.
  package func signer(
    of message: CoseSign1, content: [UInt8]
  ) throws(CodeRefusal) -> Issuer {
    var isKnown = false
    let named = message.keyID.map { KeyID(bytes: $0) }
    for issuer in issuers {
      let key = issuer.key
      if let named, named != key.id, named != key.bareID { continue }
      isKnown = true
      if key.signed(message, content: content) { return issuer }
    }
    throw isKnown ? .badSignature : .unknownKey
  }
}
