// A public key that may sign member codes: Ed25519 by libsodium, P-256 by libcrypto.

import CSodium
import Keys

package struct VerificationKey: Sendable {
  package enum Kind: String, Sendable {
    case ed25519 = "Ed25519"
    case p256 = "P-256"
  }

  private enum Material: Sendable {
    case ed25519([UInt8])
    case p256(KeyHandle)
  }

  /// The id of the certificate where the key came in one, otherwise of the key.
  package let id: KeyID
  /// The id of the key itself: what a signer who knows nothing of a certificate calls it.
  package let bareID: KeyID
  private let material: Material

  /// Reads the public key (SubjectPublicKeyInfo) or the first X.509 certificate of a PEM file.
  package init(pem file: [UInt8]) throws(KeyError) {
    if let der = Self.usualKey(file) {
      let block = PEM.Block(label: "PUBLIC KEY", der: der, hasHeader: false)
      try self.init(ed25519: Array(der.suffix(32)), block: block, bareID: nil)
      return
    }
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
    let bareID = block.label == "PUBLIC KEY" ? nil : KeyID(der: handle.publicDER)
    if let key = handle.ed25519PublicKey {
      try self.init(ed25519: key, block: block, bareID: bareID)
    } else if handle.isP256 {
      self.init(.p256(handle), KeyID(der: block.der), bareID: bareID)
    } else {
      throw .unsupported(handle.kind)
    }
  }

  private init(ed25519 key: [UInt8], block: PEM.Block, bareID: KeyID?) throws(KeyError) {
    // A point of small order would make signatures that fit any content.
    guard crypto_core_ed25519_is_valid_point(key) == 1 else { throw .damaged(block.label) }
    self.init(.ed25519(key), KeyID(der: block.der), bareID: bareID)
  }

  /// - Parameter bareID: nil where `id` is that of the key itself.
  private init(_ material: Material, _ id: KeyID, bareID: KeyID?) {
    self.material = material
    self.id = id
    self.bareID = bareID ?? id
  }

  /// The key of a file that is nothing but an Ed25519 key in the form in which tools write it:
  /// three lines (RFC 7468), around the one DER form of such a key (RFC 8410 section 4). libcrypto
  /// reads it too, as it reads all others, but takes two megabytes of a station for its first file.
  /// - Returns: the DER form; nil where the file is anything else.
  private static func usualKey(_ file: [UInt8]) -> [UInt8]? {
    let (head, foot) = ("-----BEGIN PUBLIC KEY-----\n", "\n-----END PUBLIC KEY-----\n")
    let bounds = head.utf8.count..<max(head.utf8.count, file.count - foot.utf8.count)
    guard bounds.count == 60, file.starts(with: head.utf8),
      file[bounds.upperBound...].elementsEqual(foot.utf8)
    else { return nil }
    let prefix: [UInt8] = [
      0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    guard let der = Base64.decode(file[bounds]), der.count == prefix.count + 32,
      der.starts(with: prefix)
    else { return nil }
    return der
  }

  /// The public part of a signing key.
  init(ed25519 key: [UInt8], id: KeyID) {
    self.init(.ed25519(key), id, bareID: nil)
  }

  package var kind: Kind {
    switch material {
    case .ed25519: .ed25519
    case .p256: .p256
    }
  }

  /// Whether an Ed25519 key made this signature of 64 bytes; no other kind signs for the service.
  package func signed(_ signature: [UInt8], _ content: [UInt8]) -> Bool {
    guard case .ed25519(let key) = material, signature.count == Int(crypto_sign_BYTES) else {
      return false
    }
    return crypto_sign_verify_detached(signature, content, UInt64(content.count), key) == 0
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
