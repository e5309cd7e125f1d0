// The board of an exchange machine with its columns of goods, as a value.
import StationProtocol
import Time

/// A fault of a column. Each stays until somebody mends it.
package enum ColumnFault: String, CaseIterable, Sendable {
  /// The motor does not turn.
  case jam
  /// The spiral stands askew: the motor is not started.
  case notHome = "not-home"
  /// The motor turns once, something falls, and the spiral stays askew; from then on it is
  /// `notHome`.
  case noReturn = "no-return"
  /// The article falls past the drop detector.
  case dropUnseen = "drop-unseen"
  /// The motor turns and the article stays where it is.
  case noDrop = "no-drop"
}

/// The board reads no clock and holds no line: orders go in, answers come out, and what fell is
/// told. Beside the columns' faults its drop detector can be faulty, which it knows itself, and its
/// power can be cut: then it forgets what it did last, whatever the order it asks about.
package struct ColumnBoard: Equatable, Sendable {
  package static let columns = 1...SlotID.most

  package struct Column: Equatable, Sendable {
    package var fault: ColumnFault?
    /// How many articles are in it; nil where it never becomes empty.
    package var stock: Int?
    /// How many have fallen.
    package var fell = 0
  }

  /// An article that has fallen into the tray.
  package struct Drop: Equatable, Sendable {
    package var column: Int
    /// The serial number of the order that turned the column.
    package var serial: UInt8
  }

  private struct Turn: Equatable, Sendable {
    var column: Int
    var serial: UInt8
    /// When the motor stands still again.
    var end: Instant
  }

  private struct Memory: Equatable, Sendable {
    var column: Int
    var serial: UInt8
    var status: UInt8
  }

  /// How long a motor turns.
  package let turnTime: Duration
  /// How long the board says nothing after its power is back.
  package static let startTime: Duration = .milliseconds(500)

  private var all = Array(repeating: Column(), count: columns.count)
  package var isDetectorFaulty = false
  private var turn: Turn?
  /// The last order to dispense, and what came of it. Checks do not touch it.
  private var memory: Memory?
  private var startsUntil: Instant?
  /// How many motors have been started.
  package private(set) var turns = 0

  package init(turnTime: Duration = .milliseconds(2500)) { self.turnTime = turnTime }

  package subscript(column: Int) -> Column {
    get { all[column - 1] }
    set { all[column - 1] = newValue }
  }

  /// The column that turns now.
  package var turning: Int? { turn?.column }
  /// The serial number of the last order to dispense; nil where none is remembered.
  package var serial: UInt8? { memory?.serial }

  // MARK: The line

  /// - Parameter order: eight bytes.
  /// - Returns: the answer; nil where the board has no power or the bytes are no order.
  package mutating func answer(to order: [UInt8], at now: Instant) -> [UInt8]? {
    guard startsUntil.map({ $0 <= now }) != false, Self.isOrder(order) else { return nil }
    let (serial, type, column) = (order[2], order[3], Int(order[4]))
    guard type == Wire.dispense else {
      return Wire.answer(standing(column), serial, type, column)
    }
    if let memory, memory.serial == serial {
      // The same serial number again asks how that turn went, wherever it was.
      return Wire.answer(turn == nil ? memory.status : Wire.busy, serial, type, memory.column)
    }
    guard turn == nil else {
      return Wire.answer(Wire.failed | Wire.busy, serial, type, column)
    }
    memory = Memory(column: column, serial: serial, status: Wire.failed | Wire.notHome)
    if self[column].fault != .notHome {
      turn = Turn(column: column, serial: serial, end: now + turnTime)
      turns += 1
    }
    return Wire.answer(turn == nil ? memory?.status ?? 0 : Wire.busy, serial, type, column)
  }

  private func standing(_ column: Int) -> UInt8 {
    (turn == nil ? 0 : Wire.busy) | (self[column].fault == .notHome ? Wire.notHome : 0)
      | (isDetectorFaulty ? Wire.detectorFaulty : 0)
  }

  // MARK: Time and power

  package var nextWake: Instant? { turn?.end }

  /// - Returns: what fell.
  package mutating func wake(at now: Instant) -> Drop? {
    guard let done = turn, done.end <= now else { return nil }
    turn = nil
    let fault = self[done.column].fault
    let falls = hasArticle(done.column) && fault != .jam && fault != .noDrop
    var status: UInt8 =
      switch fault {
      case .jam: Wire.failed | Wire.didNotTurn
      case .dropUnseen: Wire.failed | Wire.dropNotSeen
      default: falls ? 0 : Wire.failed | Wire.dropNotSeen
      }
    if fault == .noReturn { status |= Wire.didNotReturn }
    // A detector that sees nothing at all cannot say that a drop was missing.
    if isDetectorFaulty { status = status & ~Wire.dropNotSeen | Wire.failed | Wire.detectorFaulty }
    if fault == .noReturn { self[done.column].fault = .notHome }
    memory?.status = status
    return falls ? drop(done) : nil
  }

  /// Takes the power away and gives it back. The board forgets its last order.
  /// - Parameter falls: whether the article of a motor that turns falls before it stops.
  package mutating func cutPower(falls: Bool, at now: Instant) -> Drop? {
    let cut = turn
    turn = nil
    memory = nil
    startsUntil = now + Self.startTime
    guard let cut, falls, hasArticle(cut.column), self[cut.column].fault != .jam else { return nil }
    return drop(cut)
  }

  private func hasArticle(_ column: Int) -> Bool { self[column].stock != 0 }

  private mutating func drop(_ turn: Turn) -> Drop {
    self[turn.column].fell += 1
    self[turn.column].stock = self[turn.column].stock.map { $0 - 1 }
    return Drop(column: turn.column, serial: turn.serial)
  }

  private static func isOrder(_ bytes: [UInt8]) -> Bool {
    bytes.count == 8 && bytes[0] == 0xED && bytes[1] == 8 && bytes.reduce(0, ^) == 0
      && [Wire.dispense, Wire.check].contains(bytes[3]) && columns.contains(Int(bytes[4]))
      && (bytes[3] == Wire.dispense) == (bytes[2] != 0)
  }

  /// The first order in what has come; bytes before it that can be none are dropped.
  package static func cut(_ bytes: inout [UInt8]) -> [UInt8]? {
    while !bytes.isEmpty {
      guard bytes[0] == 0xED else {
        bytes.removeFirst()
        continue
      }
      guard bytes.count >= 8 else { return nil }
      let frame = Array(bytes.prefix(8))
      if isOrder(frame) {
        bytes.removeFirst(8)
        return frame
      }
      bytes.removeFirst()
    }
    return nil
  }
}

/// The words of the line, as the board has them by itself: the daemon's own are held against them.
private enum Wire {
  static let dispense: UInt8 = 0x70
  static let check: UInt8 = 0x72
  static let failed: UInt8 = 0x01
  static let busy: UInt8 = 0x02
  static let notHome: UInt8 = 0x04
  static let didNotTurn: UInt8 = 0x08
  static let didNotReturn: UInt8 = 0x10
  static let dropNotSeen: UInt8 = 0x20
  static let detectorFaulty: UInt8 = 0x80

  static func answer(_ status: UInt8, _ serial: UInt8, _ type: UInt8, _ column: Int) -> [UInt8] {
    let frame = [0xEE, status, serial, type, UInt8(column), 0, 0]
    return frame + [frame.reduce(0, ^)]
  }
}
