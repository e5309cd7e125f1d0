// Why a text is not the JSON that was expected, as a person reads it.
import Text

/// The place at which a text is not the JSON that was expected, and the reason.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The fault that was found there.
  public enum Reason: Equatable, Sendable {
    case expected(String)
    case endsEarly
    case trailingBytes
    case tooDeep
    case tooLong(limit: Int)
    case invalidUTF8
    case unknownMember(String)
    case repeatedMember(String)
    case missingMember(String)
    /// - Parameter expected: what would be taken, where a person may have written the text.
    case invalidMember(String, expected: String? = nil)
    case unreadableText(String, PlainText.Fault)
  }

  /// Bytes from the start of the text.
  public let offset: Int
  /// The fault that was found there.
  public let reason: Reason

  /// A fault at so many bytes from the start of the text.
  public init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  /// The place and the reason, as a clause of a sentence.
  public var description: String {
    let what =
      switch reason {
      case .expected(let thing): "expected \(thing)"
      case .endsEarly: "the text ends early"
      case .trailingBytes: "more bytes follow the value"
      case .tooDeep: "nested more than \(JSONReader.deepest) deep"
      case .tooLong(let limit): "longer than \(limit) bytes"
      case .invalidUTF8: "not UTF-8"
      case .unknownMember(let name): "unknown member \"\(Excerpt(name))\""
      case .repeatedMember(let name): "member \"\(Excerpt(name))\" stands twice"
      case .missingMember(let name): "member \"\(name)\" is missing"
      case .invalidMember(let name, let expected):
        "the value of \"\(Excerpt(name))\" is not acceptable"
          + (expected.map { ": expected \($0)" } ?? "")
      case .unreadableText(let name, let fault):
        "the value of \"\(name)\" is not acceptable: \(fault)"
      }
    return "byte \(offset): \(what)"
  }
}
