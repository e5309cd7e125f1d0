// Items of CBOR as a view over the bytes they came in: nothing is built of what is not asked for.

import StationProtocol

/// One item of a message that was scanned, borrowed: valid only inside the body given to
/// `CBORItem.read`.
package struct CBORItem {
  private let message: UnsafeBufferPointer<UInt8>
  private let heads: UnsafePointer<CBORHead>
  private let index: Int

  private var head: CBORHead { heads[index] }

  /// Looks at bytes that are exactly one item within the limits of `CBORScan`.
  /// - Parameter body: looks at the item; nothing of it may outlive the call.
  /// - Throws: the reason why the bytes are no such item, or the body's own.
  package static func read<Value>(
    _ bytes: [UInt8], within bounds: CodeBounds = .station,
    _ body: (CBORItem) throws(CodeFault) -> Value
  ) throws(CodeFault) -> Value {
    try scan(bytes, within: bounds) { item -> Result<Value, CodeFault> in
      do throws(CodeFault) {
        return .success(try body(item))
      } catch {
        return .failure(error)
      }
    }.mapError { $0.codeFault }.get().get()
  }

  /// - Throws: the reason why the bytes are no item within the limits.
  package static func check(
    _ bytes: [UInt8], within bounds: CodeBounds = .station
  ) throws(CBORFault) {
    try scan(bytes, within: bounds) { _ in }.get()
  }

  /// Enough for any member code, and little enough to lie on the stack.
  private static let usualItems = 48

  private static func scan<Value>(
    _ bytes: [UInt8], within bounds: CodeBounds, _ body: (CBORItem) -> Value
  ) -> Result<Value, CBORFault> {
    guard bytes.count <= bounds.bytes else { return .failure(.tooLong) }
    let usual = min(usualItems, bounds.items)
    let result = scan(bytes, atMost: usual, body)
    guard usual < bounds.items, case .failure(.tooManyItems) = result else { return result }
    return scan(bytes, atMost: bounds.items, body)
  }

  private static func scan<Value>(
    _ bytes: [UInt8], atMost items: Int, _ body: (CBORItem) -> Value
  ) -> Result<Value, CBORFault> {
    bytes.withUnsafeBufferPointer { bytes in
      withUnsafeTemporaryAllocation(of: CBORHead.self, capacity: items) { heads in
        var scan = CBORScan(bytes, into: heads)
        do throws(CBORFault) {
          try scan.run()
        } catch {
          return .failure(error)
        }
        guard let first = heads.baseAddress else { return .failure(.truncated) }
        return .success(body(CBORItem(message: bytes, heads: UnsafePointer(first), index: 0)))
      }
    }
  }

  private func item(at index: Int) -> CBORItem {
    CBORItem(message: message, heads: heads, index: index)
  }

  private var content: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: message[head.content..<head.content + Int(head.argument)])
  }

  /// An integer as a map key or an algorithm is one. nil also where it exceeds `Int64`.
  package var integer: Int64? {
    switch head.major {
    case .unsigned: Int64(exactly: head.argument)
    case .negative: Int64(exactly: head.argument).map { -1 - $0 }
    default: nil
    }
  }

  /// An integer or a floating-point number of any width.
  package var number: Double? {
    if let integer { return Double(integer) }
    guard head.major == .other else { return nil }
    switch head.width {
    case 2: return Double(half: UInt16(truncatingIfNeeded: head.argument))
    case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.argument)))
    case 8: return Double(bitPattern: head.argument)
    default: return nil
    }
  }

  package var bytes: [UInt8]? { head.major == .bytes ? Array(content) : nil }

  package var text: String? {
    head.major == .text ? String(decoding: content, as: UTF8.self) : nil
  }

  package var elements: Elements? {
    head.major == .array ? Elements(parts: Parts(of: self), count: Int(head.argument)) : nil
  }

  package var pairs: Pairs? {
    head.major == .map ? Pairs(parts: Parts(of: self), count: Int(head.argument)) : nil
  }

  package var tag: (number: UInt64, content: CBORItem)? {
    head.major == .tag ? (head.argument, item(at: index + 1)) : nil
  }

  /// The items inside an item, in their order.
  fileprivate struct Parts {
    let item: CBORItem
    var index: Int

    init(of item: CBORItem) {
      self.item = item
      index = item.index + 1
    }

    mutating func next() -> CBORItem {
      defer { index = item.heads[index].next }
      return item.item(at: index)
    }
  }

  /// The elements of an array.
  package struct Elements: Sequence, IteratorProtocol {
    fileprivate var parts: Parts
    /// The number of items that are still to come.
    package fileprivate(set) var count: Int

    package mutating func next() -> CBORItem? {
      guard count > 0 else { return nil }
      count -= 1
      return parts.next()
    }
  }

  /// The pairs of a map, in the order in which they were written.
  package struct Pairs: Sequence, IteratorProtocol {
    fileprivate var parts: Parts
    /// The number of items that are still to come.
    package fileprivate(set) var count: Int

    package var isEmpty: Bool { count == 0 }

    package mutating func next() -> (key: CBORItem, value: CBORItem)? {
      guard count > 0 else { return nil }
      count -= 1
      return (parts.next(), parts.next())
    }
  }
}

extension Double {
  /// A number in half precision (IEEE 754 binary16; RFC 8949 appendix D).
  fileprivate init(half bits: UInt16) {
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    let magnitude: Double
    switch exponent {
    case 0: magnitude = Double(sign: .plus, exponent: -24, significand: fraction)
    case 31: magnitude = fraction == 0 ? .infinity : .nan
    default: magnitude = Double(sign: .plus, exponent: exponent - 25, significand: fraction + 1024)
    }
    self = bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}
