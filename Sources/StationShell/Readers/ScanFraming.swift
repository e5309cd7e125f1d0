// Cuts a scanner's stream of bytes into codes, whatever way the scanner marks their ends.
import StationProtocol

/// Framing of a serial scanner: a code ends with CR or LF, with ETX where it began with STX, or
/// when the line has been idle for a while. An AIM symbology identifier (ISO/IEC 15424, such as
/// `]Q1`) in front is taken off. What no member code can be is reported, not passed on.
package struct ScanFraming: Equatable, Sendable {
  /// The most bytes of a code. A member code has at most 300 characters (architecture.md).
  package static let longestCode = 512

  /// What came out of the stream.
  package enum Frame: Equatable, Sendable {
    case code([UInt8])
    /// Not a code: too long, or with a byte that base45 does not use. Its first bytes are kept,
    /// so that repetitions of the same noise can be told from new ones.
    case unusable(CodeFault, start: [UInt8])
  }

  /// How long the line is silent before what has come counts as a whole code.
  package let idleGap: Duration
  private var bytes: [UInt8] = []
  /// What is wrong with what has come since the last end of a code.
  private var fault: CodeFault?
  private var isInsideSTX = false
  private var lastByteAt: Instant?

  package init(idleGap: Duration = .milliseconds(100)) { self.idleGap = idleGap }

  /// Takes bytes as they came from the line.
  package mutating func receive(_ chunk: some Sequence<UInt8>, at now: Instant) -> [Frame] {
    var frames = passed(at: now)
    let chunk = Array(chunk)
    let alphabet = Self.alphabet
    var index = 0
    while index < chunk.count {
      // A code is nearly all of the alphabet, and the door waits for it: such a run is taken
      // whole, as far as there is room.
      var end = index
      while end < chunk.count, alphabet[Int(chunk[end])] { end += 1 }
      if end > index {
        let room = Self.longestCode - bytes.count
        bytes.append(contentsOf: chunk[index..<min(end, index + room)])
        if end - index > room { fault = fault ?? .tooLong }
        index = end
        continue
      }
      let byte = chunk[index]
      index += 1
      switch byte {
      case 0x02:
        frames += cut()
        isInsideSTX = true
      case 0x03 where isInsideSTX: frames += cut()
      case 0x0D, 0x0A: frames += cut()
      default: append(byte)
      }
    }
    if !chunk.isEmpty { lastByteAt = now }
    return frames
  }

  /// What `isExpected` takes anywhere.
  private static let alphabet: [Bool] = (0...UInt8.max).map { isExpected($0, at: 1) }

  /// When what has come is to be taken for whole; nil where nothing has.
  package var deadline: Instant? {
    bytes.isEmpty ? nil : lastByteAt.map { $0 + idleGap }
  }

  /// The code that silence has ended.
  package mutating func passed(at now: Instant) -> [Frame] {
    guard let deadline, deadline <= now else { return [] }
    return cut()
  }

  private mutating func append(_ byte: UInt8) {
    if !Self.isExpected(byte, at: bytes.count) {
      fault = .noise
    } else if bytes.count == Self.longestCode {
      fault = fault ?? .tooLong
    }
    if bytes.count < Self.longestCode { bytes.append(byte) }
  }

  private mutating func cut() -> [Frame] {
    defer {
      bytes = []
      fault = nil
      isInsideSTX = false
    }
    // The start of an identifier alone is no code either.
    if bytes.first == UInt8(ascii: "]"), bytes.count < Self.identifierLength {
      fault = fault ?? .noise
    }
    let code = Self.withoutIdentifier(bytes)
    guard !code.isEmpty else { return [] }
    guard let fault else { return [.code(code)] }
    return [.unusable(fault, start: Array(code.prefix(64)))]
  }

  /// The alphabet of base45 (RFC 9285 section 4), and what an AIM identifier adds in front.
  private static func isExpected(_ byte: UInt8, at index: Int) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: " "), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "*"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
      UInt8(ascii: ":"):
      true
    case UInt8(ascii: "]"): index == 0
    default: false
    }
  }

  private static let identifierLength = 3

  private static func withoutIdentifier(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= identifierLength, bytes[0] == UInt8(ascii: "]") else { return bytes }
    return Array(bytes.dropFirst(identifierLength))
  }
}
