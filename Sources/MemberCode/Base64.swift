// Base64 (RFC 4648 section 4) by libsodium.

import CSodium

/// Bytes as text in base64, with padding, on one line.
package enum Base64 {
  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    let bytes = Array(bytes)
    // With the zero that ends it.
    let room = (bytes.count + 2) / 3 * 4 + 1
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { text in
      guard let start = text.baseAddress else { return "" }
      sodium_bin2base64(
        start, room, bytes, bytes.count, Int32(sodium_base64_VARIANT_ORIGINAL))
      return String(cString: start)
    }
  }

  /// - Returns: nil where the text is not base64 in its one spelling, padding included.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let digits = Array(text)
    // libsodium compares signed characters, and takes some bytes beyond ASCII for digits.
    guard digits.allSatisfy({ $0 < 0x80 }) else { return nil }
    var isRead = false
    let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 4 * 3 + 1) { bytes, count in
      guard let start = bytes.baseAddress else { return }
      digits.withUnsafeBytes { digits in
        isRead =
          sodium_base642bin(
            start, bytes.count, digits.baseAddress, digits.count, nil, &count, nil,
            Int32(sodium_base64_VARIANT_ORIGINAL)) == 0
      }
      if !isRead { count = 0 }
    }
    return isRead ? bytes : nil
  }
}
