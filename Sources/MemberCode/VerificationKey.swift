// A public key that may sign member codes: Ed25519 by libsodium, P-256 by libcrypto.

import CSodium

package struct VerificationKey: Sendable {
  package enum Kind: String, Sendable {
    case ed25519 = "Ed25519"
    case p256 = "P-256"
  }

  private enum Material: Sendable {
    case ed25519([UInt8])
    case p256(KeyHandle)
  }

  /// Of the certificate where the key came in one, otherwise of the key.
  package let id: KeyID
  /// Of the key itself: what a signer who knows nothing of a certificate calls it.
  package let bareID: KeyID
  private let material: Material

  /// Reads the public key (SubjectPublicKeyInfo) or the first X.509 certificate of a PEM file.
  package init(pem file: [UInt8]) throws(KeyError) {
    let blocks = try PEM.blocks(file)
    // A certificate may come with those that vouch for it; of two bare keys one would be ignored.
    guard blocks.count(where: { $0.label == "PUBLIC KEY" }) <= 1 else { throw .severalKeys }
    for block in blocks {
      switch block.label {
      case "PUBLIC KEY":
        try self.init(handle: KeyHandle(publicDER: block.der), block: block)
        return
      case "CERTIFICATE", "X509 CERTIFICATE":
        try self.init(handle: KeyHandle(certificateDER: block.der), block: block)
        return
      default:
        break
      }
    }
    throw blocks.contains { $0.label.hasSuffix("PRIVATE KEY") }
      ? .privateKey : .unsupported(blocks[0].label)
  }

  private init(handle: KeyHandle?, block: PEM.Block) throws(KeyError) {
    guard let handle else { throw .damaged(block.label) }
    if let key = handle.ed25519PublicKey {
      // A point of small order would make signatures that fit any content.
      guard crypto_core_ed25519_is_valid_point(key) == 1 else { throw .damaged(block.label) }
      material = .ed25519(key)
    } else if handle.isP256 {
      material = .p256(handle)
    } else {
      throw .unsupported(handle.kind)
    }
    id = KeyID(der: block.der)
    bareID = block.label == "PUBLIC KEY" ? id : KeyID(der: handle.publicDER)
  }

  /// The public part of a signing key.
  init(ed25519 key: [UInt8], id: KeyID) {
    material = .ed25519(key)
    self.id = id
    bareID = id
  }

  package var kind: Kind {
    switch material {
    case .ed25519: .ed25519
    case .p256: .p256
    }
  }

  /// Whether the key made the message's signature. The algorithm is the key's own: a message that
  /// names another one is not signed by it.
  /// - Parameter content: `message.signedContent(externalData:)`.
  package func signed(_ message: CoseSign1, content: [UInt8]) -> Bool {
    switch (material, message.algorithm) {
    case (.ed25519(let key), .edDSA), (.ed25519(let key), nil):
      message.signature.count == Int(crypto_sign_BYTES)
        && crypto_sign_verify_detached(message.signature, content, UInt64(content.count), key) == 0
    case (.p256(let handle), .es256), (.p256(let handle), nil):
      handle.verifiesES256(message.signature, of: content)
    default:
      false
    }
  }
}
