// Scanners that play a keyboard, on the kernel's own input devices.
import Foundation
import Linux
import TestBed
import Testing
import Time
import Twins

@testable import StationShell

@Suite("Scanners as keyboards")
struct KeyboardScannerTests {
  /// Codes in all, half of them on each scanner.
  private static let codes = 2000
  private static let lengths = 8...24
  /// Silence that ends a code. This machine may turn to nobody for seconds, and then the one who
  /// types is as silent as that.
  private static let gap: Duration = .seconds(10)
  /// How long one code may take, in seconds: the longest is typed within ten on a busy machine. When
  /// nothing comes for so long, a code is lost, and the test has no use for the rest.
  private static let patience = 45.0

  @Test("random codes typed on two scanners at once, caps lock toggled at random, are read right")
  func codes() throws {
    let loop = try EventLoop()
    let hands = try [1, 2].map {
      try ScannerHand(loop, product: 0x8000 + $0, seed: UInt64($0), gap: Self.gap)
    }
    #expect(hands.map(\.connections) == [["true "], ["true "]])
    let start = Clock.now
    try type(on: hands, loop)
    let took = Clock.now - start
    let total = { (count: (ScannerHand) -> Int) in hands.reduce(0) { $0 + count($1) } }
    print(
      "\(total { $0.shown.count }) codes of \(Self.lengths.lowerBound) to",
      "\(Self.lengths.upperBound) characters, one of a hundred of 300,",
      "\(total { $0.characters }) characters in all, typed",
      "in \(took.components.seconds) s: \(total(\.wrong)) wrong, \(total(\.missing)) missing,",
      "\(total(\.extra)) extra")
    #expect(hands.map(\.firstWrong) == [nil, nil])
    #expect(total { $0.shown.count } == Self.codes)
    #expect(total(\.missing) == 0)
    #expect(total(\.extra) == 0)
    for hand in hands { hand.reader.stop() }
  }

  /// Types every code, until all are read or the first is read wrong.
  /// - Throws: where no code comes for so long that one must be lost.
  private func type(on hands: [ScannerHand], _ loop: EventLoop) throws {
    var isTyped = false
    var problem: (any Error)?
    func work() {
      do {
        let areDone = try hands.map {
          try $0.work(codes: Self.codes / 2, of: Self.lengths, resting: 500)
        }
        isTyped = areDone.allSatisfy { $0 }
      } catch {
        problem = error
        isTyped = true
      }
      if !isTyped { loop.schedule(after: .zero) { work() } }
    }
    work()
    func isOver() -> Bool {
      problem != nil || hands.contains { $0.firstWrong != nil }
        || isTyped && hands.allSatisfy { $0.read.count >= $0.shown.count }
    }
    while !isOver() {
      let before = hands.map(\.read.count)
      let place = { "a code after \(before) were read of \(hands.map(\.shown.count)) shown" }
      try loop.serve(Self.patience, until: place()) {
        isOver() || hands.map(\.read.count) != before
      }
    }
    if let problem { throw problem }
  }

  @Test("what waits while a scanner is not heard is heard afterwards, without a further key")
  func leftOver() throws {
    let loop = try EventLoop()
    let keyboard = try plugIn("test-1")
    // The code is taken from the kernel at once, and half of it is over the bound of this second.
    let reader = KeyboardScanner(
      loop: loop, search: .path(keyboard.path), framing: ScanFraming(idleGap: .seconds(60)),
      mostAtOnce: 10, mostInSecond: 5)
    var frames: [ScanFraming.Frame] = []
    reader.onFrame = { frames.append($0) }
    reader.start()
    try keyboard.type(Self.keys("GOOD"))
    try loop.serve(until: "the code") { !frames.isEmpty }
    #expect(frames == [.code(Array("GOOD".utf8))])
    reader.stop()
  }

