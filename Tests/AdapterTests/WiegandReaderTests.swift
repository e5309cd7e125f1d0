// A Wiegand reader on a loop, its two lines played by a bench.
import GPIO
import Linux
import TestBed
import Testing
import Time

@Suite("Wiegand reader")
final class WiegandReaderTests {
  let loop: EventLoop
  let reader: WiegandReader
  let bench = Bench()
  var told: [String] = []
  /// When the last pulse that was sent came.
  var latest = Clock.now

  init() throws {
    loop = try EventLoop()
    reader = WiegandReader(
      loop: loop, data0: LineWiring(chip: "/dev/gpiochip0", offset: 0),
      data1: LineWiring(chip: "/dev/gpiochip0", offset: 1), gap: .milliseconds(40),
      patience: .seconds(10), pause: .milliseconds(30),
      request: { [bench] (wiring) throws(SystemError) in
        try bench.request(wiring, .pulses)
      })
    reader.onShown = { [unowned self] in told.append("\($0)") }
    reader.onRefused = { [unowned self] fault, _ in told.append("refused: \(fault)") }
    reader.onConnection = { [unowned self] in told.append("\($0) \($1)") }
    reader.onChatter = { [unowned self] in told.append($0 ? "chatters" : "is quiet") }
  }

  @Test("a card and a row of keys are told, whichever line is read first")
  func shown() throws {
    reader.start()
    try send(WiegandBits.card(26, 820_999))
    try serve(until: 2)
    try send(WiegandBits.card(34, 0x5A5A_5A5A))
    try serve(until: 3)
    for (key, width) in [("1", 4), ("2", 8), ("*", 4), ("3", 8), ("#", 4)] {
      try send(WiegandBits.key(Character(key), width: width))
    }
    try serve(until: 4)
    #expect(
      told == [
        "true ", "card(bits: 26, number: 820999)", "card(bits: 34, number: 1515870810)",
        "keys(\"12*3\")",
      ])
  }

  @Test("a frame with a wrong bit, one too few, and one of a full queue are refused")
  func refused() throws {
    reader.start()
    var wrong = WiegandBits.card(26, 820_999)
    wrong[5].toggle()
    try send(wrong)
    try serve(until: 2)
    try send(Array(WiegandBits.card(26, 820_999).dropLast()))
    try serve(until: 3)
    try send(Array(repeating: false, count: 16) + Array(repeating: true, count: 10), atOnce: 26)
    try serve(until: 4)
    #expect(
      told == [
        "true ", "refused: a parity bit is wrong",
        "refused: 25 bits are neither a card's nor a key's", "refused: pulses were lost",
      ])
  }

  @Test("lines that cannot be had are told of once and requested again, and a lost one as well")
  func connection() throws {
    bench.missing = [1]
    reader.start()
    let later = Clock.now + .milliseconds(100)
    try loop.serve(until: "more attempts") { Clock.now > later }
    #expect(told == ["false cannot request line 1: gone"])
    #expect(bench.lines[0]?.line == nil)
    bench.missing = []
    try serve(until: 2)
    #expect(told.last == "true ")
    reader.stop()
    #expect(bench.lines.values.allSatisfy { $0.line == nil })
  }

  @Test("wires that chatter are told of, not waited for, and believed when they are quiet")
  func chatter() throws {
    reader.start()
    let start = Clock.now
    for index in 0..<401 {
      try bench.edge(0, to: true, at: start + .microseconds(Int64(index) * 200 - 100_000))
    }
    try serve(until: 2)
    try bench.edge(1, to: true)
    try serve(until: 3)
    #expect(Clock.now - start >= .seconds(1))
    try send(WiegandBits.key("#"))
    try send(WiegandBits.key("7"))
    try send(WiegandBits.key("#"))
    try serve(until: 4)
    #expect(told == ["true ", "chatters", "is quiet", "keys(\"7\")"])
  }

  private func serve(until count: Int) throws {
    try loop.serve(until: "\(count) things told") { [unowned self] in told.count >= count }
  }

  /// A frame, one pulse every 200 µs.
  /// - Parameter most: so many pulses the loop finds at once.
  private func send(_ bits: [Bool], atOnce most: Int = 12) throws {
    let start = max(latest, Clock.now) + .milliseconds(45)
    for (index, bit) in bits.enumerated() {
      latest = start + .microseconds(200) * index
      try bench.edge(bit ? 1 : 0, to: true, at: latest)
      guard (index + 1).isMultiple(of: most) else { continue }
      var hasTurned = false
      loop.schedule(after: .zero) { hasTurned = true }
      try loop.serve(until: "a turn") { hasTurned }
    }
  }
}
