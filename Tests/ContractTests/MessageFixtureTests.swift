// Every message as the product reads and writes it, beside what asyncapi.yaml says of it.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite("Messages as fixtures")
struct MessageFixtureTests {
  @Test("a valid message is read, and written as it was", arguments: MessageKind.allCases)
  func valid(kind: MessageKind) throws {
    let table = try FixtureTable("messages/\(kind.rawValue)")
    #expect(table.valid.count >= 3)
    for fixture in table.valid {
      switch kind.roundTrip(fixture.input) {
      // What is not written in the one compact way has its compact form beside it.
      case .success(let bytes):
        let compact = fixture.outcome ?? fixture.text
        #expect(String(decoding: bytes, as: UTF8.self) == compact, "\(kind) \(fixture.name)")
      case .failure(let refusal): Issue.record("\(kind) \(fixture.name): \(refusal.text)")
      }
    }
  }

  @Test("an invalid message is refused in these very words", arguments: MessageKind.allCases)
  func invalid(kind: MessageKind) throws {
    var table = try FixtureTable("messages/\(kind.rawValue)")
    #expect(table.invalid.count >= 15)
    for fixture in table.invalid {
      switch kind.roundTrip(fixture.input) {
      case .success: Issue.record("\(kind) \(fixture.name) is taken for valid")
      case .failure(let refusal):
        let recorded = table.difference(refusal.text, of: fixture)
        #expect(recorded == nil, "\(kind) \(fixture.name): \(refusal.text)")
      }
    }
    try table.save()
  }

  @Test("every kind of message has a table, and no table is of none")
  func tables() throws {
    let kinds = MessageKind.allCases.map { "messages/\($0.rawValue)" }
    #expect(try FixtureTable.places("messages") == kinds.sorted())
  }

