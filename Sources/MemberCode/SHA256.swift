// SHA-256 by libsodium.

import CSodium

package enum SHA256 {
  package static func digest(_ content: [UInt8]) -> [UInt8] {
    content.withUnsafeBytes { digest($0) }
  }

  package static func digest(_ content: UnsafeRawBufferPointer) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    crypto_hash_sha256(
      &digest, content.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(content.count))
    return digest
  }
}
