// The names by which stations, members, streams and access points are known on both sides.
import JSON
import Text

/// Text that is safe in a topic, a file name, a URL path and a log line.
private func isPlain(_ text: String, limit: Int, _ allowed: (UInt8) -> Bool) -> Bool {
  (1...limit).contains(text.utf8.count) && text.utf8.allSatisfy(allowed)
}

/// Such text in its smallest form: 1 to `limit` of `a-z`, `0-9` and `-`.
func isPlainWord(_ text: some StringProtocol, limit: Int) -> Bool {
  (1...limit).contains(text.utf8.count)
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
}

/// One station: 1 to 48 of `a-z`, `0-9` and `-`. It is also the station's MQTT user name.
package struct StationID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// For the errors that people read.
  package static let syntax = "1 to 48 of a-z, 0-9 and -, not \"service\""

  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character, and for
  ///   `service`, which is the management service's own place in the topic tree.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    guard
      isPlain(
        text, limit: 48,
        { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
          default: false
          }
        }),
      text != "service"
    else { return nil }
    self.text = text
  }

  package var description: String { text }
  package static func < (one: StationID, other: StationID) -> Bool { one.text < other.text }
}

/// One member, by a pseudonym: 1 to 64 of `A-Z`, `a-z`, `0-9`, `-`, `_`, `.` and `:`.
/// A station knows no name and no telephone number.
package struct MemberID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// For the errors that people read.
  package static let syntax = "1 to 64 of A-Z, a-z, 0-9, -, _, . and :"

  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    guard
      isPlain(
        text, limit: 64,
        { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: ":"):
            true
          default: false
          }
        })
    else { return nil }
    self.text = text
  }

  package var description: String { text }
  package static func < (one: MemberID, other: MemberID) -> Bool { one.text < other.text }
}

/// One life of a station's store: 64 random bits made with the store, written as 16 hex digits.
/// A lost store is a new stream, so a sequence number never means two records.
package struct StreamID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let bits: UInt64

  package init(bits: UInt64) { self.bits = bits }

  /// - Returns: nil unless the text is exactly 16 lower-case hex digits.
  package init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

  /// The same of a text in UTF-8.
  package init?(utf8 text: some Collection<UInt8>) {
    guard text.count == 16, let bits = Hex.number(text) else { return nil }
    self.bits = bits
  }

  package var description: String { Hex.text(bits, digits: 16) }
  package static func < (one: StreamID, other: StreamID) -> Bool { one.bits < other.bits }
}

/// One life of the service's store: 64 random bits made with it, and made anew when it comes back
/// from a backup. Written as 16 hex digits.
package struct StoreEpoch: Hashable, Sendable, CustomStringConvertible {
  package let bits: UInt64

  package init(bits: UInt64) { self.bits = bits }

  /// - Returns: nil unless the text is exactly 16 lower-case hex digits.
  package init?(_ text: some StringProtocol) {
    guard let bits = Hex.number(text, digits: 16) else { return nil }
    self.bits = bits
  }

  package var description: String { Hex.text(bits, digits: 16) }
}

/// What a station remembers of a code: 128 bits of the SHA-256 of its signed content.
/// It names a code in records without letting anyone rebuild it.
package struct CodeDigest: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// One half is enough: a digest is as good as drawn.
  package func hash(into hasher: inout Hasher) { hasher.combine(low) }

  /// The first 16 of at least 16 bytes, big-endian.
  package init(bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count >= 16, "a code digest is made of at least 16 bytes")
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// The same of bytes in an array.
  package init(bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { CodeDigest(bytes: $0) }
  }

  /// - Returns: nil unless the text is exactly 32 lower-case hex digits.
  package init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

  /// The same of a text in UTF-8.
  package init?(utf8 text: some Collection<UInt8>) {
    guard text.count == 32, let high = Hex.number(text.prefix(16)),
      let low = Hex.number(text.dropFirst(16))
    else { return nil }
    self.init(high: high, low: low)
  }

  package var description: String { Hex.text(high, digits: 16) + Hex.text(low, digits: 16) }
  package static func < (one: CodeDigest, other: CodeDigest) -> Bool {
    (one.high, one.low) < (other.high, other.low)
  }
}

/// One of the 1 to 4 access points of a station: a way in with its readers, strike, contact,
/// exit button and beams.
package struct AccessPointID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let most = 4
  /// Each number that one can have.
  package static let all: [AccessPointID] = (1...most).compactMap { AccessPointID($0) }
  package let number: Int

  /// - Returns: nil outside 1...4.
  package init?(_ number: Int) {
    guard (1...Self.most).contains(number) else { return nil }
    self.number = number
  }

  package var description: String { String(number) }
  package static func < (one: AccessPointID, other: AccessPointID) -> Bool {
    one.number < other.number
  }
}

// MARK: - As JSON

extension MemberID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}

extension AccessPointID: MemberNumber {
  package init?(member number: Int64) { self.init(Int(number)) }
  package var memberNumber: Int64 { Int64(number) }
}

extension StreamID: MemberValue {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> StreamID? {
    try reader.string { StreamID(utf8: $0) }
  }
  package func write(to writer: inout JSONWriter) { writer.value(hex: bits) }
}

extension StoreEpoch: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { description }
}

extension CodeDigest: MemberValue {
  package static func read(from reader: inout JSONReader) throws(JSONError) -> CodeDigest? {
    try reader.string { CodeDigest(utf8: $0) }
  }
  package func write(to writer: inout JSONWriter) { writer.value(hex: high, low) }
}
