// One pass over bytes from outside: is it exactly one acceptable item of CBOR, and where lies what?

import StationProtocol

/// Why bytes from outside are not read as CBOR. Offsets count bytes from 0.
package enum CBORFault: Error, Equatable, Sendable {
  case tooLong
  case tooManyItems
  case tooDeep
  case truncated
  /// A head that RFC 8949 does not define, or a break where none may stand.
  case badHead(offset: Int)
  case chunkedString(offset: Int)
  case simpleValue(offset: Int)
  case notUTF8(offset: Int)
  case badKey(offset: Int)
  case duplicateKey(offset: Int)
  case trailingBytes(offset: Int)

  /// The reason that a code is refused with.
  var codeFault: CodeFault {
    switch self {
    case .tooLong, .tooManyItems: .tooLong
    case .tooDeep: .tooDeep
    case .duplicateKey: .duplicateKey
    case .trailingBytes: .trailingBytes
    case .truncated, .badHead, .chunkedString, .simpleValue, .notUTF8, .badKey: .notCBOR
    }
  }
}

/// The head of one item (RFC 8949 section 3), as a scan found it.
struct CBORHead {
  enum Major: UInt8 {
    case unsigned, negative, bytes, text, array, map, tag, other
  }

  private(set) var major: Major
  /// How many bytes the argument takes behind the first byte of the head; 0 where it is in it.
  private(set) var width: UInt8
  /// The number, the length in bytes, the count of elements or pairs, or the bits of a float. For
  /// an indefinite length it is the count that was found.
  var argument: UInt64
  /// The place at which the content of a string begins.
  private var start: UInt16
  /// The index of the first head that belongs to no part of this item.
  private var end: UInt16 = 0

  /// - Parameter content: where the content of a string begins; `CodeBounds` keep it below 65,536.
  init(_ major: Major, width: Int, argument: UInt64, content: Int) {
    self.major = major
    self.width = UInt8(width)
    self.argument = argument
    start = UInt16(content)
  }

  var content: Int { Int(start) }

  var next: Int {
    get { Int(end) }
    set { end = UInt16(newValue) }
  }
}

/// Checks well-formedness and this product's limits in one pass, and notes each head.
///
/// Accepted: heads of any width, maps and arrays of indefinite length (some encoders know no
/// others). Refused: strings in chunks, simple values other than false, true, null and
/// undefined, text that is not UTF-8, a map key that is no integer and no string, a key that
/// occurs twice however it is encoded, bytes after the item.
struct CBORScan {
  /// Arrays, maps and tags inside each other.
  static let deepest = 16

  let bytes: UnsafeBufferPointer<UInt8>
  /// Room for as many heads as there may be items.
  let heads: UnsafeMutableBufferPointer<CBORHead>
  private(set) var count = 0
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, into heads: UnsafeMutableBufferPointer<CBORHead>) {
    self.bytes = bytes
    self.heads = heads
  }

  /// - Throws: the reason why the bytes are not exactly one acceptable item.
  mutating func run() throws(CBORFault) {
    try item(depth: 0)
    guard position == bytes.count else { throw .trailingBytes(offset: position) }
  }

  /// Goes down by recursion that `deepest` bounds.
  private mutating func item(depth: Int) throws(CBORFault) {
    guard count < heads.count else { throw .tooManyItems }
    let index = count
    let offset = position
    let isIndefinite = try head()
    switch heads[index].major {
    case .unsigned, .negative, .other: break
    case .bytes, .text: try string(index, offset)
    case .array: try elements(index, isIndefinite, depth: depth + 1)
    case .map: try pairs(index, isIndefinite, depth: depth + 1)
    case .tag:
      guard depth < Self.deepest else { throw .tooDeep }
      try item(depth: depth + 1)
    }
    heads[index].next = count
  }

  /// - Returns: whether the length is indefinite.
  private mutating func head() throws(CBORFault) -> Bool {
    guard position < bytes.count else { throw .truncated }
    let offset = position
    let major = CBORHead.Major(rawValue: bytes[offset] >> 5) ?? .other
    let detail = bytes[offset] & 0x1F
    position += 1
    var width = 0
    var argument: UInt64 = 0
    var isIndefinite = false
    switch detail {
    case 0...23:
      guard major != .other || detail >= 20 else { throw .simpleValue(offset: offset) }
      argument = UInt64(detail)
    case 24...27:
      guard major != .other || detail != 24 else { throw .simpleValue(offset: offset) }
      width = 1 << Int(detail - 24)
      guard bytes.count - position >= width else { throw .truncated }
      for _ in 0..<width {
        argument = argument << 8 | UInt64(bytes[position])
        position += 1
      }
    case 31 where major == .bytes || major == .text: throw .chunkedString(offset: offset)
    case 31 where major == .array || major == .map: isIndefinite = true
    default: throw .badHead(offset: offset)
    }
    heads.initializeElement(
      at: count, to: CBORHead(major, width: width, argument: argument, content: position))
    count += 1
    return isIndefinite
  }

  private mutating func string(_ index: Int, _ offset: Int) throws(CBORFault) {
    let length = heads[index].argument
    guard length <= UInt64(bytes.count - position) else { throw .truncated }
    let content = bytes[position..<position + Int(length)]
    position += Int(length)
    guard heads[index].major == .text, !content.allSatisfy({ $0 < 0x80 }) else { return }
    guard String(validating: content, as: UTF8.self) != nil else {
      throw .notUTF8(offset: offset)
    }
  }

  private mutating func elements(
    _ index: Int, _ isIndefinite: Bool, depth: Int
  ) throws(CBORFault) {
    guard depth <= Self.deepest else { throw .tooDeep }
    var found: UInt64 = 0
    while try hasMore(index, isIndefinite, after: found) {
      try item(depth: depth)
      found += 1
    }
    heads[index].argument = found
  }

  private mutating func pairs(_ index: Int, _ isIndefinite: Bool, depth: Int) throws(CBORFault) {
    guard depth <= Self.deepest else { throw .tooDeep }
    var found: UInt64 = 0
    while try hasMore(index, isIndefinite, after: found) {
      let (offset, key) = (position, count)
      try item(depth: depth)
      switch heads[key].major {
      case .unsigned, .negative, .bytes, .text: break
      case .array, .map, .tag, .other: throw .badKey(offset: offset)
      }
      // The keys before this one, each behind the value of the one before it.
      var other = index + 1
      while other < key {
        guard !isSame(other, key) else { throw .duplicateKey(offset: offset) }
        other = heads[heads[other].next].next
      }
      try item(depth: depth)
      found += 1
    }
    heads[index].argument = found
  }

  /// Whether another element follows; takes the break that ends an indefinite length.
  private mutating func hasMore(
    _ index: Int, _ isIndefinite: Bool, after found: UInt64
  ) throws(CBORFault) -> Bool {
    guard isIndefinite else { return found < heads[index].argument }
    guard position < bytes.count else { throw .truncated }
    guard bytes[position] == 0xFF else { return true }
    position += 1
    return false
  }

  /// Whether two keys are one, however wide their heads are.
  private func isSame(_ one: Int, _ other: Int) -> Bool {
    let (one, other) = (heads[one], heads[other])
    guard one.major == other.major, one.argument == other.argument else { return false }
    guard one.major == .bytes || one.major == .text else { return true }
    let length = Int(one.argument)
    return bytes[one.content..<one.content + length]
      .elementsEqual(bytes[other.content..<other.content + length])
  }
}
