// A value of a column or a parameter.

/// A value of one of the classes that every engine has.
package enum SQLValue: Equatable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// NULL for nil.
  package static func integer(_ number: (some BinaryInteger)?) -> SQLValue {
    number.map { .integer(Int64($0)) } ?? .null
  }
  /// NULL for nil.
  package static func text(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
  /// NULL for nil.
  package static func blob(_ bytes: [UInt8]?) -> SQLValue { bytes.map { .blob($0) } ?? .null }
}
