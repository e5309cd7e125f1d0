// CBOR as it is written here: definite lengths and the shortest heads.

/// Builds one encoded item from front to back (RFC 8949 section 4.2.1 but for the order of map
/// keys, which is the caller's).
package struct CBORWriter {
  package private(set) var bytes: [UInt8] = []

  package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  package mutating func integer(_ value: Int64) {
    if value < 0 {
      head(.negative, UInt64(-1 - value))
    } else {
      head(.unsigned, UInt64(value))
    }
  }

  package mutating func bytes(_ value: [UInt8]) {
    head(.bytes, UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func text(_ value: String) {
    head(.text, UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// The same of a text that the program holds.
  package mutating func text(_ value: StaticString) {
    head(.text, UInt64(value.utf8CodeUnitCount))
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }

  /// Begins an array: so many items follow.
  package mutating func array(count: Int) { head(.array, UInt64(count)) }

  /// Begins a map: so many pairs of items follow.
  package mutating func map(count: Int) { head(.map, UInt64(count)) }

  /// Begins a tagged item: the item follows.
  package mutating func tag(_ number: UInt64) { head(.tag, number) }

  /// A head with its argument in as few bytes as hold it (RFC 8949 section 3).
  private mutating func head(_ major: CBORHead.Major, _ argument: UInt64) {
    let first = major.rawValue << 5
    let width: Int
    switch argument {
    case 0..<24: return bytes.append(first | UInt8(argument))
    case ...0xFF: width = 0
    case ...0xFFFF: width = 1
    case ...0xFFFF_FFFF: width = 2
    default: width = 3
    }
    bytes.append(first | UInt8(24 + width))
    for shift in stride(from: 8 * ((1 << width) - 1), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: argument >> UInt64(shift)))
    }
  }
}
