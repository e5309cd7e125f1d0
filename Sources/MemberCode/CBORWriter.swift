// CBOR as it is written here: definite lengths and the shortest heads, through libcbor's encoders.

import CCBOR

/// Builds one encoded item from front to back (RFC 8949 section 4.2.1 but for the order of map
/// keys, which is the caller's).
package struct CBORWriter {
  package private(set) var bytes: [UInt8] = []

  package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  package mutating func integer(_ value: Int64) {
    if value < 0 {
      head(UInt64(-1 - value), cbor_encode_negint)
    } else {
      head(UInt64(value), cbor_encode_uint)
    }
  }

  package mutating func bytes(_ value: [UInt8]) {
    head(value.count, cbor_encode_bytestring_start)
    bytes.append(contentsOf: value)
  }

  package mutating func text(_ value: String) {
    head(value.utf8.count, cbor_encode_string_start)
    bytes.append(contentsOf: value.utf8)
  }

  /// What follows are `count` items.
  package mutating func array(count: Int) { head(count, cbor_encode_array_start) }

  /// What follows are `count` pairs of items.
  package mutating func map(count: Int) { head(count, cbor_encode_map_start) }

  /// What follows is the tagged item.
  package mutating func tag(_ number: UInt64) { head(number, cbor_encode_tag) }

  private mutating func head<Number>(
    _ value: Number, _ encode: (Number, UnsafeMutablePointer<UInt8>?, Int) -> Int
  ) {
    // No head is longer than one byte and a 64-bit number.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 9) { space in
      let written = encode(value, space.baseAddress, space.count)
      bytes.append(contentsOf: space[..<written])
    }
  }
}
