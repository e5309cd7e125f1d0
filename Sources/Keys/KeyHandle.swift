// A public or private key as libcrypto holds it: parsing, naming its kind, DER forms, ES256 both ways.

import CCrypto

/// Owns one `EVP_PKEY`. libcrypto counts its references atomically and nothing here changes a key
/// once it is made, so it may be used from several threads.
package final class KeyHandle: @unchecked Sendable {
  private let key: OpaquePointer

  /// Takes over the reference that the caller holds.
  init(owning key: OpaquePointer) { self.key = key }

  deinit { EVP_PKEY_free(key) }

  /// A SubjectPublicKeyInfo (RFC 5280 section 4.1), to its last byte.
  package convenience init?(publicDER der: [UInt8]) {
    guard let key = Self.parse(der, { d2i_PUBKEY(nil, $0, $1) }, EVP_PKEY_free) else { return nil }
    self.init(owning: key)
  }

  /// A PKCS#8 private key (RFC 5958) without encryption, or the older forms libcrypto knows.
  package convenience init?(privateDER der: [UInt8]) {
    guard let key = Self.parse(der, { d2i_AutoPrivateKey(nil, $0, $1) }, EVP_PKEY_free) else {
      return nil
    }
    self.init(owning: key)
  }

  /// The key inside an X.509 certificate. Neither its dates nor its signature are looked at: that
  /// the file is in the key set is what makes the key trusted.
  package convenience init?(certificateDER der: [UInt8]) {
    guard let certificate = Self.parse(der, { d2i_X509(nil, $0, $1) }, X509_free) else {
      return nil
    }
    defer { X509_free(certificate) }
    guard let key = X509_get_pubkey(certificate) else { return nil }
    self.init(owning: key)
  }

  /// An Ed25519 private key from its seed of 32 bytes.
  package convenience init?(ed25519Seed seed: UnsafePointer<UInt8>) {
    guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32) else {
      return nil
    }
    self.init(owning: key)
  }

  /// A new key of P-256 from the system's random source.
  package static func generateP256() -> KeyHandle {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else {
      preconditionFailure("libcrypto makes no keys of elliptic curves")
    }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_set_group_name(context, "prime256v1") == 1,
      EVP_PKEY_generate(context, &key) == 1, let key
    else { preconditionFailure("libcrypto makes no key of P-256") }
    return KeyHandle(owning: key)
  }

  /// The private key of P-256 of a PEM file, without a passphrase.
  package convenience init(privatePEM file: [UInt8]) throws(KeyError) {
    let blocks = try PEM.blocks(file)
    guard let block = blocks.first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
      throw .publicKey
    }
    guard block.label != "ENCRYPTED PRIVATE KEY", !block.hasHeader else { throw .passphrase }
    guard let key = Self.parse(block.der, { d2i_AutoPrivateKey(nil, $0, $1) }, EVP_PKEY_free)
    else { throw .damaged(block.label) }
    self.init(owning: key)
    guard isP256 else { throw .unsupported(kind) }
  }

  /// The PKCS#8 PEM file. A secret: for a file that only its owner reads.
  package var privatePEM: [UInt8] { PEM.text(label: "PRIVATE KEY", der: privateDER) }

  /// Whether both have the same public key.
  package func isSame(as other: KeyHandle) -> Bool { EVP_PKEY_eq(key, other.key) == 1 }

  func withPointer<Value>(_ body: (OpaquePointer) -> Value) -> Value { body(key) }

  static func parse(
    _ der: [UInt8],
    _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?,
    _ free: (OpaquePointer?) -> Void
  ) -> OpaquePointer? {
    der.withUnsafeBufferPointer { bytes in
      var position = bytes.baseAddress
      defer { ERR_clear_error() }
      guard let parsed = decode(&position, bytes.count) else { return nil }
      guard let start = bytes.baseAddress, position == start + bytes.count else {
        free(parsed)
        return nil
      }
      return parsed
    }
  }

  package var isEd25519: Bool { EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 }

  package var isP256: Bool {
    guard EVP_PKEY_get_base_id(key) == EVP_PKEY_EC else { return false }
    return curve == "prime256v1"
  }

  private var curve: String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 80) { space in
      var length = 0
      guard EVP_PKEY_get_group_name(key, space.baseAddress, space.count, &length) == 1,
        let start = space.baseAddress
      else { return nil }
      return String(cString: start)
    }
  }

  /// What to call the key in an error: `RSA`, `ED448`, `EC secp384r1`.
  package var kind: String {
    let name = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
    return [name, curve].compactMap { $0 }.joined(separator: " ")
  }

  /// The 32 bytes of an Ed25519 public key.
  package var ed25519PublicKey: [UInt8]? { raw { EVP_PKEY_get_raw_public_key(key, $0, $1) } }

  /// The 32 bytes from which an Ed25519 private key is made.
  package var ed25519Seed: [UInt8]? { raw { EVP_PKEY_get_raw_private_key(key, $0, $1) } }

  private func raw(
    _ get: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>) -> Int32
  ) -> [UInt8]? {
    guard isEd25519 else { return nil }
    var length = 32
    var bytes = [UInt8](repeating: 0, count: length)
    guard get(&bytes, &length) == 1, length == 32 else { return nil }
    return bytes
  }

  /// The SubjectPublicKeyInfo.
  package var publicDER: [UInt8] { Self.encoded { i2d_PUBKEY(key, $0) } }

  /// The PKCS#8 form, unencrypted.
  package var privateDER: [UInt8] {
    guard let info = EVP_PKEY2PKCS8(key) else { return [] }
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    return Self.encoded { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
  }

  static func encoded(
    _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32
  ) -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let length = Int(encode(&start))
    guard length > 0, let start else { return [] }
    defer { CRYPTO_clear_free(start, length, nil, 0) }
    return Array(UnsafeBufferPointer(start: start, count: length))
  }

  /// ECDSA with SHA-256 over P-256.
  /// - Parameter signature: r and s of 32 bytes each, as RFC 9053 section 2.1 has them.
  package func verifiesES256(_ signature: [UInt8], of content: [UInt8]) -> Bool {
    guard signature.count == 64, let der = Self.sequence(signature),
      let context = EVP_MD_CTX_new()
    else { return false }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, der, der.count, content, content.count) == 1
  }

  /// Signs with ECDSA and SHA-256.
  /// - Returns: r and s of 32 bytes each, as RFC 9053 section 2.1 has them; nil where this is no
  ///   private key of P-256.
  package func signES256(_ content: [UInt8]) -> [UInt8]? {
    guard isP256, let context = EVP_MD_CTX_new() else { return nil }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    // The sequence of two integers of P-256 has 72 bytes at most.
    var der = [UInt8](repeating: 0, count: 80)
    var length = der.count
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
      EVP_DigestSign(context, &der, &length, content, content.count) == 1
    else { return nil }
    let pair = Self.parse(
      Array(der.prefix(length)), { d2i_ECDSA_SIG(nil, $0, $1) }, ECDSA_SIG_free)
    guard let pair else { return nil }
    defer { ECDSA_SIG_free(pair) }
    var signature = [UInt8](repeating: 0, count: 64)
    let isPut = signature.withUnsafeMutableBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      return BN_bn2binpad(ECDSA_SIG_get0_r(pair), start, 32) == 32
        && BN_bn2binpad(ECDSA_SIG_get0_s(pair), start + 32, 32) == 32
    }
    return isPut ? signature : nil
  }

  /// r and s as the ASN.1 sequence that libcrypto takes. Their range is its to check.
  private static func sequence(_ signature: [UInt8]) -> [UInt8]? {
    guard let pair = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(pair) }
    let isSet = signature.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      let r = BN_bin2bn(start, 32, nil)
      let s = BN_bin2bn(start + 32, 32, nil)
      // The pair owns both numbers from here on, unless one is missing.
      guard ECDSA_SIG_set0(pair, r, s) == 1 else {
        BN_free(r)
        BN_free(s)
        return false
      }
      return true
    }
    return isSet ? encoded { i2d_ECDSA_SIG(pair, $0) } : nil
  }
}
