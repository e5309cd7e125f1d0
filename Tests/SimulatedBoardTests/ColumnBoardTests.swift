// The simulated board of an exchange machine as a value, and the lines that work it.
import Foundation
import Testing
import Text
import Time

@testable import SimulatedBoard

@Suite("Column board")
struct ColumnBoardTests {
  private var board = ColumnBoard(turnTime: .seconds(2))
  private var now = Instant(nanoseconds: 0)

  static func order(_ serial: UInt8, _ column: UInt8, type: UInt8 = 0x70) -> [UInt8] {
    let frame = [0xED, 8, serial, type, column, 0, 0]
    return frame + [frame.reduce(0, ^)]
  }

  private mutating func status(_ serial: UInt8, _ column: UInt8, type: UInt8 = 0x70) -> UInt8? {
    board.answer(to: Self.order(serial, column, type: type), at: now)?[1]
  }

  private mutating func pass(_ seconds: Int64) -> ColumnBoard.Drop? {
    now = now + .seconds(seconds)
    return board.wake(at: now)
  }

  @Test("an article falls when its motor has turned, and what fell is counted")
  mutating func turn() {
    board[2].stock = 1
    #expect(status(1, 2) == 0x02)
    #expect(board.turning == 2)
    #expect(pass(1) == nil)
    #expect(status(1, 2) == 0x02)
    #expect(pass(1) == ColumnBoard.Drop(column: 2, serial: 1))
    #expect(status(1, 2) == 0)
    #expect(board[2] == ColumnBoard.Column(stock: 0, fell: 1))
    #expect(status(2, 2) == 0x02)
    #expect(pass(2) == nil)
    #expect(status(2, 2) == 0x21)
  }

  @Test("a second order while a motor turns is refused and not remembered")
  mutating func busy() {
    #expect(status(1, 2) == 0x02)
    #expect(status(2, 3) == 0x03)
    #expect(status(0, 3, type: 0x72) == 0x02)
    #expect(pass(2) != nil)
    #expect(status(1, 2) == 0)
    #expect(board.turns == 1)
  }

  @Test("a serial number that is repeated for another column is about the column it turned")
  mutating func otherColumn() {
    _ = status(1, 2)
    _ = pass(2)
    #expect(board.answer(to: Self.order(1, 9), at: now)?[4] == 2)
    #expect(board.turns == 1)
  }

  @Test("a spiral that does not come home has dropped, and is not started again")
  mutating func home() {
    board[2].fault = .noReturn
    _ = status(1, 2)
    #expect(pass(2) != nil)
    #expect(status(1, 2) == 0x10)
    #expect(status(0, 2, type: 0x72) == 0x04)
    #expect(status(2, 2) == 0x05)
    #expect(board.turns == 1)
  }

  @Test("a faulty detector tells of no drop, neither that it was nor that it was not")
  mutating func detector() {
    board.isDetectorFaulty = true
    #expect(status(0, 2, type: 0x72) == 0x80)
    _ = status(1, 2)
    #expect(pass(2) != nil)
    #expect(status(1, 2) == 0x81)
  }

  @Test("a power cut ends the turn, and the article falls or stays")
  mutating func power() {
    for falls in [true, false] {
      _ = status(7, 2)
      #expect((board.cutPower(falls: falls, at: now) != nil) == falls)
      #expect(board.serial == nil)
      #expect(status(7, 2) == nil)
      #expect(pass(1) == nil)
    }
    #expect(board[2].fell == 1)
  }

  @Test("what is no order is passed over, and an order behind it is found")
  func orders() {
    let order = Self.order(1, 2)
    var bytes = [1, 0xED, 2] + order.prefix(5) + order + order.prefix(3)
    #expect(ColumnBoard.cut(&bytes) == order)
    #expect(ColumnBoard.cut(&bytes) == nil)
    #expect(bytes == Array(order.prefix(3)))
    for bad in [
      Self.order(0, 2), Self.order(1, 0), Self.order(1, 81), Self.order(1, 2, type: 1),
      Self.order(3, 2, type: 0x72),
    ] {
      var bytes = bad
      #expect(ColumnBoard.cut(&bytes) == nil)
    }
  }
}

@Suite("Machine orders")
struct MachineOrderTests {
  @Test("the lines that work the machine are understood")
  func good() {
    let lines: [(String, MachineOrder)] = [
      ("state", .state), ("fault 80 jam", .fault(column: 80, .jam)),
      ("fault 1 none", .fault(column: 1, nil)), ("detector faulty", .detector(isFaulty: true)),
      ("detector good", .detector(isFaulty: false)), ("line cut 3", .line(.cut, answers: 3)),
      ("line deaf", .line(.deaf, answers: nil)), ("line none", .line(nil, answers: nil)),
      ("stock 4 0", .stock(column: 4, 0)), ("stock 4 any", .stock(column: 4, nil)),
      ("power-cut falls", .powerCut(falls: true)), ("power-cut stays", .powerCut(falls: false)),
    ]
    for (line, order) in lines { #expect(MachineOrder(line: line) == order, "\(line)") }
  }

  @Test("anything else is none of them")
  func bad() {
    for line in [
      "", " ", "state now", "fault", "fault 0 jam", "fault 81 jam", "fault 01 jam", "fault 1 JAM",
      "fault 1 jam 2", "detector", "detector bad", "line", "line cut 0", "line cut x",
      "line none 2", "stock 1", "stock 1 -1", "stock 1 1001", "power-cut", "power-cut maybe",
      "state ", "dispense 1",
    ] {
      #expect(MachineOrder(line: line) == nil, "\(line)")
    }
  }

  @Test("the command line says where the line is, and is refused where it does not")
  func options() throws {
    let words = ["--line", "/l", "--control", "/c", "--turn", "10", "--fell", "/f"]
    let options = try MachineProgram.Options(words)
    #expect(options.machine.path == "/l" && options.control == "/c")
    #expect(options.machine.turnTime == .milliseconds(10) && options.machine.fellFile == "/f")
    for bad in [
      [], ["--line"], ["--line", ""], ["--turn", "0", "--line", "/l"], ["--what", "1"],
    ] {
      #expect(throws: CommandFault.self) { try MachineProgram.Options(bad) }
    }
  }
}
