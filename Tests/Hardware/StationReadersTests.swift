// An installed station that opens its door to a scanner and to a card.
import Foundation
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing
import Time
import Twins

@Suite("Readers of an installed station")
struct StationReadersTests {
  @Test("a member code typed by a scanner opens the door, and only the daemon may hear it")
  func keyboard() throws {
    let sim = try GPIOSim()
    try sim.pull(1, up: true)
    let key = SigningKey.generate()
    try InstalledStation.install(
      String(decoding: key.publicPEM, as: UTF8.self), as: "issuer-keys/hardware.pem")
    let keyboard = try VirtualKeyboard(
      name: "Test scanner", vendor: 0x1EAB, product: 0x8003, port: "test-1")
    let station = try InstalledStation(
      """
      [access-point 1]
      access-time = 60 s
      held-open-time = 90 s
      extended-access-time = 60 s
      extended-held-open-time = 90 s
      strike-line = \(sim.chip):0
      contact-line = \(sim.chip):1
      [reader street]
      kind = hid
      usb = 1eab:8003
      idle-gap = 2 s
      """)
    try station.start()
    try Deadline.wait(until: "the scanner to be found: \(station.log)") {
      station.log.contains("reader street is there")
    }
    let node = try FileManager.default.attributesOfItem(atPath: keyboard.path)
    #expect(node[.groupOwnerAccountName] as? String == "stationd")
    #expect(node[.posixPermissions] as? Int == 0o660)
    #expect(try !sim.isHigh(0))
    let member = try #require(MemberID("m-1"))
    let code = Array(try CodeIssuer(key).issue(member, life: .seconds(110), at: Clock.wall).utf8)
    var typist = Typist(seed: 3)
    // Half of a code opens nothing.
    try Self.show(code.prefix(code.count / 2), keyboard, &typist)
    try Deadline.wait(until: "the refusal") { try station.records().contains("entry-refused") }
    #expect(try !sim.isHigh(0))
    try Self.show(code[...], keyboard, &typist)
    try Deadline.wait(until: "the record: \(station.log)") {
      try station.records().contains("entry-granted")
    }
    #expect(!station.log.contains(String(decoding: code, as: UTF8.self)))
    try Deadline.wait(until: "the strike") { try sim.isHigh(0) }
  }

  @Test("a card of the member list opens the door over two lines, another one does not")
  func card() throws {
    let sim = try GPIOSim()
    try sim.pull(1, up: true)
    try InstalledStation.install("[member m-1]\ncard = 26:12:34567\n", as: "members.ini")
    let hand = try WiegandHand(sim, data0: 2, data1: 3)
    let station = try InstalledStation(
      """
      [access-point 1]
      access-time = 60 s
      held-open-time = 90 s
      extended-access-time = 60 s
      extended-held-open-time = 90 s
      strike-line = \(sim.chip):0
      contact-line = \(sim.chip):1
      [members]
      list = /etc/worker-station/members.ini
      [reader street]
      kind = wiegand
      data0-line = \(sim.chip):2 active-low
      data1-line = \(sim.chip):3 active-low
      frame-gap = 1 s
      """)
    try station.start()
    try Deadline.wait(until: "the reader: \(station.log)") {
      station.log.contains("reader street is there")
    }
    let loop = try EventLoop()
    try hand.send(WiegandBits.card(26, 1), on: loop)
    try Deadline.wait(until: "the refusal") { try station.records().contains("entry-refused") }
    #expect(try !sim.isHigh(0))
    try hand.send(WiegandBits.card(26, 820_999), on: loop)
    try Deadline.wait(until: "the strike") { try sim.isHigh(0) }
    try Deadline.wait(until: "the record") { try station.records().contains("entry-granted") }
    #expect(!station.log.contains("34567") && !station.log.contains("820999"))
  }

  /// Types a code with its end, a report every 25 ms: the kernel keeps 32 of them, and this machine
  /// may not turn to the daemon for longer than those of a scanner, every 8 ms, would take.
  private static func show(
    _ code: ArraySlice<UInt8>, _ keyboard: VirtualKeyboard, _ typist: inout Typist
  ) throws {
    var next = Clock.now
    for event in code.flatMap({ typist.keys(for: $0) }) + typist.end() {
      try keyboard.type([event])
      guard event == .reportEnds else { continue }
      next = next + .milliseconds(25)
      Clock.rest(until: next)
    }
  }
}
