// What the simulated board and the station daemon say to each other over a local socket.

/// The protocol of the simulated board, version 1.
///
/// The board listens on a Unix stream socket and serves one daemon at a time; the daemon
/// connects. Both sides send lines of UTF-8 that end in LF, at most 512 bytes with it:
///
///     board → daemon    hello VERSION            first line of a connection
///                       input LINE LEVEL         every input once, then each change of one
///     daemon → board    output LINE LEVEL
///                       show POINT OUTCOME REASON [FAULT]
///
///     VERSION  decimal number, now 1
///     LINE     contact-POINT | exit-POINT | outer-beam-POINT | inner-beam-POINT   (inputs)
///              strike-POINT                                                       (output)
///     POINT    1 | 2 | 3 | 4, the access point
///     LEVEL    0 | 1
///     OUTCOME  granted | refused
///     REASON   - with granted; with refused why: a word of 1 to 32 of a-z, 0-9 and -, starting
///              with a letter
///     FAULT    only with refused, and only where a code is malformed: what is wrong with it, a
///              word like REASON
///
/// Fields are parted by exactly one space. A line that is none of these is a fault of the peer,
/// and ends the connection. When the daemon's connection closes, all outputs fall to 0, as GPIO
/// lines do when the process that held them is gone.
package enum BoardProtocol {
  package static let version = 1
}

/// One wire of the board: what hangs on it, and at which access point.
package struct BoardLine: Hashable, Sendable, CustomStringConvertible {
  /// What hangs on the wire, and what its levels mean.
  package enum Kind: String, CaseIterable, Sendable {
    /// Input. 1: the door contact's circuit is closed, so the leaf is shut.
    case contact
    /// Input. 1: the exit button is pressed.
    case exit
    /// Input. 1: the light barrier on the street side is clear; 0: it is broken.
    case outerBeam = "outer-beam"
    /// Input. 1: the light barrier on the room's side is clear; 0: it is broken.
    case innerBeam = "inner-beam"
    /// Output. 1: the strike is energised, so the door can be opened.
    case strike

    package var isInput: Bool { self != .strike }
    package static let inputs = allCases.filter(\.isInput)
  }

  package let kind: Kind
  /// 1 to 4.
  package let accessPoint: Int

  package init(_ kind: Kind, _ accessPoint: Int) {
    precondition((1...4).contains(accessPoint), "a station has access points 1 to 4")
    self.kind = kind
    self.accessPoint = accessPoint
  }

  /// - Returns: nil where the text names no wire of a board.
  package init?(_ text: some StringProtocol) {
    guard let dash = text.lastIndex(of: "-"),
      let kind = Kind(rawValue: String(text[..<dash])),
      let point = decimal(text[text.index(after: dash)...], in: 1...4)
    else { return nil }
    self.init(kind, point)
  }

  package var description: String { "\(kind.rawValue)-\(accessPoint)" }
}

/// What the board tells the daemon.
package enum BoardReport: Equatable, Sendable {
  case hello(version: Int)
  case input(BoardLine, Bool)

  /// The message without its LF.
  package var line: String {
    switch self {
    case .hello(let version): "hello \(version)"
    case .input(let line, let level): "input \(line) \(level ? 1 : 0)"
    }
  }

  /// - Returns: nil where the line is not a message of the board.
  package init?(line: some StringProtocol) {
    let fields = fields(of: line)
    switch (fields.first, fields.count) {
    case ("hello", 2):
      guard let version = decimal(fields[1], in: 1...999) else { return nil }
      self = .hello(version: version)
    case ("input", 3):
      guard let line = BoardLine(fields[1]), line.kind.isInput,
        let level = decimal(fields[2], in: 0...1)
      else { return nil }
      self = .input(line, level == 1)
    default: return nil
    }
  }
}

/// What the daemon tells the board.
package enum BoardOrder: Equatable, Sendable {
  case output(BoardLine, Bool)
  /// What the worker at an access point is to be told.
  case show(accessPoint: Int, Outcome)

  package enum Outcome: Equatable, Sendable {
    case granted
    /// The raw values of a `Denial` and, where that is `malformed`, of a `CodeFault`.
    case refused(reason: String, fault: String? = nil)
  }

  /// The message without its LF.
  package var line: String {
    switch self {
    case .output(let line, let level): "output \(line) \(level ? 1 : 0)"
    case .show(let point, .granted): "show \(point) granted -"
    case .show(let point, .refused(let reason, let fault)):
      "show \(point) refused \(reason)\(fault.map { " \($0)" } ?? "")"
    }
  }

  /// - Returns: nil where the line is not a message of the daemon.
  package init?(line: some StringProtocol) {
    let fields = fields(of: line)
    switch (fields.first, fields.count) {
    case ("output", 3):
      guard let line = BoardLine(fields[1]), !line.kind.isInput,
        let level = decimal(fields[2], in: 0...1)
      else { return nil }
      self = .output(line, level == 1)
    case ("show", 4), ("show", 5):
      guard let point = decimal(fields[1], in: 1...4) else { return nil }
      let fault = fields.count == 5 ? String(fields[4]) : nil
      switch fields[2] {
      case "granted" where fields[3] == "-" && fault == nil:
        self = .show(accessPoint: point, .granted)
      case "refused" where isWord(fields[3]) && fault.map(isWord) != false:
        self = .show(accessPoint: point, .refused(reason: String(fields[3]), fault: fault))
      default: return nil
      }
    default: return nil
    }
  }
}

private func fields<Line: StringProtocol>(of line: Line) -> [Line.SubSequence] {
  line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
}

/// A number in its one spelling: digits alone, no sign, no leading zero.
private func decimal(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
  guard let number = Int(text), range.contains(number), String(number) == text else { return nil }
  return number
}

private func isWord(_ text: some StringProtocol) -> Bool {
  let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
  let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  return (1...32).contains(text.utf8.count) && letters.contains(text.utf8[text.utf8.startIndex])
    && text.utf8.allSatisfy {
      letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
    }
}
