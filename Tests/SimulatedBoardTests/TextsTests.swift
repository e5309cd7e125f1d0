// Tests that the pages have words for everything that a station can say.
import Foundation
import ManagementCore
import StationProtocol
import Testing

@testable import SimulatedBoard

@Suite("Texts of the pages")
struct TextsTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

  private static func catalogue(_ language: String) throws -> [String: String] {
    let file = sources.appendingPathComponent("Texts/\(language).json")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: String])
  }

  /// Every key that a value of the protocol or of the board leads to.
  private static var needed: [String] {
    var keys = ["entry.granted", "entry.granted.advice", "entry.idle", "entry.idle.advice"]
    for word in Denial.allCases.map(\.rawValue) + ["unknown"] {
      keys += ["denial.\(word).title", "denial.\(word).advice"]
    }
    keys += Denial.allCases.map { "denial.\($0.rawValue).meaning" }
    keys += CodeFault.allCases.flatMap { ["fault.\($0.rawValue)", "fault.\($0.rawValue).meaning"] }
    keys += MessageRefusal.allCases.flatMap {
      ["message.\($0.rawValue)", "message.\($0.rawValue).meaning"]
    }
    for alarm in Alarm.allCases {
      keys += ["alarm.\(alarm.rawValue)", "alarm.\(alarm.rawValue).advice"]
    }
    keys += Record.Kind.allCases.filter(\.isEvent).map { "record.\($0.rawValue)" }
    keys += OpenCause.allCases.map { "cause.open.\($0.rawValue)" }
    keys += LockCause.allCases.map { "cause.lock.\($0.rawValue)" }
    keys += Passage.allCases.map { "passage.\($0.rawValue)" }
    keys += Ending.allCases.map { "ending.\($0.rawValue)" }
    keys += GapReason.allCases.flatMap { ["gap.\($0.rawValue)", "gap.\($0.rawValue).meaning"] }
    keys += DoorPayload.Command.allCases.map { "door.command.\($0.rawValue)" }
    keys += DoorPayload.Lock.allCases.map { "door.lock.\($0.rawValue)" }
    keys += DoorPayload.Door.allCases.map { "door.leaf.\($0.rawValue)" }
    keys += DoorPayload.Secured.allCases.map { "door.secured.\($0.rawValue)" }
    keys += DoorMode.allCases.map { "mode.\($0.rawValue)" }
    keys += ModeCause.allCases.map { "cause.mode.\($0.rawValue)" }
    keys += Credential.Kind.allCases.map { "credential.\($0.rawValue)" }
    keys += GrantNote.allCases.map { "note.\($0.rawValue)" }
    keys += CorrectionCause.allCases.map { "correction.\($0.rawValue)" }
    keys += Quantity.allCases.flatMap { ["quantity.\($0.rawValue)", "unit.\($0.rawValue)"] }
    keys += Relay.allCases.map { "relay.\($0.rawValue)" }
    keys += RelayCause.allCases.map { "cause.relay.\($0.rawValue)" }
    keys += DoorPayload.DoorAlarm.allCases.map { "door.alarm.\($0.rawValue)" }
    keys += RefusedInput.Source.allCases.map { "input.\($0.rawValue)" }
    keys += RefusedInput.Kind.allCases.map { "input.\($0.rawValue)" }
    keys += BoardRefusal.allCases.map { "board.refused.\($0.rawValue)" }
    keys += Board.ReaderRefusal.allCases.map { "board.refused.\($0.rawValue)" }
    keys += CodeDesk.Kind.allCases.map { "board.code.\($0.word)" }
    keys += WrongCode.allCases.map { "board.code.\($0.rawValue).what" }
    keys += ["awaited", "repeated", "none"].map { "board.answer.\($0)" }
    keys += (ColumnFault.allCases.map(\.rawValue) + ["none"]).map { "board.machine.fault.\($0)" }
    keys += (LineFault.allCases.map(\.rawValue) + ["none"]).map { "board.machine.line.\($0)" }
    keys += BoardModel.Way.allCases.map { "board.walk.\($0.rawValue)" }
    keys += RoomModel.switchable.map { "board.room.\($0.rawValue)" }
    return keys + neededOfPoints
  }

  /// The same of exchanges and of the ledger.
  private static var neededOfPoints: [String] {
    var keys = ExchangeRefusal.allCases.map { "exchange.refusal.\($0.rawValue).title" }
    keys += MachineFault.allCases.map { "machine.fault.\($0.rawValue)" }
    keys += OrderRefusal.allCases.map { "order.refusal.\($0.rawValue)" }
    keys += Discrepancy.Kind.allCases.flatMap {
      ["discrepancy.\($0.rawValue)", "discrepancy.\($0.rawValue).meaning"]
    }
    keys += Movement.Kind.allCases.map { "movement.\($0.rawValue)" }
    keys += Account.Kind.allCases.map { "account.\($0.rawValue)" }
    return keys
  }

  @Test("everything a station or the board can say has words", arguments: ["zh", "en"])
  func complete(language: String) throws {
    let catalogue = try Self.catalogue(language)
    for key in Self.needed { #expect(catalogue[key]?.isEmpty == false, "\(language): \(key)") }
  }

  @Test("every key that a page writes out has words")
  func used() throws {
    let catalogue = try Self.catalogue("zh")
    for folder in ["SimulatedBoard/Page", "ManagementShell/Web", "StationShell/Screen"] {
      let place = Self.sources.appendingPathComponent(folder).path
      for name in try FileManager.default.subpathsOfDirectory(atPath: place)
      where name.hasSuffix(".js") || name.hasSuffix(".html") {
        let text = try String(contentsOfFile: "\(place)/\(name)", encoding: .utf8)
        // A key is a quoted word of a known family: "board.walk.in" and its like.
        let keys = text.matches(
          of:
            /"((?:age|alarm|board|dashboard|denial|door|entry|events?|input|login|order|points|problem|screen|station|vending)\.[a-z.\-]+)"/
        ).map { String($0.output.1) }
        for key in keys where !key.hasSuffix(".js") && !key.hasSuffix(".css") {
          #expect(catalogue[key] != nil, "\(name): \(key)")
        }
      }
    }
  }
}
