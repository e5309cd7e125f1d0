// Codes of digits that a person without a phone types at a keypad, as the service sets them.
import Time

/// Names one typed code in records, states and orders: 1 to 32 of `a-z`, `0-9` and `-`, minted by
/// the service. It says nothing of the digits.
package struct TypedCodeID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let longest = 32
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: Self.longest) else { return nil }
    self.text = String(text)
  }

  package var description: String { text }
  package static func < (one: TypedCodeID, other: TypedCodeID) -> Bool { one.text < other.text }
}

/// The digits of a typed code, hashed with argon2id and the salt of its access point.
package struct TypedCodeHash: HexBytes, Hashable, Sendable {
  package static let length = 32
  package let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 32 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// Its first half, which tells one typed code from another.
  package var digest: CodeDigest { CodeDigest(bytes: Array(bytes.prefix(16))) }
}

/// A code that opens one access point, so often and within a window.
package struct TypedCode: Equatable, Sendable {
  package var id: TypedCodeID
  package var hash: TypedCodeHash
  /// The first moment at which it opens.
  package var from: WallTime
  /// From here on it opens no longer.
  package var until: WallTime
  /// How often it opens; a one-time code has 1.
  package var uses: Int64

  /// So many digits are typed.
  package static let digits = 10
  package static let uses: ClosedRange<Int64> = 1...100
  /// The most days from the first moment to the end.
  package static let mostDays = 31
  private static let longest: Duration = .seconds(86_400 * mostDays)
  /// The most codes that one access point keeps.
  package static let most = 64

  package init(
    _ id: TypedCodeID, _ hash: TypedCodeHash, from: WallTime, until: WallTime, uses: Int64
  ) {
    self.id = id
    self.hash = hash
    self.from = from
    self.until = until
    self.uses = uses
  }

  /// Whether a code may have this window.
  package static func isWindow(from: WallTime, until: WallTime) -> Bool {
    from < until && until - from <= longest
  }
}

extension TypedCode {
  /// Its members, among those of an order.
  static func described<Coder: MemberCoder>(
    _ code: TypedCode?, by coder: inout Coder
  ) throws(Coder.Failure) -> TypedCode {
    let id = try coder.member("credential", code?.id)
    let hash = try coder.member("hash", code?.hash)
    let from = try coder.member("from", code?.from)
    let until = try coder.member("until", code?.until)
    try coder.demand(isWindow(from: from, until: until), of: "until")
    return TypedCode(
      id, hash, from: from, until: until,
      uses: try coder.number("uses", code?.uses, uses))
  }
}

extension TypedCodeID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}
