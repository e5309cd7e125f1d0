// What the simulated board and the station daemon say to each other over a local socket.
import GPIO

/// The protocol of the simulated board, version 2.
///
/// The board listens on a Unix stream socket and serves one daemon at a time; the daemon
/// connects. Both sides send lines of UTF-8 that end in LF, at most 512 bytes with it:
///
///     board → daemon    hello VERSION            first line of a connection
///                       input LINE LEVEL         every input once, then each change of one
///                       card POINT BITS NUMBER   a card at the reader, its parity right
///                       keys POINT TEXT          what was typed at the keypad, up to its #
///     daemon → board    output LINE LEVEL
///                       show POINT OUTCOME REASON [FAULT]
///
///     VERSION  decimal number, now 2
///     LINE     contact-POINT | exit-POINT | outer-beam-POINT | inner-beam-POINT |
///              strike-feedback-POINT | tamper-POINT | counter-POINT |
///              fire | fire-b | fire-reset | lock-down | maintenance | emergency | motion |
///              machine-door | mains | leak |
///              lights-override | climate-override | sockets-override             (inputs)
///              strike-POINT | lights | climate | sockets                          (outputs)
///     POINT    1 | 2 | 3 | 4, the access point
///     LEVEL    0 | 1
///     BITS     24 | 26 | 32 | 34 | 37 | 58, with NUMBER what is between the parity bits (all of 24
///              and of 32 bits), in decimal
///     TEXT     1 to 32 of 0-9, * and #; never written to a log, because a PIN is in it
///     OUTCOME  granted | refused | advice
///     REASON   - with granted; with refused why, with advice what is to be done: a word of 1 to
///              32 of a-z, 0-9 and -, starting with a letter
///     FAULT    only with refused, and only where a code is malformed: what is wrong with it, a
///              word like REASON
///
/// Fields are parted by exactly one space. A line that is none of these is a fault of the peer,
/// and ends the connection. When the daemon's connection closes, all outputs fall to 0, as GPIO
/// lines do when the process that held them is gone.
package enum BoardProtocol {
  package static let version = 2
}

/// What the board tells the daemon.
package enum BoardReport: Equatable, Sendable {
  case hello(version: Int)
  case input(BoardLine, Bool)
  case shown(accessPoint: Int, BoardCredential)

  /// The message without its LF.
  package var line: String {
    switch self {
    case .hello(let version): "hello \(version)"
    case .shown(let point, .card(let bits, let number)): "card \(point) \(bits) \(number)"
    case .shown(let point, .keys(let keys)): "keys \(point) \(keys)"
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
    case ("card", 4):
      guard let point = decimal(fields[1], in: 1...4), let bits = decimal(fields[2], in: 24...58),
        let width = Self.numberBits[bits],
        let number = decimal(fields[3], in: 0...(1 << width) - 1)
      else { return nil }
      self = .shown(accessPoint: point, .card(bits: bits, number: UInt64(number)))
    case ("keys", 3):
      guard let point = decimal(fields[1], in: 1...4),
        let keys = BoardCredential(keys: fields[2])
      else { return nil }
      self = .shown(accessPoint: point, keys)
    default: return nil
    }
  }
}

extension BoardReport {
  /// How many bits of number there are in a card's.
  fileprivate static let numberBits = [24: 24, 26: 24, 32: 32, 34: 32, 37: 35, 58: 56]
}

/// A command from the daemon to the board.
package enum BoardOrder: Equatable, Sendable {
  case output(BoardLine, Bool)
  /// What the worker at an access point is to be told.
  case show(accessPoint: Int, ReaderAnswer)

  /// The message without its LF.
  package var line: String {
    switch self {
    case .output(let line, let level): "output \(line) \(level ? 1 : 0)"
    case .show(let point, .granted): "show \(point) granted -"
    case .show(let point, .advice(let word)): "show \(point) advice \(word)"
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
      case "advice" where isWord(fields[3]) && fault == nil:
        self = .show(accessPoint: point, .advice(String(fields[3])))
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

private func isWord(_ text: some StringProtocol) -> Bool {
  let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
  let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  return (1...32).contains(text.utf8.count) && letters.contains(text.utf8[text.utf8.startIndex])
    && text.utf8.allSatisfy {
      letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
    }
}
