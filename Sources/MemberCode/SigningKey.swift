// The Ed25519 key that signs member codes: made, kept in a PEM file, used.

import CSodium
import Keys

/// A private key. Its bytes lie in guarded memory that is wiped when the last copy goes.
package struct SigningKey: Sendable {
  /// Immutable once made, hence safe to share.
  private final class Secret: @unchecked Sendable {
    let bytes: UnsafeMutablePointer<UInt8>

    init() {
      precondition(Self.isReady, "libsodium cannot be initialised")
      guard let memory = sodium_malloc(Int(crypto_sign_SECRETKEYBYTES)) else {
        preconditionFailure("no memory for a key")
      }
      bytes = memory.assumingMemoryBound(to: UInt8.self)
    }

    deinit { sodium_free(bytes) }

    private static let isReady = sodium_init() >= 0
  }

  private let secret: Secret
  private let publicDER: [UInt8]
  /// What verifies its signatures.
  package let verificationKey: VerificationKey

  package var id: KeyID { verificationKey.id }

  /// A new key from the system's random source.
  package static func generate() -> SigningKey {
    SigningKey { key, secret in crypto_sign_keypair(key, secret) }
  }

  /// Reads the private key of a PEM file (PKCS#8, RFC 5958, without a passphrase).
  package init(pem file: [UInt8]) throws(KeyError) {
    let blocks = try PEM.blocks(file)
    guard let block = blocks.first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
      throw .publicKey
    }
    guard block.label != "ENCRYPTED PRIVATE KEY", !block.hasHeader else { throw .passphrase }
    guard let handle = KeyHandle(privateDER: block.der) else { throw .damaged(block.label) }
    guard let seed = handle.ed25519Seed else { throw .unsupported(handle.kind) }
    self.init { key, secret in crypto_sign_seed_keypair(key, secret, seed) }
  }

  private init(
    _ make: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Int32
  ) {
    let secret = Secret()
    var key = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
    precondition(make(&key, secret.bytes) == 0, "libsodium makes no key")
    self.secret = secret
    publicDER = Self.handle(secret).publicDER
    verificationKey = VerificationKey(ed25519: key, id: KeyID(der: publicDER))
  }

  /// libcrypto's form of the key, which knows how to write it.
  private static func handle(_ secret: Secret) -> KeyHandle {
    // libsodium's secret key begins with the seed.
    guard let handle = KeyHandle(ed25519Seed: secret.bytes) else {
      preconditionFailure("libcrypto takes no Ed25519 key")
    }
    return handle
  }

  /// The private key as a PKCS#8 PEM file. A secret: for a file that only its owner reads.
  package var privatePEM: [UInt8] {
    PEM.text(label: "PRIVATE KEY", der: Self.handle(secret).privateDER)
  }

  /// The public key as a SubjectPublicKeyInfo PEM file.
  package var publicPEM: [UInt8] { PEM.text(label: "PUBLIC KEY", der: publicDER) }

  /// An Ed25519 signature (RFC 8032) of 64 bytes.
  package func sign(_ content: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
    crypto_sign_detached(&signature, nil, content, UInt64(content.count), secret.bytes)
    return signature
  }
}
