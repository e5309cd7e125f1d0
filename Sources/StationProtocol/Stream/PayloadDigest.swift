// How an answer names the message that it answers.
import JSON
import Text

/// The first 16 bytes of the SHA-256 of a payload, as it went over the broker: whoever can publish
/// in a station's name gets an answer to what he has made up, which is none to what the station has
/// sent. Written as 32 hex digits.
package struct PayloadDigest: Hashable, Sendable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// One half is enough: a digest is as good as drawn.
  package func hash(into hasher: inout Hasher) { hasher.combine(low) }

  package var description: String { Hex.text(high, digits: 16) + Hex.text(low, digits: 16) }
}

extension PayloadDigest: MemberValue {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> PayloadDigest? {
    try reader.string { text in
      guard text.count == 32, let high = Hex.number(text.prefix(16)),
        let low = Hex.number(text.dropFirst(16))
      else { return nil }
      return PayloadDigest(high: high, low: low)
    }
  }
  package func write(to writer: inout JSONWriter) { writer.value(hex: high, low) }
}
