// Cards and keys at the readers of an access point, and the answers that are given there.

/// A card or typed keys, which people show a board besides codes.
package enum BoardCredential: Equatable, Sendable {
  case card(bits: Int, number: UInt64)
  /// A PIN may be among them.
  case keys(String)

  /// - Returns: nil where no keypad sends that.
  package init?(keys text: some StringProtocol) {
    let isKey: (UInt8) -> Bool = {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "*")
        || $0 == UInt8(ascii: "#")
    }
    guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy(isKey) else { return nil }
    self = .keys(String(text))
  }
}

/// The answer at an access point, for a display or a light that the board may have there.
package enum ReaderAnswer: Equatable, Sendable {
  case granted
  /// The raw values of a `Denial` and, where that is `malformed`, of a `CodeFault`.
  case refused(reason: String, fault: String? = nil)
  /// Something that whoever stands there is to do, such as `close-door`.
  case advice(String)

  /// Whether it answers what was shown to the reader.
  package var isAnswer: Bool { if case .advice = self { false } else { true } }
}
