// Tables of fixtures: a text file for each kind of message and each operation.
import Foundation
import TestBed

/// An input, and what becomes of it.
struct Fixture {
  var name: String
  var isValid: Bool
  var input: [UInt8]
  /// The recorded outcome; nil where none is recorded.
  var outcome: String?
  /// Why the contract's schema lets an invalid one through; nil where it does not.
  var beyondSchema: String?

  /// The input as a text, for what is UTF-8.
  var text: String { String(decoding: input, as: UTF8.self) }
}

/// The fixtures of one kind or operation, in the order of the file: `== valid NAME` or
/// `== invalid NAME`, the lines of the input, `=> ` before each line of the outcome, `~~ ` before the
/// reason why a schema cannot tell. `\xHH` is a byte, and so is a mark at the beginning of an input's
/// line written; nothing else is escaped. The lines before the first fixture are for the reader.
struct FixtureTable {
  static let root = Checkout.file("Tests/ContractTests/Fixtures")

  let place: String
  private var head: [Substring] = []
  private(set) var fixtures: [Fixture] = []

  /// - Parameter place: such as `messages/birth`.
  init(_ place: String) throws {
    self.place = place
    let text = try String(contentsOfFile: Self.file(place), encoding: .utf8)
    try read(text.split(separator: "\n", omittingEmptySubsequences: false).dropLast())
    guard Set(fixtures.map { "\($0.isValid) \($0.name)" }).count == fixtures.count else {
      throw TestBedError("\(place): a fixture stands twice")
    }
  }

  /// The places of all tables of a folder, sorted.
  static func places(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").map {
      guard $0.hasSuffix(".txt") else { throw TestBedError("\(folder)/\($0) is no table") }
      return "\(folder)/\($0.dropLast(4))"
    }.sorted()
  }

  private static func file(_ place: String) -> String { "\(root)/\(place).txt" }

  var valid: [Fixture] { fixtures.filter(\.isValid) }
  var invalid: [Fixture] { fixtures.filter { !$0.isValid } }

  /// - Returns: the valid fixture of a name.
  func valid(_ name: String) throws -> Fixture {
    guard let found = fixtures.first(where: { $0.isValid && $0.name == name }) else {
      throw TestBedError("\(place) has no valid fixture \(name)")
    }
    return found
  }

  // MARK: - Recording

  /// Compares an outcome with the one that was recorded.
  /// With RECORD_FIXTURES set it takes its place instead, which a machine that judges never does;
  /// `save` writes it down.
  /// - Returns: what was recorded, where that is another text.
  mutating func difference(_ outcome: String, of fixture: Fixture) -> String? {
    guard fixture.outcome != outcome else { return nil }
    guard Self.isRecording else {
      return fixture.outcome ?? "nothing; set RECORD_FIXTURES=1 to record it"
    }
    for index in fixtures.indices
    where fixtures[index].name == fixture.name && fixtures[index].isValid == fixture.isValid {
      fixtures[index].outcome = outcome
    }
    return nil
  }

  func save() throws {
    guard Self.isRecording else { return }
    try text.write(toFile: Self.file(place), atomically: true, encoding: .utf8)
  }

  private static var isRecording: Bool {
    let variables = ProcessInfo.processInfo.environment
    return variables["RECORD_FIXTURES"] != nil && variables["CI"] == nil
  }

  // MARK: - The file

  private mutating func read(_ lines: some Sequence<Substring>) throws {
    var input: [Substring]?
    var outcome: [Substring] = []
    func finish(_ table: inout FixtureTable) {
      guard let input else { return }
      let last = table.fixtures.count - 1
      table.fixtures[last].input = Self.bytes(input.joined(separator: "\n"))
      if !outcome.isEmpty {
        let text = Self.bytes(outcome.joined(separator: "\n"))
        table.fixtures[last].outcome = String(decoding: text, as: UTF8.self)
      }
    }
    for line in lines {
      if line.hasPrefix("== ") {
        finish(&self)
        (input, outcome) = ([], [])
        let words = line.split(separator: " ")
        guard words.count == 3, ["valid", "invalid"].contains(words[1]) else {
          throw TestBedError("\(place): \(line)")
        }
        fixtures.append(
          Fixture(name: String(words[2]), isValid: words[1] == "valid", input: []))
      } else if input == nil {
        head.append(line)
      } else if line.hasPrefix("=> ") {
        outcome.append(line.dropFirst(3))
      } else if line.hasPrefix("~~ ") {
        fixtures[fixtures.count - 1].beyondSchema = String(line.dropFirst(3))
      } else {
        guard outcome.isEmpty else { throw TestBedError("\(place): \(line) after an outcome") }
        input?.append(line)
      }
    }
    finish(&self)
  }

  private var text: String {
    var lines = head.map(String.init)
    for fixture in fixtures {
      lines.append("== \(fixture.isValid ? "valid" : "invalid") \(fixture.name)")
      lines += Self.lines(fixture.input)
      if let outcome = fixture.outcome {
        lines += Self.lines(Array(outcome.utf8)).map { "=> \($0)" }
      }
      if let reason = fixture.beyondSchema { lines.append("~~ \(reason)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The bytes of a text with its escapes read.
  static func bytes(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), rest.count >= 3,
        let escaped = UInt8(
          String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(escaped)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// The lines by which bytes are written: controls, what is not UTF-8 or cannot be seen, a backslash
  /// that would begin an escape, a mark at the beginning of a line, and a last line break are escaped.
  static func lines(_ bytes: [UInt8]) -> [String] {
    guard !bytes.isEmpty else { return [] }
    var text = ""
    var rest = bytes[...]
    while let byte = rest.first {
      let isLast = rest.count == 1
      let width = byte < 0x80 ? 1 : (2...4).first { isSeen(rest.prefix($0)) } ?? 0
      if byte == 0x0A, !isLast {
        text += "\n"
      } else if width == 0 || byte < 0x20 || byte == 0x7F || beginsEscape(rest) {
        text += escape(byte)
        rest = rest.dropFirst()
        continue
      } else {
        text += String(decoding: rest.prefix(width), as: UTF8.self)
      }
      rest = rest.dropFirst(max(width, 1))
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let marks = ["==", "=>", "~~", "#"]
      guard let first = line.utf8.first, marks.contains(where: { line.hasPrefix($0) }) else {
        return String(line)
      }
      return escape(first) + line.dropFirst()
    }
  }

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "\\x" + (digits.count == 1 ? "0" : "") + digits
  }

  private static func beginsEscape(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.first == UInt8(ascii: "\\"), bytes.dropFirst().first == UInt8(ascii: "x"),
      bytes.count >= 4
    else { return false }
    return UInt8(String(decoding: bytes.dropFirst(2).prefix(2), as: UTF8.self), radix: 16) != nil
  }

  /// Whether these bytes are one character that a reader of the file can see.
  private static func isSeen(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.count == 1,
      let scalar = text.unicodeScalars.first
    else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
