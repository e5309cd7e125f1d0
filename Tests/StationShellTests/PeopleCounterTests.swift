// A people counter on a real pseudo-terminal: its frames, its silence, and its return.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing
import Time
import Twins

@testable import StationShell

@Suite("Counter frames")
struct CounterFrameTests {
  static func totals(_ leftToRight: Int, _ rightToLeft: Int) -> [UInt8] {
    let numbers = [0, 0, 0, 7, 0, 0, 0, 0].map(UInt8.init)
    let counts = [leftToRight, rightToLeft].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    let frame = Array("PC".utf8) + numbers + counts
    return frame + [CounterFrames.crc(frame)]
  }

  static let alive: [UInt8] = {
    let frame = Array("DD".utf8) + [3, 232, 4, 76]
    return frame + [CounterFrames.crc(frame)]
  }()

  @Test("the sum is that of the manual's commands")
  func sum() {
    #expect(CounterFrames.crc([0x00, 0x61, 0x01]) == 0xE7)
    #expect(CounterFrames.crc([0x00, 0x61, 0x02]) == 0xEE)
    #expect(CounterFrames.crc(CounterFrames.reset.dropLast()) == CounterFrames.reset.last)
  }

  @Test("frames come out whole, however the bytes come")
  func portions() {
    let stream = Self.alive + Self.totals(300, 2) + Self.alive + Self.totals(65_535, 0)
    let expected: [CounterFrames.Frame] = [
      .alive, .totals(leftToRight: 300, rightToLeft: 2), .alive,
      .totals(leftToRight: 65_535, rightToLeft: 0),
    ]
    for size in [1, 2, 5, 100] {
      var frames = CounterFrames()
      var told: [CounterFrames.Frame] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        told += frames.receive(stream[start..<min(start + size, stream.count)])
      }
      #expect(told == expected)
    }
  }

  @Test("noise, a wrong sum and a false start cost no frame that is whole")
  func noise() {
    var wrong = Self.totals(5, 5)
    wrong[11] = 6
    let spoilt: [[UInt8]] = [
      [0xFF, 0x50, 0x44], Array("PCP".utf8), wrong, Array("DDD".utf8), Array("PDC".utf8),
      Array(Self.totals(9, 9).prefix(8)), Array("\r\nhello".utf8),
    ]
    for noise in spoilt {
      var frames = CounterFrames()
      // The one right after may be taken for the rest of what was spoilt; the next is not.
      let told = frames.receive(noise + Self.totals(1, 2) + Self.totals(3, 4))
      #expect(told.last == .totals(leftToRight: 3, rightToLeft: 4), "\(noise)")
      #expect(told.allSatisfy { $0 != .totals(leftToRight: 6, rightToLeft: 5) })
    }
  }
}

@Suite("People counter")
final class PeopleCounterTests {
  let folder: WorkFolder
  let loop: EventLoop
  let path: String
  var counter: PeopleCounter
  var totals: [[Int64]] = []
  var connections: [String] = []

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
    path = folder.file("counter")
    counter = PeopleCounter(
      loop: loop,
      CounterSettings(
        name: "front", accessPoint: AccessPointID(1)!, device: path, speed: 115_200,
        entering: .rightToLeft, silence: .milliseconds(600)))
    counter.onTotals = { [unowned self] in totals.append([$0, $1]) }
    counter.onConnection = { [unowned self] in connections.append("\($0) \($1)") }
  }

  @Test("a counter is told to begin at zero, and its totals come the way the door is hung")
  func totalsCome() throws {
    let terminal = try plugIn()
    counter.start()
    #expect(read(terminal) == CounterFrames.reset)
    _ = terminal.write(CounterFrameTests.totals(0, 0) + CounterFrameTests.totals(3, 8))
    try loop.serve(until: "two totals") { [unowned self] in totals.count == 2 }
    #expect(totals == [[0, 0], [8, 3]])
    #expect(connections == ["true "])
    counter.stop()
  }

  @Test("a counter that is silent is lost, told of once, and found again")
  func silence() throws {
    let terminal = try plugIn()
    counter.start()
    _ = terminal.write(CounterFrameTests.alive)
    try loop.serve(until: "the loss") { [unowned self] in connections.count == 2 }
    #expect(connections == ["true ", "false the device is silent"])
    terminal.release()
    // Silent for two more attempts: nothing new is told.
    let later = Clock.now + .milliseconds(2000)
    try loop.serve(until: "two attempts") { Clock.now > later }
    #expect(connections.count == 2)
    try loop.serve(until: "the return") { [unowned self] in
      _ = terminal.write(CounterFrameTests.alive)
      return connections.count == 3
    }
    #expect(connections.last == "true ")
    counter.stop()
  }

  @Test("a counter that is not there, or vanishes, is tried again")
  func vanishing() throws {
    counter.start()
    #expect(connections == ["false cannot open \(path): No such file or directory (errno 2)"])
    var terminal: PseudoTerminal? = try plugIn()
    try loop.serve(until: "the counter") { [unowned self] in
      _ = terminal?.write(CounterFrameTests.alive)
      return connections.last == "true "
    }
    terminal = nil
    try loop.serve(until: "the loss") { [unowned self] in
      connections.last == "false the device is gone"
    }
    counter.stop()
  }

  private func read(_ terminal: PseudoTerminal) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = Foundation.read(terminal.master, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }

  /// A new pseudo-terminal behind the same name, as udev makes it for a device.
  private func plugIn() throws -> PseudoTerminal {
    let terminal = try PseudoTerminal()
    unlink(path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: terminal.path)
    return terminal
  }
}
