// What a person or a test tells the simulated exchange machine, a line for each.

/// A fault of the line between the machine's board and whoever asks it.
package enum LineFault: String, CaseIterable, Sendable {
  /// Orders do not reach the board.
  case deaf
  /// The board does what it is told, and its answers are lost.
  case mute
  /// Answers take 350 ms.
  case late
  /// Noise comes before each answer, with a byte in it that begins like one.
  case garbage
  case wrongSum = "wrong-sum"
  /// The answer carries the next serial number.
  case otherSerial = "other-serial"
  /// Half of the answer, 60 ms of silence, the other half.
  case cut
}

package enum MachineOrder: Equatable, Sendable {
  /// `state`: answered with one object.
  case state
  /// `fault COLUMN WORD`, or `none` for mended.
  case fault(column: Int, ColumnFault?)
  /// `detector good` or `faulty`.
  case detector(isFaulty: Bool)
  /// `line WORD` or `none`, and for how many answers; without a number until told otherwise.
  case line(LineFault?, answers: Int?)
  /// `stock COLUMN NUMBER`, or `any` for a column that is never empty.
  case stock(column: Int, Int?)
  /// `power-cut falls` or `stays`: what an article does whose motor turns.
  case powerCut(falls: Bool)

  package static let usage = """
    state                          how everything stands, as JSON
    fault COLUMN WORD              jam, not-home, no-return, drop-unseen, no-drop, none
    detector WORD                  good, faulty
    line WORD [ANSWERS]            deaf, mute, late, garbage, wrong-sum, other-serial, cut, none
    stock COLUMN NUMBER            0 to 1000, any
    power-cut WORD                 falls, stays: what the article of a turning motor does

    """

  /// The commands in one line, for an answer.
  static let forms =
    "state, fault COLUMN WORD, detector WORD, line WORD [ANSWERS], stock COLUMN NUMBER, "
    + "power-cut WORD"

  /// - Returns: nil where the line is none of these.
  package init?(line: String) {
    var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard !words.isEmpty else { return nil }
    let name = words.removeFirst()
    guard let order = Self.orders[name].flatMap({ $0(words) }) else { return nil }
    self = order
  }

  private static let orders: [String: @Sendable ([String]) -> MachineOrder?] = [
    "state": { $0.isEmpty ? .state : nil },
    "fault": { words in
      guard words.count == 2, let column = column(words[0]) else { return nil }
      if words[1] == "none" { return .fault(column: column, nil) }
      return ColumnFault(rawValue: words[1]).map { .fault(column: column, $0) }
    },
    "detector": { choice($0, "good", "faulty").map { .detector(isFaulty: $0) } },
    "line": { words in
      guard (1...2).contains(words.count) else { return nil }
      let count = words.count == 2 ? number(words[1], 1...1000) : nil
      guard words.count == 1 || count != nil else { return nil }
      if words[0] == "none" { return words.count == 1 ? .line(nil, answers: nil) : nil }
      return LineFault(rawValue: words[0]).map { .line($0, answers: count) }
    },
    "stock": { words in
      guard words.count == 2, let column = column(words[0]) else { return nil }
      if words[1] == "any" { return .stock(column: column, nil) }
      return number(words[1], 0...1000).map { .stock(column: column, $0) }
    },
    "power-cut": { choice($0, "stays", "falls").map { .powerCut(falls: $0) } },
  ]

  private static func column(_ text: String) -> Int? { number(text, ColumnBoard.columns) }

  private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
    guard let number = Int(text), String(number) == text, range.contains(number) else {
      return nil
    }
    return number
  }

  /// - Returns: whether it is the second of the two.
  private static func choice(_ words: [String], _ no: String, _ yes: String) -> Bool? {
    switch words {
    case [no]: false
    case [yes]: true
    default: nil
    }
  }
}
