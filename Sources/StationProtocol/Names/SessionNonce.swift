// The nonces of a station's life, by which it knows how old a command is.

/// A number that a station has used once, by which a command shows that it was made for this life
/// of the station and not long ago: 1 to 64 of `a-z`, `0-9` and `-`.
package struct SessionNonce: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: 64) else { return nil }
    self.text = String(text)
  }

  /// The n-th of one start of a daemon.
  package init(of start: StartNonce, number: Int64) { text = "\(start)-\(number)" }

  package var description: String { text }
}

/// 128 bits drawn at each start of a station's daemon, written as 32 hex digits: a store that was
/// copied or restored has its old numbers, and no command made for them is good a second time.
package struct StartNonce: Hashable, Sendable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package var description: String { CodeDigest(high: high, low: low).description }
}

extension SessionNonce: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}
