// What a station's log says of refusals and alarms.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Records in the log")
final class RecordLogTests {
  private var lines: [String] = []
  private lazy var log = RecordLog { [unowned self] in lines.append("\($0.rawValue) \($1)") }
  private let door = AccessPointID(1)!
  private let digest = CodeDigest(bytes: [UInt8](repeating: 0xAB, count: 32))
  private let start = Instant(nanoseconds: 100_000_000_000)

  @Test("a refusal says where, what and why, an alarm where it stands, and nobody is named")
  func words() throws {
    let member = try #require(MemberID("m-1"))
    let slot = try #require(SlotID(3))
    let records: [Record.Body] = [
      .entry(.refused(door, reason: .expired, member: member, .code(digest))),
      .entry(.refused(door, reason: .malformed, fault: .noise, member: nil, .code(digest))),
      .entry(.refused(door, reason: .wrongPIN, member: nil, .pin)),
      .entry(.refusalsCounted(door, count: 31)),
      .exchange(.refused(slot, reason: .replayed, member: member, code: digest)),
      .exchange(.refusalsCounted(4)),
      .alarm(.raised(.forcedOpen, door)),
      .alarm(.cleared(.forcedOpen, door)),
      .alarm(.raised(.storeLost, nil)),
      .door(.closed(door)), .door(.exitRequested(door)),
    ]
    for record in records { log.note(record, at: start) }
    #expect(
      lines == [
        "5 access point 1: code refused: expired",
        "5 access point 1: code refused: malformed, noise",
        "5 access point 1: pin refused: wrong-pin",
        "5 access point 1: 31 more were refused",
        "5 exchange machine, slot 3: refused: replayed",
        "5 exchange machine: 4 more were refused",
        "4 alarm raised: forced-open at access point 1",
        "5 alarm cleared: forced-open at access point 1",
        "4 alarm raised: store-lost",
      ])
  }

  @Test("a flood of refusals leaves twenty lines a minute and its number, and hides no alarm")
  func flood() {
    for second in 0..<59 {
      log.note(
        .entry(.refused(door, reason: .unknownCard, member: nil, .card(digest))),
        at: start + .seconds(second))
    }
    log.note(.alarm(.raised(.tamper, door)), at: start + .seconds(59))
    #expect(lines.count == 21)
    #expect(lines.last == "4 alarm raised: tamper at access point 1")
    log.note(.entry(.refusalsCounted(door, count: 9)), at: start + .seconds(60))
    #expect(
      lines.suffix(2) == [
        "4 39 more lines about refusals were left out",
        "5 access point 1: 9 more were refused",
      ])
  }

  @Test("a station's own log has the refused card and the alarm of a forced door")
  func daemon() throws {
    let bench = try DaemonBench()
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1", "input exit-1 0")
    board.say("card 1 26 7")
    try Deadline.wait(until: "the refusal: \(daemon.log)") {
      daemon.log.contains("access point 1: card refused: unknown-card\n")
    }
    board.say("input contact-1 0")
    try Deadline.wait(until: "the alarm: \(daemon.log)") {
      daemon.log.contains("alarm raised: forced-open at access point 1\n")
    }
    #expect(try daemon.stop() == 0)
  }
}
