// Cuts a scanner's stream of bytes into codes, whatever way the scanner marks their ends.
import StationProtocol
import Time

/// Framing of a scanner: a code ends with CR, LF, NUL, ETX, EOT, a tab or a form feed, or when the
/// line has been idle for a while. What stands around a code and is none of it comes off: control
/// characters, spaces behind it, a byte order mark, an AIM symbology identifier (ISO/IEC 15424,
/// such as `]Q1`) and the encoding that may follow that (AIM ECI, such as `\\000026`). A space
/// before a code stays: base45 (RFC 9285) has codes that begin with one, and none that ends so.
/// What no member code can be is reported, not passed on.
package struct ScanFraming: Equatable, Sendable {
  /// The most bytes of a code. A member code has at most 300 characters (architecture.md).
  package static let longestCode = 512

  /// A frame cut from the stream.
  package enum Frame: Equatable, Sendable {
    case code([UInt8])
    /// Not a code: too long, or with a byte that base45 does not use. Its first bytes are kept,
    /// so that repetitions of the same noise can be told from new ones.
    case unusable(CodeFault, start: [UInt8])
  }

  /// How long the line is silent before what has come counts as a whole code.
  package let idleGap: Duration
  private var bytes: [UInt8] = []
  /// The fault of the bytes for which there was no room.
  private var fault: CodeFault?
  /// Whether all of `bytes` are of the alphabet.
  private var isClean = true
  private var lastByteAt: Instant?

  package init(idleGap: Duration = .milliseconds(100)) { self.idleGap = idleGap }

  /// Takes bytes as they came from the line.
  package mutating func receive(_ chunk: some Sequence<UInt8>, at now: Instant) -> [Frame] {
    var frames = passed(at: now)
    let chunk = Array(chunk)
    var index = 0
    while index < chunk.count {
      // A code is nearly all of the alphabet, and the door waits for it: such a run is taken
      // whole, as far as there is room.
      let end = Self.endOfRun(in: chunk, from: index)
      if end > index {
        let taken = min(end, index + Self.mostKept - bytes.count)
        if bytes.isEmpty {
          bytes = Array(chunk[index..<taken])
        } else {
          bytes.append(contentsOf: chunk[index..<taken])
        }
        if taken < end, chunk[taken..<end].contains(where: { $0 != Self.space }) {
          fault = fault ?? .tooLong
        }
        index = end
        continue
      }
      let byte = chunk[index]
      index += 1
      switch byte {
      case 0x00, 0x03, 0x04, 0x09, 0x0A, 0x0C, 0x0D: frames += cut()
      // STX begins a code: what was before it is another one.
      case 0x02: frames += cut()
      default: append(byte)
      }
    }
    if !chunk.isEmpty { lastByteAt = now }
    return frames
  }

  /// The place of the first byte that is not of the alphabet.
  private static func endOfRun(in chunk: [UInt8], from start: Int) -> Int {
    // Without a check of each index: the bounds are those of the loop, and the table has 256 places.
    alphabet.withUnsafeBufferPointer { alphabet in
      chunk.withUnsafeBufferPointer { chunk in
        var end = start
        while end < chunk.count, alphabet[Int(chunk[end])] { end += 1 }
        return end
      }
    }
  }

  private static let space = UInt8(ascii: " ")
  /// With what may stand around a code.
  private static let mostKept = longestCode + 32

  /// The alphabet of base45 (RFC 9285 section 4).
  private static let alphabet: [Bool] = {
    let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
    return (0...UInt8.max).map { characters.contains($0) }
  }()

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
    if bytes.count < Self.mostKept {
      bytes.append(byte)
      isClean = false
    } else if !Self.isControl(byte) {
      fault = .noise
    }
  }

  private mutating func cut() -> [Frame] {
    defer {
      bytes = []
      fault = nil
      isClean = true
    }
    // No mark is of the alphabet, but spaces behind a code are.
    let code = isClean ? Self.withoutSpaces(bytes[...]) : Self.withoutMarks(bytes[...])
    guard !code.isEmpty else { return [] }
    // Bytes of no code mostly stood around it, and have come off.
    let isExpected = isClean || code.allSatisfy { Self.alphabet[Int($0)] }
    let found = isExpected ? fault ?? (code.count > Self.longestCode ? .tooLong : nil) : .noise
    guard let found else { return [.code(code.count == bytes.count ? bytes : Array(code))] }
    return [.unusable(found, start: Array(code.prefix(64)))]
  }

  // MARK: - What stands around a code

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let identifierLength = 3
  private static let encodingLength = 7

  private static func withoutMarks(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var code = withoutPadding(bytes)
    if isIdentifier(code) { code = withoutPadding(code.dropFirst(identifierLength)) }
    if isEncoding(code) { code = withoutPadding(code.dropFirst(encodingLength)) }
    return code
  }

  private static func withoutSpaces(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var code = bytes
    while code.last == space { code.removeLast() }
    return code
  }

  private static func withoutPadding(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var code = bytes
    while true {
      let before = code.count
      code = code.drop(while: isControl)
      while let last = code.last, isControl(last) || last == space { code.removeLast() }
      if code.starts(with: byteOrderMark) { code = code.dropFirst(byteOrderMark.count) }
      if code.suffix(byteOrderMark.count).elementsEqual(byteOrderMark) {
        code = code.dropLast(byteOrderMark.count)
      }
      // Spaces may stand between marks; those before a code itself are for its verifier.
      let inner = code.drop { $0 == space }
      if isIdentifier(inner) || inner.starts(with: byteOrderMark)
        || inner.first.map(isControl) == true
      {
        code = inner
      }
      if code.count == before { return code }
    }
  }

  /// A key that was not understood is no padding: a code is never shorter by it.
  private static func isControl(_ byte: UInt8) -> Bool {
    (byte < 0x20 || byte == 0x7F) && byte != ScanKeys.substitute
  }

  /// `]`, a letter for the symbology, and how it was read.
  private static func isIdentifier(_ bytes: ArraySlice<UInt8>) -> Bool {
    let head = Array(bytes.prefix(identifierLength))
    guard head.count == identifierLength, head[0] == UInt8(ascii: "]") else { return false }
    let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    return isLetter(head[1]) && (isLetter(head[2]) || (0x30...0x39).contains(head[2]))
  }

  /// `\` and six digits.
  private static func isEncoding(_ bytes: ArraySlice<UInt8>) -> Bool {
    let head = bytes.prefix(encodingLength)
    return head.count == encodingLength && head.first == UInt8(ascii: "\\")
      && head.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }
}