  @Test("a scanner that is unplugged in the middle of a code is used again when it returns")
  func unplugged() throws {
    let loop = try EventLoop()
    let reader = KeyboardScanner(
      loop: loop, search: .name("Test scanner", port: "test-1"), framing: ScanFraming())
    var told: [String] = []
    var frames: [ScanFraming.Frame] = []
    reader.onConnection = { told.append("\($0) \($1)") }
    reader.onFrame = { frames.append($0) }
    reader.start()
    #expect(
      told == ["false cannot find \"Test scanner\" at test-1: no such input device is plugged in"])
    var keyboard: VirtualKeyboard? = try plugIn("test-1")
    try loop.serve(until: "the scanner") { told.count == 2 }
    try keyboard?.type(Self.keys("HALF", end: false))
    keyboard = nil
    try loop.serve(until: "its loss") { told.count == 3 }
    #expect(told[2] == "false the device is gone")
    let gone = Clock.now
    keyboard = try plugIn("test-1")
    try loop.serve(until: "its return") { told.count == 4 || told.count == 3 && frames.count > 9 }
    #expect(told[3] == "true ")
    #expect(Clock.now - gone < .seconds(5))
    try keyboard?.type(Self.keys("WHOLE"))
    try loop.serve(until: "the code") { !frames.isEmpty }
    #expect(frames == [.code(Array("WHOLE".utf8))])
    reader.stop()
  }

  @Test("nobody else hears what a grabbed scanner types, and a second reader of it is told why")
  func grabbed() throws {
    let loop = try EventLoop()
    let keyboard = try plugIn("test-1")
    let reader = KeyboardScanner(
      loop: loop, search: .path(keyboard.path), framing: ScanFraming())
    var frames: [ScanFraming.Frame] = []
    reader.onFrame = { frames.append($0) }
    let listener = open(keyboard.path, O_RDONLY | O_NONBLOCK)
    #expect(listener >= 0)
    defer { close(listener) }
    try keyboard.type(Self.keys("BEFORE"))
    #expect(Self.hears(listener))
    reader.start()
    try keyboard.type(Self.keys("SECRET"))
    try loop.serve(until: "the code") { !frames.isEmpty }
    #expect(frames == [.code(Array("SECRET".utf8))])
    #expect(!Self.hears(listener))
    #expect(
      throws: SystemError(
        "grab", path: keyboard.path,
        detail: "another program has exclusive access to the input device")
    ) {
      try InputDevice(keyboard.path)
    }
    reader.stop()
    try keyboard.type(Self.keys("AFTER"))
    #expect(Self.hears(listener))
  }

  @Test("a key that was down before the start means nothing, and a queue that was full no code")
  func lost() throws {
    let loop = try EventLoop()
    let keyboard = try plugIn("test-1")
    let reader = KeyboardScanner(
      loop: loop, search: .path(keyboard.path), framing: ScanFraming())
    var frames: [ScanFraming.Frame] = []
    reader.onFrame = { frames.append($0) }
    try keyboard.type([.key(42, .pressed), .reportEnds])
    reader.start()
    try keyboard.type(Self.keys("4"))
    try loop.serve(until: "the code") { frames.count == 1 }
    #expect(frames == [.code(Array("4".utf8))])
    // More than the kernel keeps, while nobody reads.
    try keyboard.type(Self.keys(String(repeating: "A", count: 200)))
    try loop.serve(until: "the refusal") { frames.count == 2 }
    guard case .unusable(.noise, _) = frames[1] else {
      Issue.record("\(frames[1])")
      return
    }
    try keyboard.type(Self.keys("GOOD"))
    try loop.serve(until: "the next code") { frames.count >= 3 }
    #expect(frames[2...] == [.code(Array("GOOD".utf8))])
    reader.stop()
  }

  @Test("a device that types without end is heard at a bounded rate, and heard again afterwards")
  func endless() throws {
    let loop = try EventLoop()
    let keyboard = try plugIn("test-1")
    let reader = KeyboardScanner(
      loop: loop, search: .path(keyboard.path), framing: ScanFraming(), mostInSecond: 400)
    var frames: [ScanFraming.Frame] = []
    reader.onFrame = { frames.append($0) }
    reader.start()
    let keys = Self.keys("AB")
    let start = Clock.now
    var strokes = 0
    func type() {
      try? keyboard.type(keys)
      strokes += 1
      if Clock.now - start < .seconds(3) { loop.schedule(after: .milliseconds(1)) { type() } }
    }
    type()
    try loop.serve(until: "its end") { Clock.now - start > .milliseconds(4500) }
    // Six reports of a code and its end are twelve events: 400 a second and a turn's are some 35.
    #expect(strokes > frames.count * 2)
    #expect((30...300).contains(frames.count))
    frames = []
    try keyboard.type(Self.keys("GOOD"))
    try loop.serve(until: "the next code") { !frames.isEmpty }
    #expect(frames == [.code(Array("GOOD".utf8))])
    reader.stop()
  }

  @Test("two scanners alike are told apart by their port, and without one nobody is guessed")
  func alike() throws {
    let one = try plugIn("test-1")
    let other = try plugIn("test-2")
    let loop = try EventLoop()
    func connection(_ port: String?) -> String {
      var told = ""
      let reader = KeyboardScanner(
        loop: loop, search: .usb(vendor: 0x1EAB, product: 0x8003, port: port),
        framing: ScanFraming())
      reader.onConnection = { told = "\($0) \($1)" }
      reader.start()
      reader.stop()
      return told
    }
    #expect(
      connection(nil)
        == "false cannot choose 1eab:8003: there are two, at test-1 and test-2: say with \"port\" which"
    )
    #expect(connection("test-2") == "true ")
    #expect(one.path != other.path)
  }

  private func plugIn(_ port: String) throws -> VirtualKeyboard {
    try VirtualKeyboard(name: "Test scanner", vendor: 0x1EAB, product: 0x8003, port: port)
  }

  /// One fixed way of typing a text of letters and digits without Shift.
  private static func keys(_ text: String, end: Bool = true) -> [InputEvent] {
    let rows: [(UInt16, String)] = [
      (2, "1234567890"), (16, "QWERTYUIOP"), (30, "ASDFGHJKL"), (44, "ZXCVBNM"), (28, "\n"),
    ]
    return (end ? text + "\n" : text).utf8.flatMap { byte -> [InputEvent] in
      for (first, row) in rows {
        guard let index = Array(row.utf8).firstIndex(of: byte) else { continue }
        let key = first + UInt16(index)
        return [.key(key, .pressed), .reportEnds, .key(key, .released), .reportEnds]
      }
      return []
    }
  }

  /// Whether a descriptor of the device has something to read; takes it.
  private static func hears(_ descriptor: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var hasHeard = false
    while read(descriptor, &buffer, buffer.count) > 0 { hasHeard = true }
    return hasHeard
  }
}
