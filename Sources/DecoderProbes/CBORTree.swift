// An item of CBOR that outlives its message: as this product reads it, and as libcbor does.
import CCBOR
import MemberCode

/// One item with all that lies inside it.
indirect enum CBORTree: Equatable {
  case integer(Int64)
  /// The bits, so that a number equals itself whatever it is; one pattern for all not-a-numbers,
  /// of whose other bits nothing is asked.
  case float(UInt64)
  case bytes([UInt8])
  case text(String)
  case array([CBORTree])
  case map([CBORTree])
  case tagged(UInt64, CBORTree)
  /// Numbers beyond 64 bits and simple values.
  case other

  private static func float(of number: Double) -> CBORTree {
    .float(number.isNaN ? Double.nan.bitPattern : number.bitPattern)
  }

  /// As this product reads it.
  init(_ item: CBORItem) {
    if let integer = item.integer {
      self = .integer(integer)
    } else if let number = item.number {
      self = Self.float(of: number)
    } else if let bytes = item.bytes {
      self = .bytes(bytes)
    } else if let text = item.text {
      self = .text(text)
    } else if let elements = item.elements {
      self = .array(elements.map(CBORTree.init))
    } else if let pairs = item.pairs {
      self = .map(pairs.flatMap { [CBORTree($0.key), CBORTree($0.value)] })
    } else if let tag = item.tag {
      self = .tagged(tag.number, CBORTree(tag.content))
    } else {
      self = .other
    }
  }

  /// Whether a tag of 6 to 20 is in it, which libcbor before 0.11 takes for an error where it
  /// stands in a head of one byte (libcbor issue 307).
  var hasNarrowTag: Bool {
    switch self {
    case .tagged(let number, let content): (6...20).contains(number) || content.hasNarrowTag
    case .array(let items), .map(let items): items.contains(where: \.hasNarrowTag)
    default: false
    }
  }

  // MARK: - libcbor

  /// As libcbor reads it; nil where it does not. Only for bytes that this product has read: libcbor
  /// allocates as much as a head promises, and goes as deep as there are items.
  init?(libcbor bytes: [UInt8]) {
    var result = cbor_load_result()
    var root = cbor_load(bytes, bytes.count, &result)
    guard let item = root else { return nil }
    defer { cbor_decref(&root) }
    self.init(libcbor: item)
  }

  private init(libcbor item: UnsafeMutablePointer<cbor_item_t>) {
    switch cbor_typeof(item) {
    case CBOR_TYPE_UINT:
      self = Int64(exactly: cbor_get_int(item)).map { .integer($0) } ?? .other
    case CBOR_TYPE_NEGINT:
      self = Int64(exactly: cbor_get_int(item)).map { .integer(-1 - $0) } ?? .other
    case CBOR_TYPE_BYTESTRING:
      self = .bytes(Self.content(cbor_bytestring_handle(item), cbor_bytestring_length(item)))
    case CBOR_TYPE_STRING:
      let content = Self.content(cbor_string_handle(item), cbor_string_length(item))
      self = .text(String(decoding: content, as: UTF8.self))
    case CBOR_TYPE_ARRAY:
      let elements = UnsafeBufferPointer(
        start: cbor_array_handle(item), count: cbor_array_size(item))
      self = .array(elements.compactMap { $0.map(CBORTree.init(libcbor:)) })
    case CBOR_TYPE_MAP:
      let pairs = UnsafeBufferPointer(start: cbor_map_handle(item), count: cbor_map_size(item))
      self = .map(pairs.flatMap { [CBORTree(libcbor: $0.key), CBORTree(libcbor: $0.value)] })
    case CBOR_TYPE_TAG:
      guard let content = cbor_tag_item(item) else { preconditionFailure("a tag around nothing") }
      // `cbor_tag_item` takes a reference; the tag holds one of its own.
      var reference: UnsafeMutablePointer<cbor_item_t>? = content
      cbor_decref(&reference)
      self = .tagged(cbor_tag_value(item), CBORTree(libcbor: content))
    default:
      self =
        cbor_float_ctrl_is_ctrl(item) ? .other : Self.float(of: cbor_float_get_float(item))
    }
  }

  private static func content(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
  }

  // MARK: - Writing

  /// In shortest form; nil where it holds what this product never writes.
  var written: [UInt8]? {
    var writer = CBORWriter()
    return write(to: &writer) ? writer.bytes : nil
  }

  private func write(to writer: inout CBORWriter) -> Bool {
    switch self {
    case .integer(let number): writer.integer(number)
    case .bytes(let bytes): writer.bytes(bytes)
    case .text(let text): writer.text(text)
    case .array(let elements):
      writer.array(count: elements.count)
      for element in elements { guard element.write(to: &writer) else { return false } }
    case .map(let items):
      writer.map(count: items.count / 2)
      for item in items { guard item.write(to: &writer) else { return false } }
    case .tagged(let number, let content):
      writer.tag(number)
      return content.write(to: &writer)
    case .float, .other: return false
    }
    return true
  }
}
