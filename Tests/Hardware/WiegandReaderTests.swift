// A card reader and keypad on two lines of the kernel's simulated chip.
import GPIO
import Linux
import TestBed
import Testing
import Time

@Suite("Wiegand on two lines")
final class WiegandLineTests {
  /// Cards that are shown at random.
  private static let cards = 20

  private let loop: EventLoop
  private let hand: WiegandHand
  private let reader: WiegandReader
  private let sim: GPIOSim
  private let counter = PulseCounter()
  private var told: [String] = []

  init() throws {
    loop = try EventLoop()
    sim = try GPIOSim()
    hand = try WiegandHand(sim, data0: 3, data1: 4)
    let wire = { [sim] (offset: UInt32) in
      LineWiring(chip: sim.device, offset: offset, isActiveLow: true)
    }
    reader = WiegandReader(
      loop: loop, data0: wire(3), data1: wire(4), gap: WiegandHand.gap,
      request: { [counter] (wiring) throws(SystemError) in
        CountedLine(try ChipLine(wiring, .pulses), counter)
      })
    reader.onShown = { [unowned self] in told.append("\($0)") }
    reader.onRefused = { [unowned self] fault, _ in told.append("refused: \(fault)") }
    reader.onConnection = { [unowned self] in told.append("\($0) \($1)") }
    reader.onChatter = { [unowned self] in told.append($0 ? "chatters" : "is quiet") }
    reader.start()
  }

  @Test("cards of 26 and 34 bits are read by the kernel's stamps, and damaged ones are refused")
  func cards() throws {
    let start = Clock.now
    try send(WiegandBits.card(26, 820_999))
    let took = Clock.now - start - WiegandHand.gap - .milliseconds(300)
    let milliseconds = took / .milliseconds(1)
    print("26 pulses took \(Int(milliseconds)) ms; readers take 5 to 520.")
    try send(WiegandBits.card(34, 0xDEAD_BEEF))
    var wrong = WiegandBits.card(26, 820_999)
    wrong[7].toggle()
    try send(wrong)
    try send(Array(WiegandBits.card(34, 0xDEAD_BEEF).dropLast()))
    try send(WiegandBits.card(26, 1))
    #expect(
      told == [
        "true ", "card(bits: 26, number: 820999)", "card(bits: 34, number: 3735928559)",
        "refused: a parity bit is wrong", "refused: 33 bits are neither a card's nor a key's",
        "card(bits: 26, number: 1)",
      ])
  }

  @Test("random cards of both widths are read right")
  func randomCards() throws {
    var numbers = Typist(seed: 7)
    var shown = ["true "]
    for index in 0..<Self.cards {
      let width = index.isMultiple(of: 2) ? 26 : 34
      let number = UInt64(numbers.number(in: 0...(1 << 24 - 1)))
      shown.append("card(bits: \(width), number: \(number))")
      try send(WiegandBits.card(width, number))
    }
    #expect(told == shown)
  }

  @Test("keys of four and of eight bits become a row of keys")
  func keys() throws {
    for (index, key) in "47*2580#".enumerated() {
      try send(WiegandBits.key(key, width: index.isMultiple(of: 2) ? 4 : 8))
    }
    #expect(told == ["true ", "keys(\"47*2580\")"])
  }

  @Test("pulses that nobody took in time are refused, and the next card is read")
  func late() throws {
    // The loop does not turn meanwhile: the kernel keeps 16 edges of a line.
    for bit in WiegandBits.card(34, 0) { try hand.pulse(bit) }
    try hand.rest(WiegandHand.gap * 2, on: loop)
    try send(WiegandBits.card(26, 77))
    #expect(told == ["true ", "refused: pulses were lost", "card(bits: 26, number: 77)"])
  }

  @Test("a storm is told of once, costs nothing, and is over when the wires are quiet")
  func storm() throws {
    let start = Clock.now
    var isOver = false
    func blow() {
      for index in 0..<6 { try? hand.pulse(index.isMultiple(of: 2)) }
      if Clock.now - start < .seconds(4) {
        loop.schedule(after: .zero) { blow() }
      } else {
        isOver = true
      }
    }
    blow()
    try loop.serve(until: "the end of the storm") { isOver }
    #expect(told.contains("chatters"))
    try loop.serve(until: "quiet") { [unowned self] in told.last == "is quiet" }
    told.removeAll { $0.hasPrefix("refused") }
    try send(WiegandBits.card(26, 5))
    #expect(told == ["true ", "chatters", "is quiet", "card(bits: 26, number: 5)"])
  }

  private func send(_ bits: [Bool]) throws {
    try hand.send(bits, on: loop, taken: { [counter] in counter.count })
  }
}

/// How many pulses a reader has taken from its lines.
private final class PulseCounter {
  var count = 0
}

/// A line of the kernel's whose edges are counted as they are taken.
private final class CountedLine: RequestedLine {
  private let line: ChipLine
  private let counter: PulseCounter

  init(_ line: ChipLine, _ counter: PulseCounter) {
    self.line = line
    self.counter = counter
  }

  var descriptor: Int32 { line.descriptor }
  var chip: String { line.chip }
  var isSettledByKernel: Bool { line.isSettledByKernel }
  func level() throws(SystemError) -> Bool { try line.level() }
  func drive(_ level: Bool) throws(SystemError) { try line.drive(level) }

  func takeEdges() throws(SystemError) -> [LineEdge] {
    let edges = try line.takeEdges()
    counter.count += edges.count
    return edges
  }
}