  @Test("asyncapi.yaml accepts each valid message and refuses each invalid one")
  func schemas() throws {
    let tables = try MessageKind.allCases.map { kind in
      (kind: kind, fixtures: try FixtureTable("messages/\(kind.rawValue)").fixtures)
    }
    let all = tables.flatMap { table in table.fixtures.map { (kind: table.kind, fixture: $0) } }
    let messages = all.map { kind, fixture in
      SentMessage(topic: kind.topic, payload: Data(fixture.input), takesMore: true)
    }
    for ((kind, fixture), verdict) in zip(all, try SentMessage.verdicts(messages)) {
      #expect(verdict.channel != nil, "\(kind) \(fixture.name) is in no channel")
      if fixture.isValid {
        #expect(verdict.fault == nil, "\(kind) \(fixture.name)")
      } else if fixture.beyondSchema != nil {
        #expect(
          verdict.fault == nil, "\(kind) \(fixture.name): a schema can express it after all")
      } else {
        #expect(verdict.fault != nil, "\(kind) \(fixture.name) is valid by its schema")
      }
    }
  }

  /// Every valid fixture as a line, sealed bodies without their escapes, and every record of those by
  /// itself.
  private static func texts() throws -> (lines: [Substring], records: [Substring]) {
    var all = ""
    for kind in MessageKind.allCases {
      for fixture in try FixtureTable("messages/\(kind.rawValue)").valid {
        all += "\(kind.rawValue) \(fixture.text.replacing("\\\"", with: "\""))\n"
      }
    }
    let lines = all.split(separator: "\n")
    let records = lines.filter { $0.hasPrefix("out ") }
      .flatMap { $0.split(separator: "{\"at\":") }
    return (lines, records)
  }

  private func expect(
    _ words: [String], _ member: String, in texts: [Substring], _ mark: String
  ) {
    for word in words {
      #expect(
        texts.contains { $0.contains(mark) && $0.contains("\"\(member)\":\"\(word)\"") },
        "\(mark) \(member) \(word)")
    }
  }

  @Test("every operation, and every word about commands, is in some valid fixture")
  func commandWords() throws {
    let (lines, records) = try Self.texts()
    let operations = Order.Kind.allCases.map(\.rawValue)
    expect(operations, "op", in: records, "\"command-accepted\"")
    expect(CommandOutcome.allCases.map(\.rawValue), "outcome", in: records, "\"command-ended\"")
    expect(OrderFault.allCases.map(\.rawValue), "fault", in: records, "\"command-ended\"")
    expect(CommandState.allCases.map(\.rawValue), "state", in: lines, "result ")
    expect(OrderFault.allCases.map(\.rawValue), "fault", in: lines, "result ")
    expect(TestedPart.allCases.map(\.rawValue), "part", in: lines, "result ")
    let bodies = lines.map { Substring($0.replacingOccurrences(of: "\\\"", with: "\"")) }
    expect(operations, "op", in: bodies, "command ")
    expect(LogLevel.allCases.map(\.rawValue), "level", in: bodies, "command ")
    expect(RelayHold.allCases.map(\.rawValue), "hold", in: bodies, "command ")
    expect(
      ConfigurationFault.allCases.map(\.rawValue), "fault", in: lines, "reported ")
  }

  @Test("every kind of record and every word of a closed list is in some valid fixture")
  func words() throws {
    let (lines, records) = try Self.texts()
    expect(StatusPayload.Reason.allCases.map(\.rawValue), "reason", in: lines, "status ")
    expect(DoorPayload.Lock.allCases.map(\.rawValue), "lock", in: lines, "door ")
    expect(DoorPayload.Command.allCases.map(\.rawValue), "command", in: lines, "door ")
    expect(DoorPayload.Door.allCases.map(\.rawValue), "door", in: lines, "door ")
    expect(DoorPayload.Secured.allCases.map(\.rawValue), "secured", in: lines, "door ")
    expect(DoorMode.allCases.map(\.rawValue), "mode", in: lines, "door ")
    expect(DoorPayload.DoorAlarm.allCases.map(\.rawValue), "alarm", in: lines, "door ")
    expect(Alarm.allCases.map(\.rawValue), "alarm", in: lines, "alarms ")
    expect(Record.Kind.allCases.map(\.rawValue), "kind", in: records, "kind")
    expect(Ending.allCases.map(\.rawValue), "after", in: records, "\"started\"")
    expect(Denial.allCases.map(\.rawValue), "reason", in: records, "\"entry-refused\"")
    expect(CodeFault.allCases.map(\.rawValue), "fault", in: records, "\"entry-refused\"")
    expect(
      MessageRefusal.allCases.map(\.rawValue), "reason", in: records, "\"messages-refused\"")
    let setbacks = SettingsSetback.allCases.map(\.rawValue)
    expect(setbacks, "cause", in: records, "\"settings-set-back\"")
    expect(setbacks, "cause", in: lines, "reported ")
    expect(OpenCause.allCases.map(\.rawValue), "cause", in: records, "\"door-opened\"")
    expect(LockCause.allCases.map(\.rawValue), "cause", in: records, "\"door-locked\"")
    expect(["card", "pin", "typed"], "with", in: records, "\"entry-granted\"")
    expect(["card", "pin", "typed"], "with", in: records, "\"entry-refused\"")
    expect(GrantNote.allCases.map(\.rawValue), "note", in: records, "\"entry-granted\"")
    expect(DoorMode.allCases.map(\.rawValue), "mode", in: records, "\"mode-changed\"")
    expect(ModeCause.allCases.map(\.rawValue), "cause", in: records, "\"mode-changed\"")
    expect(
      CorrectionCause.allCases.map(\.rawValue), "cause", in: records, "\"occupancy-corrected\"")
    expect(Relay.allCases.map(\.rawValue), "relay", in: records, "\"relay-switched\"")
    expect(RelayCause.allCases.map(\.rawValue), "cause", in: records, "\"relay-switched\"")
    expect(Quantity.allCases.map(\.rawValue), "quantity", in: records, "\"measured\"")
    expect(Quantity.allCases.map(\.rawValue), "quantity", in: lines, "sensors")
    expect(Passage.allCases.map(\.rawValue), "direction", in: records, "\"passage\"")
    expect(Alarm.allCases.map(\.rawValue), "alarm", in: records, "\"alarm-raised\"")
    expect(Alarm.allCases.map(\.rawValue), "alarm", in: records, "\"alarm-cleared\"")
    let refusals = ExchangeRefusal.allCases.map(\.rawValue)
    expect(refusals, "reason", in: records, "\"exchange-refused\"")
    expect(refusals, "reason", in: records, "\"refused\"")
    expect(refusals, "reason", in: lines, "reply ")
    expect(refusals, "stop", in: lines, "vending ")
    expect(ExchangeOutcome.Kind.allCases.map(\.rawValue), "outcome", in: records, "-ended")
    let faults = MachineFault.allCases.map(\.rawValue) + UnknownOutcome.allCases.map(\.rawValue)
    expect(faults, "reason", in: records, "-ended")
    let causes = faults + SlotWithdrawal.allCases.map(\.rawValue)
    expect(causes, "cause", in: records, "\"slot-quarantined\"")
    expect(causes, "quarantine", in: lines, "vending ")
    expect(GapReason.allCases.map(\.rawValue), "reason", in: records, "\"gap\"")
  }
}
