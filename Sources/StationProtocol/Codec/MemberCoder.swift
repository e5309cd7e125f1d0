// How an object of the contract is described: once, for writing and for reading.
import JSON

/// One direction in which the members of an object pass. A type of the contract names its members
/// to a coder one after another; the writer writes what it is given, the reader gives what stands
/// in the text, and both hand it on. So no member can be written under one name and read under
/// another.
package protocol MemberCoder {
  /// Reading can fail, writing cannot.
  associatedtype Failure: Error

  /// A member that may be absent.
  /// - Parameter value: nil while reading, and where nothing is to be written.
  mutating func optional<Value: MemberValue>(
    _ name: StaticString, _ value: Value?
  ) throws(Failure) -> Value?

  /// A list that may be absent.
  mutating func optionalList<Element: MemberValue>(
    _ name: StaticString, _ values: [Element]?, _ bounds: ListBounds<Element>
  ) throws(Failure) -> [Element]?

  /// The value of a member that must be there.
  func present<Value>(_ value: Value?, _ name: StaticString) throws(Failure) -> Value

  /// Checks a member beside the others. Nothing is checked where it is written: whoever makes a
  /// value keeps it true, and tests read all that is written.
  func demand(_ isSo: Bool, of name: StaticString) throws(Failure)

  /// Refuses a member that contradicts the others.
  func forbid(_ name: StaticString) throws(Failure)
}

/// How long a list may be, and in which order it must stand.
package struct ListBounds<Element>: Sendable {
  var most: Int
  /// The name of the elements for the error, and what each must be to the one before it; nil where
  /// any order does.
  var order: (name: String, isBefore: @Sendable (Element, Element) -> Bool)?

  package init(most: Int) { self.most = most }

  init(most: Int, _ name: String, by isBefore: @escaping @Sendable (Element, Element) -> Bool) {
    self.most = most
    order = (name, isBefore)
  }
}

extension MemberCoder {
  /// A member that is always there.
  package mutating func member<Value: MemberValue>(
    _ name: StaticString, _ value: Value?
  ) throws(Failure) -> Value {
    try present(try optional(name, value), name)
  }

  /// A whole number within a range.
  package mutating func number<Number: MemberValue & FixedWidthInteger>(
    _ name: StaticString, _ value: Number?, _ range: ClosedRange<Number> = 0...(.max)
  ) throws(Failure) -> Number {
    let number = try member(name, value)
    try demand(range.contains(number), of: name)
    return number
  }

  /// A whole number within a range, or nothing.
  package mutating func optionalNumber<Number: MemberValue & FixedWidthInteger>(
    _ name: StaticString, _ value: Number?, _ range: ClosedRange<Number> = 0...(.max)
  ) throws(Failure) -> Number? {
    let number = try optional(name, value)
    if let number { try demand(range.contains(number), of: name) }
    return number
  }

  /// A member that stands only where it is true; any other is not written and not read either.
  package mutating func flag(_ name: StaticString, _ value: Bool?) throws(Failure) -> Bool {
    guard let isSo = try optional(name, value == true ? true : nil) else { return false }
    try demand(isSo, of: name)
    return true
  }

  /// A member that is there exactly where something holds.
  package mutating func member<Value: MemberValue>(
    _ name: StaticString, _ value: Value?, where isThere: Bool
  ) throws(Failure) -> Value? {
    if isThere { return try member(name, value) }
    try forbid(name)
    return nil
  }

  /// A list that is always there.
  package mutating func list<Element: MemberValue>(
    _ name: StaticString, _ values: [Element]?, _ bounds: ListBounds<Element>
  ) throws(Failure) -> [Element] {
    try present(try optionalList(name, values, bounds), name)
  }
}

/// An object of the contract.
package protocol DescribedObject: MemberValue {
  /// Whether a member that is not known is an error: where the object asks for something to be
  /// done, which must be understood whole. Elsewhere such a member is passed over, so that a
  /// station or a service can be ahead of the other by a version.
  static var isTakenWhole: Bool { get }
  /// The most bytes of its text.
  static var longestJSON: Int { get }

  /// Names the members to the coder, in the order in which they are written.
  /// - Parameter value: nil while reading.
  static func described<Coder: MemberCoder>(
    _ value: Self?, by coder: inout Coder
  ) throws(Coder.Failure) -> Self
}

extension DescribedObject {
  package static var isTakenWhole: Bool { false }
  package static var longestJSON: Int { .max }

  /// The one encoding: members in a fixed order, no white space.
  package var json: [UInt8] { encoded }

  /// - Throws: where the text is too long, is not JSON, or is not this object.
  package init(json: [UInt8]) throws(JSONError) { self = try Self.decoded(json) }

  var encoded: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }

  static func decoded(_ json: [UInt8]) throws(JSONError) -> Self {
    guard json.count <= longestJSON else {
      throw JSONError(offset: longestJSON, reason: .tooLong(limit: longestJSON))
    }
    return try JSONReader.read(json) { (reader) throws(JSONError) in
      var members = try JSONMembers(&reader)
      let value = try described(nil, by: &members)
      if isTakenWhole, let surplus = members.surplus { throw surplus }
      return value
    }
  }

  package static func read(from reader: inout JSONReader) throws(JSONError) -> Self? {
    var members = try JSONMembers(&reader)
    let value = try described(nil, by: &members)
    if isTakenWhole, let surplus = members.surplus { throw surplus }
    return value
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { _ = Self.described(self, by: &$0) }
  }
}
