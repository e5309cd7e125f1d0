// SHA-256 by libsodium.

import CSodium
import StationProtocol

package enum SHA256 {
  package static func digest(_ content: [UInt8]) -> [UInt8] {
    content.withUnsafeBytes { withDigest(of: $0) { Array($0) } }
  }

  /// The digest, mostly on the stack: it does not outlive the body.
  fileprivate static func withDigest<Value>(
    of content: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<UInt8>) -> Value
  ) -> Value {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(crypto_hash_sha256_BYTES)) {
      guard let digest = $0.baseAddress else {
        preconditionFailure("a buffer of 32 bytes has no address")
      }
      crypto_hash_sha256(
        digest, content.baseAddress?.assumingMemoryBound(to: UInt8.self),
        UInt64(content.count))
      return body(UnsafeBufferPointer($0))
    }
  }
}

extension CodeDigest {
  /// The digest of what was shown: the first half of its SHA-256.
  package init(of content: UnsafeRawBufferPointer) {
    self = SHA256.withDigest(of: content) { CodeDigest(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// The same of bytes in an array.
  package init(of content: [UInt8]) {
    self = content.withUnsafeBytes { CodeDigest(of: $0) }
  }
}

extension PayloadDigest {
  /// The digest of what goes over the broker: the first half of its SHA-256.
  package init(of payload: [UInt8]) {
    self = payload.withUnsafeBytes { bytes in
      SHA256.withDigest(of: bytes) { digest in
        let half = CodeDigest(bytes: UnsafeRawBufferPointer(digest))
        return PayloadDigest(high: half.high, low: half.low)
      }
    }
  }
}
