// The syntax of configuration files: sections of `key = value` lines, as in unit files.
import Text

/// A configuration file taken apart, before anyone asks what its keys mean.
///
/// A line is empty, a comment (its first character is `#` or `;`), a section (`[name]` or
/// `[name argument]`), or `key = value`. A value ends with its line and loses the space around
/// it; `#` inside a value is part of it. A byte order mark before the first line is passed over.
public struct INI: Equatable, Sendable {
  /// A head with the lines below it.
  public struct Section: Equatable, Sendable {
    /// The first word of the head.
    public var name: String
    /// The rest of the head; nil where it is one word.
    public var argument: String?
    /// Counted from 1.
    public var line: Int
    /// Its keys with their values, in the order of the file.
    public var entries: [Entry] = []
    /// The first line below that is neither a key nor a section: it may have been any key.
    public var firstStray: Int?
    /// The first line below that opens a section which cannot be read: what follows is not this
    /// section's.
    public var lostHead: Int?

    /// A head, with no lines below it yet.
    public init(name: String, argument: String? = nil, line: Int, entries: [Entry] = []) {
      self.name = name
      self.argument = argument
      self.line = line
      self.entries = entries
    }

    /// As it stands in the file, for messages.
    public var title: String {
      argument.map { "[\(Excerpt(name)) \(Excerpt($0))]" } ?? "[\(Excerpt(name))]"
    }
  }

  /// A line with a key and a value.
  public struct Entry: Equatable, Sendable {
    /// The words before the first equals sign, without space around them.
    public var key: String
    /// The text behind that sign, without space around it.
    public var value: String
    /// The line in the file, counted from 1.
    public var line: Int

    /// A line of a file.
    public init(key: String, value: String, line: Int) {
      self.key = key
      self.value = value
      self.line = line
    }
  }

  /// All sections, in the order of the file.
  public var sections: [Section] = []

  /// The parts that could not be read; the rest is in `sections` all the same, so that one round of
  /// editing mends every mistake.
  public private(set) var problems: [ConfigurationProblem] = []

  /// Sections that come from elsewhere than a file.
  public init(sections: [Section]) { self.sections = sections }

  /// Reads a file; what cannot be read is among the problems.
  public init(_ text: [UInt8]) {
    if TextMark.isUTF16(text) {
      refuse(1, "the file is UTF-16: save it as UTF-8")
      return
    }
    var number = 0
    for bytes in TextMark.skipped(text).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    {
      number += 1
      let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
      let opens = line.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "[")
      guard let string = String(validating: line, as: UTF8.self) else {
        refuse(number, "the line is not UTF-8", opens: opens)
        continue
      }
      if let hidden = Self.hidden(in: string) {
        refuse(
          number, "the line holds \(Excerpt.name(of: hidden)), which nobody would see", opens: opens
        )
        continue
      }
      read(Self.trim(string[...].unicodeScalars), number)
    }
  }

  /// Syntax goes by scalars: a combining mark behind a bracket or a space makes another character
  /// of both, and is still what stands behind it.
  private mutating func read(_ line: Scalars, _ number: Int) {
    guard let first = line.first, first != "#", first != ";" else { return }
    if first == "[" { return open(line, number) }
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let key = Self.trim(parts[0])
    guard parts.count == 2, !key.isEmpty, !key.contains(where: \.properties.isWhitespace) else {
      return refuse(number, "expected \"key = value\", \"[section]\" or a comment")
    }
    guard !sections.isEmpty else {
      return refuse(number, "\"\(Excerpt(String(key)))\" stands before the first section")
    }
    sections[sections.count - 1].entries.append(
      Entry(key: String(key), value: String(Self.trim(parts[1])), line: number))
  }

  private mutating func open(_ line: Scalars, _ number: Int) {
    let inside = line.dropFirst().dropLast()
    let words = inside.split(whereSeparator: { $0 == " " || $0 == "\t" })
    guard line.last == "]", (1...2).contains(words.count),
      !inside.contains(where: { $0 == "[" || $0 == "]" })
    else { return refuse(number, "a section is written [name] or [name argument]", opens: true) }
    sections.append(
      Section(
        name: String(words[0]), argument: words.count == 2 ? String(words[1]) : nil, line: number))
  }

  /// - Parameter opens: the line is meant to open a section.
  private mutating func refuse(_ line: Int, _ message: String, opens: Bool = false) {
    problems.append(ConfigurationProblem(line: line, message))
    guard !sections.isEmpty else { return }
    let last = sections.count - 1
    if opens {
      sections[last].lostHead = sections[last].lostHead ?? line
    } else {
      sections[last].firstStray = sections[last].firstStray ?? line
    }
  }

  private static func hidden(in line: String) -> Unicode.Scalar? {
    line.unicodeScalars.first { $0 != "\t" && PlainText.isHidden($0) }
  }

  private typealias Scalars = Substring.UnicodeScalarView

  private static func trim(_ text: Scalars) -> Scalars {
    let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }
}

/// One mistake in a configuration, and where it is.
public struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
  /// Counted from 1; nil where something is missing from the whole file.
  public var line: Int?
  /// The mistake, and the words that hold it.
  public var message: String

  /// In bytes: whatever of the file a message repeats, it stays one that can be read.
  private static let longest = 500

  /// A mistake at a line, or with nil of the file as a whole.
  public init(line: Int?, _ message: String) {
    self.line = line
    self.message =
      message.utf8.count > Self.longest
      ? Excerpt(message, longest: Self.longest).description : message
  }

  /// The message with its line, where it has one.
  public var description: String { line.map { "line \($0): \(message)" } ?? message }
}

/// Every mistake of a configuration together, in the order of the lines.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Every mistake of the file, in the order of its lines.
  public let problems: [ConfigurationProblem]

  /// The mistakes, put in order.
  public init(_ problems: [ConfigurationProblem]) {
    // The index keeps the order of problems of one line; the sort need not be stable.
    self.problems =
      problems.enumerated()
      .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
      .map(\.element)
  }

  /// One line for each mistake.
  public var description: String { lines.joined(separator: "\n") }

  /// A sentence for each mistake, bounded in number.
  public var lines: [String] { Excerpt.named(problems) { $0.description } }
}
