// The frames of a channel board, byte by byte, and what comes between them.
import StationCore
import StationProtocol
import Testing

@testable import StationShell

@Suite("Channel frames")
struct ChannelFrameTests {
  static func reply(
    _ status: UInt8, serial: UInt8 = 7, type: UInt8 = 0x70, column: UInt8 = 3
  ) -> [UInt8] {
    summed([0xEE, status, serial, type, column, 0, 0])
  }

  /// A frame with the byte that sums it up.
  private static func summed(_ bytes: [UInt8]) -> [UInt8] {
    var sum: UInt8 = 0
    for byte in bytes { sum ^= byte }
    return bytes + [sum]
  }

  @Test("an order has its eight bytes, and the last one sums up the seven before")
  func orders() throws {
    let slot = try #require(SlotID(80))
    // The sums are counted by hand.
    let dispense: [UInt8] = [0xED, 8, 255, 0x70, 80, 0, 0, 0x3A]
    let check: [UInt8] = [0xED, 8, 0, 0x72, 80, 0, 0, 0xC7]
    #expect(ChannelOrder.dispense(slot, serial: 255).bytes == dispense)
    #expect(ChannelOrder.check(slot).bytes == check)
  }

  @Test("an answer says its status and which order it answers")
  func answer() throws {
    let reply = try ChannelReply(Self.reply(0xB3))
    #expect(reply.status.rawValue == 0xB3)
    let slot = try #require(SlotID(3))
    #expect(reply.order == ChannelOrder.dispense(slot, serial: 7))
    // The data bytes are the board's own.
    let noted = Self.summed([0xEE, 0, 0, 0x72, 1, 9, 8])
    #expect(try ChannelReply(noted).order.kind == .check)
  }

  @Test("what is no answer is refused with what is wrong about it")
  func faults() {
    #expect(throws: ChannelReply.Fault.wrongLength(7)) {
      try ChannelReply(Self.reply(0).dropLast())
    }
    #expect(throws: ChannelReply.Fault.wrongHead(0xED)) {
      try ChannelReply([0xED] + Self.reply(0).dropFirst())
    }
    #expect(throws: ChannelReply.Fault.wrongSum) {
      try ChannelReply(Self.reply(0).dropLast() + [0])
    }
    #expect(throws: ChannelReply.Fault.unknownType(0x71)) {
      try ChannelReply(Self.reply(0, type: 0x71))
    }
    for column: UInt8 in [0, 81, 255] {
      #expect(throws: ChannelReply.Fault.noSuchColumn(column)) {
        try ChannelReply(Self.reply(0, column: column))
      }
    }
  }

  @Test("answers come out whole, however the bytes come and whatever is between them")
  func stream() throws {
    let one = Self.reply(2)
    let other = Self.reply(0, serial: 0xEE)
    let expected = try [ChannelReply(one), ChannelReply(other), ChannelReply(one)]
    // A head inside the noise, and the first half of an answer that was never ended.
    let bytes = [0, 0xEE, 5] + one + other + one.prefix(4) + one
    for size in 1...bytes.count {
      var replies = ChannelReplies()
      var readings: [ChannelReplies.Reading] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        readings += replies.receive(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(
        readings.filter { if case .reply = $0 { true } else { false } }
          == expected.map { .reply($0) })
      #expect(!replies.isAmidst)
    }
  }

  @Test("a run of noise is told of once, a wrong sum as what it is")
  func noise() {
    var replies = ChannelReplies()
    #expect(replies.receive([1, 2, 3]) == [.noise])
    #expect(replies.receive([4]) == [])
    let wrong = Self.reply(0).dropLast() + [1]
    #expect(replies.receive(wrong) == [.unusable(.wrongSum)])
    #expect(replies.receive([0xEE]) == [])
    #expect(replies.isAmidst)
  }

  private static let turns: [(ChannelStatus, MachineReport)] = [
    ([], .dropped(fault: nil)), (.busy, .busy), ([.busy, .dropSensorFaulty], .busy),
    (.failed, .failed(.failed)), ([.failed, .notHome], .failed(.notHome)),
    ([.failed, .didNotTurn], .failed(.didNotTurn)),
    (.didNotReturn, .dropped(fault: .didNotReturn)),
    ([.failed, .didNotReturn], .failed(.didNotReturn)),
    ([.failed, .dropNotSeen], .failed(.dropNotSeen)), (.dropNotSeen, .failed(.dropNotSeen)),
    ([.didNotReturn, .dropNotSeen], .failed(.dropNotSeen)),
    (.dropSensorFaulty, .failed(.dropSensorFaulty)),
    (ChannelStatus(rawValue: 0x40), .failed(.failed)),
  ]

  @Test("a member pays for a drop against which no bit speaks", arguments: turns)
  func turn(_ status: ChannelStatus, _ report: MachineReport) {
    #expect(status.ofTurn == report)
  }

  @Test("a check tells what is wrong with the slot and with the machine, each by its bit")
  func check() {
    #expect(ChannelStatus([]).ofCheck == .resting([]))
    #expect(ChannelStatus.busy.ofCheck == .busy)
    #expect(ChannelStatus.notHome.ofCheck == .resting([.notHome]))
    let both: ChannelStatus = [.notHome, .dropSensorFaulty]
    #expect(both.ofCheck == .resting([.dropSensorFaulty, .notHome]))
    // A check says nothing of the last turn's faults.
    #expect(ChannelStatus([.failed, .dropNotSeen]).ofCheck == .resting([]))
  }
}
