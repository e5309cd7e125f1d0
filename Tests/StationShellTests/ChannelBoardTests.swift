// The driver of a channel board against the simulated board on a real pseudo-terminal.
import Foundation
import Linux
import SimulatedBoard
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Channel board")
final class ChannelBoardTests {
  let folder: WorkFolder
  let loop: EventLoop
  let path: String
  let machine: SimulatedMachine
  let board: ChannelBoard
  let slot = SlotID(3)!
  var reports: [String] = []

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
    path = folder.file("machine")
    var setting = SimulatedMachine.Setting(path: path)
    setting.turnTime = .milliseconds(300)
    setting.fellFile = folder.file("fell")
    machine = try SimulatedMachine(loop: loop, setting)
    board = ChannelBoard(loop: loop, Self.setting(path))
    board.onReport = { [unowned self] in reports.append("\(Self.number($1)) \(Self.words($0))") }
    board.onSilence = { [unowned self] in reports.append("\(Self.number($0)) silent") }
  }

  deinit {
    board.stop()
    machine.close()
  }

  private static func number(_ request: MachineRequest) -> UInt8 {
    switch request {
    case .turn(let serial): serial
    case .check: 0
    }
  }

  private static func words(_ report: MachineReport) -> String {
    switch report {
    case .busy: "busy"
    case .dropped(nil): "dropped"
    case .dropped(let fault?): "dropped \(fault.rawValue)"
    case .failed(let fault): fault.rawValue
    case .resting(let faults): (["rests"] + faults.map(\.rawValue)).joined(separator: " ")
    }
  }

  static func setting(_ path: String) -> MachineSettings {
    MachineSettings(
      driver: .channelBoard, device: path, speed: 9600,
      screen: ScreenSettings(address: "127.0.0.1", port: 0, pages: "", texts: ""))
  }

  @Test("a turn is busy until it is over, and the same serial number is never a second one")
  func turn() throws {
    board.start()
    board.dispense(slot, serial: 9)
    try waitFor("the first answer", 1)
    #expect(reports == ["9 busy"])
    try rest()
    for _ in 0..<3 { board.dispense(slot, serial: 9) }
    try waitFor("the answers about it", 4)
    #expect(reports == ["9 busy", "9 dropped", "9 dropped", "9 dropped"])
    #expect(machine.board.turns == 1)
    #expect(machine.board[3].fell == 1)
    #expect(try Files.read(folder.file("fell")) == Array("3 9\n".utf8))
    board.dispense(slot, serial: 10)
    try waitFor("the next turn", 5)
    try rest()
    #expect(machine.board[3].fell == 2)
  }

  @Test("a check asks and turns nothing, and leaves the last turn's answer where it is")
  func check() throws {
    board.start()
    board.dispense(slot, serial: 9)
    try waitFor("its answer", 1)
    try rest()
    board.check(slot)
    board.check(try #require(SlotID(80)))
    board.dispense(slot, serial: 9)
    try waitFor("all answers", 4)
    #expect(reports == ["9 busy", "0 rests", "0 rests", "9 dropped"])
    #expect(machine.board.turns == 1)
  }

  @Test(
    "what goes wrong in a column is told in the core's words",
    arguments: [
      "jam did-not-turn 0", "not-home not-home 0", "no-return dropped-did-not-return 1",
      "drop-unseen drop-not-seen 1", "no-drop drop-not-seen 0",
    ])
  func columnFaults(line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    #expect(try perform("fault 3 \(words[0])") == "ok")
    board.start()
    board.dispense(slot, serial: 1)
    try waitFor("its answer", 1)
    try rest()
    board.dispense(slot, serial: 1)
    try waitFor("the answer about it", 2)
    #expect(reports.last?.replacing(" ", with: "-") == "1-\(words[1])")
    #expect(machine.board[3].fell == Int(words[2]))
  }

  @Test("an empty column and a faulty detector are told in the core's words")
  func goods() throws {
    #expect(try perform("stock 3 1") == "ok")
    board.start()
    for serial: UInt8 in 1...2 {
      board.dispense(slot, serial: serial)
      try rest()
      board.dispense(slot, serial: serial)
      try rest()
    }
    #expect(reports == ["1 busy", "1 dropped", "2 busy", "2 drop-not-seen"])
    #expect(try perform("detector faulty") == "ok")
    board.check(slot)
    try waitFor("the check", 5)
    #expect(reports.last == "0 rests drop-sensor-faulty")
  }

  @Test("a line that loses orders or answers is silence, once for each order, in time")
  func silences() throws {
    board.start()
    for fault in ["deaf", "mute"] {
      #expect(try perform("line \(fault) 1") == "ok")
      let before = Clock.now
      board.dispense(slot, serial: 1)
      try waitFor("silence", reports.count + 1)
      #expect(Clock.now - before >= ChannelBoard.window)
    }
    #expect(reports == ["1 silent", "1 silent"])
    // Deaf, it did nothing; mute, it did it.
    #expect(machine.board.turns == 1)
    board.dispense(slot, serial: 1)
    try waitFor("an answer", 3)
    #expect(reports.last == "1 busy")
  }

  @Test("an answer that comes too late is counted and answers nothing")
  func late() throws {
    board.start()
    #expect(try perform("line late 1") == "ok")
    board.dispense(slot, serial: 1)
    try waitFor("silence", 1)
    try rest()
    #expect(reports == ["1 silent"])
    #expect(board.lineFaults == [.late: 1])
    board.check(slot)
    try waitFor("an answer", 2)
    #expect(reports.last == "0 rests")
  }

  @Test("a late answer is not taken for the answer of the next order")
  func lateForAnother() throws {
    board.start()
    #expect(try perform("line late 1") == "ok")
    board.dispense(slot, serial: 1)
    try waitFor("silence", 1)
    #expect(try perform("line mute 1") == "ok")
    board.dispense(slot, serial: 2)
    try waitFor("silence again", 2)
    #expect(reports == ["1 silent", "2 silent"])
    #expect(board.lineFaults == [.other: 1])
  }

  @Test("noise before an answer and a pause in its middle do not spoil it")
  func noise() throws {
    board.start()
    for fault in ["garbage", "cut"] {
      #expect(try perform("line \(fault) 1") == "ok")
      board.check(slot)
      try waitFor("an answer", reports.count + 1)
    }
    #expect(reports == ["0 rests", "0 rests"])
    #expect(board.lineFaults[.noise] == 1)
  }

  @Test("a wrong check byte and another serial number are silence, and counted by their kinds")
  func wrong() throws {
    board.start()
    for fault in ["wrong-sum", "other-serial"] {
      #expect(try perform("line \(fault) 1") == "ok")
      board.dispense(slot, serial: 255)
      try waitFor("silence", reports.count + 1)
    }
    #expect(reports == ["255 silent", "255 silent"])
    #expect(board.lineFaults[.wrongSum] == 1)
    #expect(board.lineFaults[.other] == 1)
  }

  @Test("orders that come together are sent one after the other, each with its report")
  func together() throws {
    board.start()
    #expect(try perform("line mute 1") == "ok")
    board.check(slot)
    board.dispense(slot, serial: 4)
    board.check(slot)
    try waitFor("three reports", 3)
    #expect(reports == ["0 silent", "4 busy", "0 busy"])
  }

  @Test("a machine that is not there is silent, and is found when it comes")
  func appears() throws {
    let place = folder.file("later")
    let late = ChannelBoard(loop: loop, Self.setting(place))
    var answers: [String] = []
    late.onReport = { answers.append("\(Self.number($1))") }
    late.onSilence = { answers.append("\(Self.number($0)) silent") }
    late.start()
    late.dispense(slot, serial: 3)
    try loop.serve(until: "silence") { answers.count == 1 }
    #expect(answers == ["3 silent"])
    let other = try SimulatedMachine(loop: loop, SimulatedMachine.Setting(path: place))
    try loop.serve(until: "an answer") {
      if answers.last != "0" { late.check(SlotID(1)!) }
      return answers.last == "0"
    }
    late.stop()
    other.close()
  }

  @Test("a board that lost its power has forgotten its last order")
  func powerCut() throws {
    board.start()
    board.dispense(slot, serial: 5)
    try waitFor("its answer", 1)
    #expect(try perform("power-cut falls") == "ok")
    #expect(machine.board[3].fell == 1)
    board.check(slot)
    try waitFor("silence while it starts", 2)
    #expect(reports.last == "0 silent")
    try rest(600)
    board.dispense(slot, serial: 5)
    try waitFor("its answer", 3)
    #expect(machine.board.turns == 2)
  }

  private func perform(_ line: String) throws -> String {
    machine.perform(try #require(MachineOrder(line: line)))
  }

  private func waitFor(_ what: String, _ count: Int) throws {
    try loop.serve(until: what) { [unowned self] in reports.count >= count }
  }

  /// Longer than a motor turns, and than a late answer takes.
  private func rest(_ milliseconds: Int64 = 450) throws {
    let later = Clock.now + .milliseconds(milliseconds)
    try loop.serve(until: "time to pass") { Clock.now > later }
  }
}
