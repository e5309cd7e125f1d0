// Proofs that somebody has a secret, without telling it: HMAC with SHA-256 (RFC 2104).

import CCrypto

package enum MessageProof {
  /// - Returns: 32 bytes.
  package static func make(_ content: [UInt8], key: [UInt8]) -> [UInt8] {
    var proof = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let made = HMAC(EVP_sha256(), key, Int32(key.count), content, content.count, &proof, &length)
    precondition(made != nil && length == 32, "libcrypto makes no HMAC")
    return proof
  }

  /// Compares in a time that tells nothing about where two proofs differ.
  package static func isRight(_ proof: [UInt8], of content: [UInt8], key: [UInt8]) -> Bool {
    let right = make(content, key: key)
    return proof.count == right.count && CRYPTO_memcmp(proof, right, right.count) == 0
  }
}
