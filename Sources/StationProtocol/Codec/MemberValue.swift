// The values that a member of an object can hold.
import JSON
import Time

/// The value of one member.
package protocol MemberValue {
  /// - Returns: nil where the value is of the right type of JSON, and not one of these.
  static func read(from reader: inout JSONReader) throws(JSONError) -> Self?
  func write(to writer: inout JSONWriter)
}

extension Bool: MemberValue {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> Bool? {
    try reader.bool()
  }
  package func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension MemberValue where Self: FixedWidthInteger {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> Self? {
    Self(exactly: try reader.integer())
  }
  package func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Int: MemberValue {}
extension Int64: MemberValue {}
extension UInt64: MemberValue {}

extension String: MemberValue {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> String? {
    try reader.string()
  }
  package func write(to writer: inout JSONWriter) { writer.value(self) }
}

/// A word of a closed list.
package protocol MemberWord: MemberValue, RawRepresentable<String> {}

extension MemberWord {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> Self? {
    Self(rawValue: try reader.string())
  }
  package func write(to writer: inout JSONWriter) { writer.value(rawValue) }
}

/// A value that is written as a text, of which not every text is one.
package protocol MemberText: MemberValue {
  /// - Returns: nil where the text is not one of these.
  init?(member text: String)
  var memberText: String { get }
}

extension MemberText {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> Self? {
    Self(member: try reader.string())
  }
  package func write(to writer: inout JSONWriter) { writer.value(memberText) }
}

/// A value that is written as a whole number, of which not every number is one.
package protocol MemberNumber: MemberValue {
  /// - Returns: nil where the number is not one of these.
  init?(member number: Int64)
  var memberNumber: Int64 { get }
}

extension MemberNumber {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> Self? {
    Self(member: try reader.integer())
  }
  package func write(to writer: inout JSONWriter) { writer.value(memberNumber) }
}

extension WallTime: MemberNumber {
  package init?(member number: Int64) { self.init(milliseconds: number) }
  package var memberNumber: Int64 { milliseconds }
}

extension ZoneName: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { description }
}
