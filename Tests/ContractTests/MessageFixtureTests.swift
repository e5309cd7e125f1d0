// Every message as the product reads and writes it, beside what asyncapi.yaml says of it.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite("Messages as fixtures")
struct MessageFixtureTests {
  @Test("a valid message is read, and written as it was", arguments: MessageKind.allCases)
  func valid(kind: MessageKind) throws {
    let names = try Fixtures.names("messages/\(kind.rawValue)/valid", ending: ".json")
    #expect(names.count >= 3)
    for name in names {
      let place = "messages/\(kind.rawValue)/valid/\(name)"
      let text = try Fixtures.bytes("\(place).json")
      // What is not written in the one compact way has its compact form beside it.
      let compact = try Fixtures.line("\(place).compact") ?? Fixtures.line("\(place).json")
      switch kind.roundTrip(text) {
      case .success(let bytes):
        #expect(String(decoding: bytes, as: UTF8.self) == compact, "\(place)")
      case .failure(let refusal): Issue.record("\(place): \(refusal.text)")
      }
    }
  }

  @Test("an invalid message is refused in these very words", arguments: MessageKind.allCases)
  func invalid(kind: MessageKind) throws {
    let names = try Fixtures.names("messages/\(kind.rawValue)/invalid", ending: ".json")
    #expect(names.count >= 20)
    for name in names {
      let place = "messages/\(kind.rawValue)/invalid/\(name)"
      switch kind.roundTrip(try Fixtures.bytes("\(place).json")) {
      case .success: Issue.record("\(place) is taken for valid")
      case .failure(let refusal):
        let recorded = try Fixtures.difference(refusal.text, recorded: "\(place).txt")
        #expect(recorded == nil, "\(place): \(refusal.text)")
      }
    }
  }

  @Test("no text lies beside a fixture that is not there", arguments: MessageKind.allCases)
  func strays(kind: MessageKind) throws {
    for (folder, ending) in [("valid", ".compact"), ("invalid", ".txt")] {
      let place = "messages/\(kind.rawValue)/\(folder)"
      let fixtures = Set(try Fixtures.names(place, ending: ".json"))
      let strays = try Fixtures.names(place, ending: ending).filter { !fixtures.contains($0) }
      #expect(strays.isEmpty)
      let files = try FileManager.default.contentsOfDirectory(atPath: "\(Fixtures.root)/\(place)")
      #expect(files.allSatisfy { $0.hasSuffix(".json") || $0.hasSuffix(ending) })
    }
  }

  @Test("asyncapi.yaml accepts each valid message and refuses each invalid one")
  func schemas() throws {
    var messages: [SentMessage] = []
    var places: [(kind: MessageKind, name: String, isValid: Bool)] = []
    for kind in MessageKind.allCases {
      for folder in ["valid", "invalid"] {
        let place = "messages/\(kind.rawValue)/\(folder)"
        for name in try Fixtures.names(place, ending: ".json") {
          let bytes = try Fixtures.bytes("\(place)/\(name).json")
          messages.append(
            SentMessage(topic: kind.topic, payload: Data(bytes), takesMore: true))
          places.append((kind, name, folder == "valid"))
        }
      }
    }
    var beyond = try Fixtures.exceptions("messages/beyond-schema.txt")
    for (place, verdict) in zip(places, try SentMessage.verdicts(messages)) {
      let name = "\(place.kind.rawValue)/\(place.name)"
      #expect(verdict.channel != nil, "\(name) is in no channel")
      if place.isValid {
        #expect(verdict.fault == nil, "\(name)")
      } else if beyond.removeValue(forKey: name) != nil {
        #expect(verdict.fault == nil, "\(name): a schema can express it after all")
      } else {
        #expect(verdict.fault != nil, "\(name) is valid by its schema")
      }
    }
    #expect(beyond.isEmpty, "no fixtures of these names")
  }

  @Test("every kind of record and every word of a closed list is in some valid fixture")
  func words() throws {
    var all = ""
    for kind in MessageKind.allCases {
      let place = "messages/\(kind.rawValue)/valid"
      for name in try Fixtures.names(place, ending: ".json") {
        all += "\(kind.rawValue) " + (try Fixtures.line("\(place)/\(name).json") ?? "") + "\n"
      }
    }
    let records = all.split(separator: "\n").filter { $0.hasPrefix("out ") }
      .flatMap { $0.split(separator: "{\"at\":") }
    func expect(_ words: [String], _ member: String, in texts: [Substring], _ mark: String) {
      for word in words {
        #expect(
          texts.contains { $0.contains(mark) && $0.contains("\"\(member)\":\"\(word)\"") },
          "\(mark) \(member) \(word)")
      }
    }
    let lines = all.split(separator: "\n")
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
    expect(OpenCause.allCases.map(\.rawValue), "cause", in: records, "\"door-opened\"")
    expect(LockCause.allCases.map(\.rawValue), "cause", in: records, "\"door-locked\"")
    expect(["card", "pin"], "with", in: records, "\"entry-granted\"")
    expect(["card", "pin"], "with", in: records, "\"entry-refused\"")
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
    expect(faults, "cause", in: records, "\"slot-quarantined\"")
    expect(faults, "quarantine", in: lines, "vending ")
    expect(GapReason.allCases.map(\.rawValue), "reason", in: records, "\"gap\"")
  }
}
