// What is asked of CBOR bytes before libcbor may build items from them: size, depth, no surprises.

import StationProtocol

/// A check of RFC 8949 well-formedness and of this product's limits, in one pass without
/// building anything.
///
/// It stands before libcbor because that library allocates an array of as many items as its
/// head promises, frees nested items by recursion, keeps a map's second value for one key, and
/// stops in silence at the end of the first item.
///
/// Accepted: heads of any width, maps and arrays of indefinite length (some encoders know no
/// others). Refused: strings in chunks, simple values other than false, true, null and
/// undefined, text that is not UTF-8, a map key that is no integer and no string, a key that
/// occurs twice however it is encoded, bytes after the item.
package struct CBORShape {
  /// Arrays, maps and tags inside each other.
  package static let deepest = 16

  package enum Fault: Error, Equatable, Sendable {
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

    /// What it is called where a code is refused for it.
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

  /// Where one-byte heads of the tags 6 to 20 stand. libcbor before 0.11 takes those for errors,
  /// but knows the same tags in heads of two bytes.
  let narrowTags: [Int]

  /// - Throws: what keeps the bytes from being exactly one acceptable item.
  package init(
    _ bytes: UnsafeBufferPointer<UInt8>, within bounds: CodeBounds = .station
  ) throws(Fault) {
    guard bytes.count <= bounds.bytes else { throw .tooLong }
    var scan = CBORScan(bytes: bytes, mostItems: bounds.items)
    _ = try scan.item(depth: 0)
    guard scan.position == bytes.count else { throw .trailingBytes(offset: scan.position) }
    narrowTags = scan.narrowTags
  }
}

/// The pass itself, by recursion that `CBORShape.deepest` bounds.
private struct CBORScan {
  typealias Fault = CBORShape.Fault

  let bytes: UnsafeBufferPointer<UInt8>
  let mostItems: Int
  var position = 0
  var items = 0
  var narrowTags: [Int] = []

  struct Head {
    var offset: Int
    var major: UInt8
    /// nil for an indefinite length.
    var argument: UInt64?
  }

  /// A key that was seen in a map: its kind, and its number or where its content lies.
  struct Key {
    var major: UInt8
    var argument: UInt64
    var content: Range<Int>
  }

  mutating func item(depth: Int) throws(Fault) -> Key? {
    items += 1
    guard items <= mostItems else { throw .tooManyItems }
    let head = try head()
    switch head.major {
    case 0, 1:
      return Key(major: head.major, argument: head.argument ?? 0, content: 0..<0)
    case 2, 3:
      return try string(head)
    case 4:
      try elements(head, depth: depth + 1)
    case 5:
      try pairs(head, depth: depth + 1)
    case 6:
      guard depth < CBORShape.deepest else { throw .tooDeep }
      if (0xC6...0xD4).contains(bytes[head.offset]) { narrowTags.append(head.offset) }
      _ = try item(depth: depth + 1)
    default:
      break
    }
    return nil
  }

  private mutating func head() throws(Fault) -> Head {
    guard position < bytes.count else { throw .truncated }
    let offset = position
    let major = bytes[offset] >> 5
    let detail = bytes[offset] & 0x1F
    position += 1
    switch detail {
    case 0...23:
      guard major != 7 || detail >= 20 else { throw .simpleValue(offset: offset) }
      return Head(offset: offset, major: major, argument: UInt64(detail))
    case 24...27:
      guard major != 7 || detail != 24 else { throw .simpleValue(offset: offset) }
      let width = 1 << Int(detail - 24)
      guard bytes.count - position >= width else { throw .truncated }
      var argument: UInt64 = 0
      for _ in 0..<width {
        argument = argument << 8 | UInt64(bytes[position])
        position += 1
      }
      return Head(offset: offset, major: major, argument: argument)
    case 31 where major == 2 || major == 3:
      throw .chunkedString(offset: offset)
    case 31 where major == 4 || major == 5:
      return Head(offset: offset, major: major, argument: nil)
    default:
      throw .badHead(offset: offset)
    }
  }

  private mutating func string(_ head: Head) throws(Fault) -> Key {
    guard let length = head.argument, length <= UInt64(bytes.count - position) else {
      throw .truncated
    }
    let content = position..<position + Int(length)
    position = content.upperBound
    if head.major == 3 {
      guard String(validating: bytes[content], as: UTF8.self) != nil else {
        throw .notUTF8(offset: head.offset)
      }
    }
    return Key(major: head.major, argument: length, content: content)
  }

  private mutating func elements(_ head: Head, depth: Int) throws(Fault) {
    guard depth <= CBORShape.deepest else { throw .tooDeep }
    var count: UInt64 = 0
    while try hasMore(head, after: count) {
      _ = try item(depth: depth)
      count += 1
    }
  }

  private mutating func pairs(_ head: Head, depth: Int) throws(Fault) {
    guard depth <= CBORShape.deepest else { throw .tooDeep }
    var keys: [Key] = []
    while try hasMore(head, after: UInt64(keys.count)) {
      let offset = position
      guard let key = try item(depth: depth) else { throw .badKey(offset: offset) }
      guard !keys.contains(where: { same($0, key) }) else { throw .duplicateKey(offset: offset) }
      keys.append(key)
      _ = try item(depth: depth)
    }
  }

  /// Whether another element follows; takes the break that ends an indefinite length.
  private mutating func hasMore(_ head: Head, after count: UInt64) throws(Fault) -> Bool {
    if let promised = head.argument { return count < promised }
    guard position < bytes.count else { throw .truncated }
    guard bytes[position] == 0xFF else { return true }
    position += 1
    return false
  }

  private func same(_ one: Key, _ other: Key) -> Bool {
    one.major == other.major && one.argument == other.argument
      && bytes[one.content].elementsEqual(bytes[other.content])
  }
}
