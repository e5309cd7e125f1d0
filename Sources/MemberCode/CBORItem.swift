// Items of libcbor, seen through one small view that lives no longer than the tree it looks at.

import CCBOR
import StationProtocol

/// One item of a decoded tree, borrowed: valid only inside the body given to `CBORItem.read`.
package struct CBORItem {
  private let pointer: UnsafeMutablePointer<cbor_item_t>

  /// Decodes bytes that are exactly one item within the limits of `CBORShape`.
  /// - Parameter body: looks at the tree, which is freed when it returns.
  /// - Throws: what is wrong with the bytes, or what the body finds wrong.
  package static func read<Value>(
    _ bytes: [UInt8], within bounds: CodeBounds = .station,
    _ body: (CBORItem) throws(CodeFault) -> Value
  ) throws(CodeFault) -> Value {
    let shape = try shape(of: bytes, within: bounds)
    let bytes = shape.narrowTags.isEmpty ? bytes : widened(bytes, at: shape.narrowTags)
    var result = cbor_load_result()
    var root = cbor_load(bytes, bytes.count, &result)
    guard let pointer = root else { throw .notCBOR }
    defer { cbor_decref(&root) }
    return try body(CBORItem(pointer: pointer))
  }

  private static func shape(
    of bytes: [UInt8], within bounds: CodeBounds
  ) throws(CodeFault) -> CBORShape {
    let shape = bytes.withUnsafeBufferPointer { bytes -> Result<CBORShape, CBORShape.Fault> in
      do throws(CBORShape.Fault) {
        return .success(try CBORShape(bytes, within: bounds))
      } catch {
        return .failure(error)
      }
    }
    switch shape {
    case .success(let shape): return shape
    case .failure(let fault): throw fault.codeFault
    }
  }

  /// The same item with the given one-byte tag heads in two bytes.
  private static func widened(_ bytes: [UInt8], at heads: [Int]) -> [UInt8] {
    var wide: [UInt8] = []
    wide.reserveCapacity(bytes.count + heads.count)
    var start = 0
    for head in heads {
      wide += bytes[start..<head]
      wide += [0xD8, bytes[head] & 0x1F]
      start = head + 1
    }
    return wide + bytes[start...]
  }

  private init(pointer: UnsafeMutablePointer<cbor_item_t>) { self.pointer = pointer }

  /// An integer as a map key or an algorithm is one. nil also where it exceeds `Int64`.
  package var integer: Int64? {
    switch cbor_typeof(pointer) {
    case CBOR_TYPE_UINT: Int64(exactly: cbor_get_int(pointer))
    case CBOR_TYPE_NEGINT: Int64(exactly: cbor_get_int(pointer)).map { -1 - $0 }
    default: nil
    }
  }

  /// An integer or a floating-point number of any width.
  package var number: Double? {
    if let integer { return Double(integer) }
    guard cbor_typeof(pointer) == CBOR_TYPE_FLOAT_CTRL, !cbor_float_ctrl_is_ctrl(pointer) else {
      return nil
    }
    return cbor_float_get_float(pointer)
  }

  package var bytes: [UInt8]? {
    guard cbor_typeof(pointer) == CBOR_TYPE_BYTESTRING else { return nil }
    return Array(
      UnsafeBufferPointer(
        start: cbor_bytestring_handle(pointer), count: cbor_bytestring_length(pointer)))
  }

  package var text: String? {
    guard cbor_typeof(pointer) == CBOR_TYPE_STRING else { return nil }
    return String(
      decoding: UnsafeBufferPointer(
        start: cbor_string_handle(pointer), count: cbor_string_length(pointer)),
      as: UTF8.self)
  }

  package var elements: [CBORItem]? {
    guard cbor_typeof(pointer) == CBOR_TYPE_ARRAY else { return nil }
    // The handle borrows; `cbor_array_get` would take a reference to each element.
    return UnsafeBufferPointer(
      start: cbor_array_handle(pointer), count: cbor_array_size(pointer)
    ).compactMap { $0.map(CBORItem.init(pointer:)) }
  }

  package var pairs: [(key: CBORItem, value: CBORItem)]? {
    guard cbor_typeof(pointer) == CBOR_TYPE_MAP else { return nil }
    return UnsafeBufferPointer(
      start: cbor_map_handle(pointer), count: cbor_map_size(pointer)
    ).map { (CBORItem(pointer: $0.key), CBORItem(pointer: $0.value)) }
  }

  package var tag: (number: UInt64, content: CBORItem)? {
    guard cbor_typeof(pointer) == CBOR_TYPE_TAG, let content = cbor_tag_item(pointer) else {
      return nil
    }
    // The reference taken by `cbor_tag_item` is given back: the tag holds its own.
    var reference: UnsafeMutablePointer<cbor_item_t>? = content
    cbor_decref(&reference)
    return (cbor_tag_value(pointer), CBORItem(pointer: content))
  }
}
