// The two contract files by themselves: well formed, and with the product's own words and routes.
import Foundation
import ManagementCore
import StationProtocol
import TestBed
import Testing

@testable import ManagementShell

@Suite("Contract files")
struct ContractFileTests {
  @Test("the file is a good contract by the rules of its kind", arguments: Contract.allCases)
  func faults(contract: Contract) throws {
    #expect(try Checker.ask("faults", contract) == [])
  }

  /// Something that must not be in a contract: where, what stands there, what is planted.
  static let plants: [(Contract, String, String, finding: String)] = [
    (.messages, "asyncapi: 3.0.0", "asyncapi: 2.6.0", "not 3.0.0"),
    (.messages, "$ref: \"#/components/schemas/seq\"", "$ref: \"#/nowhere\"", "leads nowhere"),
    (.messages, "  sayBirth:\n    action: send", "  sayBirth:\n    action: shout", "no action"),
    (
      .messages, "channel: {$ref: \"#/channels/birth\"}", "channel: {$ref: \"#/channels/out\"}",
      "no operation uses it"
    ),
    (.messages, "maxLength: 512", "maxLenght: 512", "no keyword maxLenght"),
    (
      .messages, "type: integer\n      minimum: 1", "type: integre\n      minimum: 1",
      "no JSON Schema"
    ),
    (.messages, "reason: connected", "reason: bored", "its example"),
    (.messages, "{station}/birth", "{gate}/birth", "not those of its address"),
    (.messages, "    address: ws/v1/service/status\n", "", "lacks address"),
    (.messages, "    summary: Up to there", "    sumary: Up to there", "has no field sumary"),
    (.calls, "openapi: 3.1.0", "openapi: 3.0.3", "not 3.1"),
    (.calls, "$ref: \"#/components/responses/Conflict\"", "$ref: \"#/nowhere\"", "leads nowhere"),
    (.calls, "operationId: showStation", "operationId: showMember", "stands twice"),
    (.calls, "status: ok, broker: true", "status: ok, broker: 1", "its example"),
    (
      .calls, "        \"401\": {$ref: \"#/components/responses/Unauthorized\"}\n", "",
      "never answers 401"
    ),
    (.calls, "/api/v1/stations/{station}:", "/api/v1/stations/{gate}:", "not those of its path"),
    (.calls, "application/problem+json:", "application/json:", "is no problem detail"),
    (.calls, "minimum: 1\n      maximum: 4", "minimum: one\n      maximum: 4", "no JSON Schema"),
  ]

  @Test("a fault that is planted in a contract is found")
  func plants() throws {
    let folder = try WorkFolder()
    for (contract, text, planted, finding) in Self.plants {
      let original = try contract.text
      let place = try #require(original.range(of: text), "\(contract) has no \(text)")
      let name = try #require(contract.rawValue.split(separator: "/").last)
      let path = try folder.write(
        original.replacingCharacters(in: place, with: planted), to: "\(name)")
      let faults = try Checker.ask("faults", path)
      #expect(faults.contains { $0.contains(finding) }, "\(planted): \(faults)")
    }
  }

  @Test("every closed list in a contract is the product's own list, word for word")
  func words() throws {
    var messages = [
      "#/channels/doorState/parameters/accessPoint": (1...AccessPointID.most).map(String.init),
      "#/components/schemas/alarm": Alarm.allCases.map(\.rawValue),
      "#/components/schemas/quantity": Quantity.allCases.map(\.rawValue),
      "#/components/schemas/doorMode": DoorMode.allCases.map(\.rawValue),
      "#/components/schemas/grantNote": GrantNote.allCases.map(\.rawValue),
      "#/components/schemas/denial": Denial.allCases.map(\.rawValue),
      "#/components/schemas/codeFault": CodeFault.allCases.map(\.rawValue),
      "#/components/schemas/status/properties/reason": StatusPayload.Reason.allCases.map(
        \.rawValue),
    ]
    var calls = [
      "#/components/schemas/Alarm": Alarm.allCases.map(\.rawValue),
      "#/components/schemas/Quantity": Quantity.allCases.map(\.rawValue),
      "#/components/schemas/DoorMode": DoorMode.allCases.map(\.rawValue),
      "#/components/schemas/GrantNote": GrantNote.allCases.map(\.rawValue),
      "#/components/schemas/Denial": Denial.allCases.map(\.rawValue),
      "#/components/schemas/CodeFault": CodeFault.allCases.map(\.rawValue),
      "#/components/schemas/RefusedInput/properties/kind": RefusedInput.Kind.allCases.map(
        \.rawValue),
      "#/components/schemas/RefusedInput/properties/source": RefusedInput.Source.allCases.map(
        \.rawValue),
      "#/components/schemas/RecordKind": Record.Kind.allCases.filter(\.isEvent).map(\.rawValue),
      "#/components/schemas/StandingAlarm/properties/severity": Alarm.Severity.allCases.map(
        \.rawValue),
      "#/components/schemas/Rollout/properties/state": SettingsRollout.State.allCases.map(
        \.rawValue),
      "#/components/schemas/RolloutDecision/properties/decision": RolloutDecision.allCases.map(
        \.rawValue),
      "#/components/schemas/SettingsStanding/properties/standing":
        SettingsStanding.allCases.map(\.rawValue),
      "#/components/schemas/Step": MeasuredSeries.Step.allCases.map(\.rawValue),
      "#/components/schemas/MemberStatus": Member.Status.allCases.map(\.rawValue),
      "#/components/schemas/AccountKind": Account.Kind.allCases.map(\.rawValue),
      "#/components/schemas/MovementKind": Movement.Kind.allCases.map(\.rawValue),
      "#/components/schemas/OutcomeKind": ExchangeOutcome.Kind.allCases.map(\.rawValue),
      "#/components/schemas/ExchangeState": LedgerExchange.State.Kind.allCases.map(\.rawValue),
      "#/components/schemas/DiscrepancyKind": Discrepancy.Kind.allCases.map(\.rawValue),
      "#/components/schemas/OrderRefusal": OrderRefusal.allCases.map(\.rawValue),
      "#/components/schemas/OrderKind": Self.orderKinds,
      "#/components/schemas/AuditEntry/properties/action": AuditEntry.Action.allCases.map(
        \.rawValue),
      "#/components/schemas/Health/properties/status": ["ok", "degraded"],
      "#/components/schemas/Problem/properties/code": try Self.problemCodes(),
    ]
    Self.addSharedWords(&messages, &calls)
    for (member, words) in Self.doorWords {
      messages["#/components/schemas/doorState/properties/\(member)"] = words
      calls["#/components/schemas/Door/properties/\(member)"] = words
    }
    for (record, member, words) in Self.recordWords {
      messages["#/components/schemas/\(record)Record/properties/\(member)"] = words
      let capital = record.prefix(1).uppercased() + record.dropFirst()
      calls["#/components/schemas/\(capital)Record/properties/\(member)"] = words
    }
    #expect(try Self.words(.messages) == messages)
    #expect(try Self.words(.calls) == calls)
  }

  /// The schemas that both contracts have.
  private static func addSharedWords(
    _ messages: inout [String: [String]], _ calls: inout [String: [String]]
  ) {
    for (schema, words) in commandWords {
      messages["#/components/schemas/\(schema)"] = words
      guard schema != "commandState" else { continue }
      calls["#/components/schemas/\(schema.prefix(1).uppercased() + schema.dropFirst())"] = words
    }
    calls["#/components/schemas/Command/properties/state"] = CommandProgress.allCases.map(
      \.rawValue)
    for (schema, words) in exchangeWords {
      messages["#/components/schemas/\(schema)"] = words
      calls["#/components/schemas/\(schema.prefix(1).uppercased() + schema.dropFirst())"] = words
    }
  }

  private static let doorWords: [String: [String]] = [
    "lock": DoorPayload.Lock.allCases.map(\.rawValue),
    "command": DoorPayload.Command.allCases.map(\.rawValue),
    "door": DoorPayload.Door.allCases.map(\.rawValue),
    "secured": DoorPayload.Secured.allCases.map(\.rawValue),
    "alarm": DoorPayload.DoorAlarm.allCases.map(\.rawValue),
  ]

  /// Of the orders that may wait for a second person; a decision never does.
  private static let orderKinds = LedgerOrder.Kind.allCases
    .filter { $0 != .approve && $0 != .decline }.map(\.rawValue)

  private static let exchangeWords: [(schema: String, words: [String])] = [
    ("exchangeRefusal", ExchangeRefusal.allCases.map(\.rawValue)),
    ("machineFault", MachineFault.allCases.map(\.rawValue)),
    ("unknownOutcome", UnknownOutcome.allCases.map(\.rawValue)),
    ("slotFault", slotFaults + SlotWithdrawal.allCases.map(\.rawValue)),
  ]
  private static let slotFaults =
    MachineFault.allCases.map(\.rawValue) + UnknownOutcome.allCases.map(\.rawValue)

  private static let commandWords: [(schema: String, words: [String])] = [
    ("operation", Order.Kind.allCases.map(\.rawValue)),
    ("orderFault", OrderFault.allCases.map(\.rawValue)),
    ("testedPart", TestedPart.allCases.map(\.rawValue)),
    ("relay", Relay.allCases.map(\.rawValue)),
    ("relayHold", RelayHold.allCases.map(\.rawValue)),
    ("logLevel", LogLevel.allCases.map(\.rawValue)),
    ("commandState", CommandState.allCases.map(\.rawValue)),
    ("configurationFault", ConfigurationFault.allCases.map(\.rawValue)),
    ("settingsSetback", SettingsSetback.allCases.map(\.rawValue)),
  ]

  private static let recordWords: [(record: String, member: String, words: [String])] = [
    ("started", "after", Ending.allCases.map(\.rawValue)),
    ("messagesRefused", "reason", MessageRefusal.allCases.map(\.rawValue)),
    ("doorOpened", "cause", OpenCause.allCases.map(\.rawValue)),
    ("doorLocked", "cause", LockCause.allCases.map(\.rawValue)),
    ("entryGranted", "with", ["card", "pin", "typed"]),
    ("entryRefused", "with", ["card", "pin", "typed"]),
    ("modeChanged", "cause", ModeCause.allCases.map(\.rawValue)),
    ("passage", "direction", Passage.allCases.map(\.rawValue)),
    ("occupancyCorrected", "cause", CorrectionCause.allCases.map(\.rawValue)),
    ("relaySwitched", "relay", Relay.allCases.map(\.rawValue)),
    ("relaySwitched", "cause", RelayCause.allCases.map(\.rawValue)),
    ("exchangeEnded", "outcome", ExchangeOutcome.Kind.allCases.map(\.rawValue)),
    (
      "exchangeEnded", "reason",
      ExchangeRefusal.allCases.map(\.rawValue)
        + slotFaults.filter { ExchangeRefusal(rawValue: $0) == nil }
    ),
    ("commandEnded", "outcome", CommandOutcome.allCases.map(\.rawValue)),
    ("gap", "reason", GapReason.allCases.map(\.rawValue)),
  ]

  private static func words(_ contract: Contract) throws -> [String: [String]] {
    let answer = try Checker.ask("words", contract).joined()
    return try JSONDecoder().decode([String: [String]].self, from: Data(answer.utf8))
  }

  /// The codes that Problem.swift gives, in its order.
  private static func problemCodes() throws -> [String] {
    let source = try String(
      contentsOfFile: Checkout.file("Sources/ManagementShell/API/Problem.swift"), encoding: .utf8)
    return source.matches(of: #/code: "([a-z-]+)"/#).map { String($0.1) }
  }

  @Test(
    "every call of the service is in openapi.yaml, with its query and its body, and none beside")
  func routes() throws {
    let routes =
      ["GET /health"]
      + Endpoint.all.map { endpoint in
        let query = endpoint.query.map(\.rawValue).sorted()
        let body = endpoint.takesBody ? " with a body" : ""
        return "\(endpoint.method.rawValue) /api/v1\(endpoint.path) \(query)\(body)"
      }
    let operations = try CallOperation.all().map { operation in
      let path = operation.path.replacing(#/\{\w+\}/#, with: "*")
      guard path != "/health" else { return "\(operation.method) \(path)" }
      let body = operation.takesBody ? " with a body" : ""
      return "\(operation.method) \(path) \(operation.query)\(body)"
    }
    #expect(routes.sorted() == operations.sorted())
  }
}

/// An operation of openapi.yaml with the statuses that it may answer.
struct CallOperation: Decodable, Hashable {
  var method: String
  var path: String
  var operation: String
  var statuses: [Int]
  /// The names of the parameters of its query, sorted.
  var query: [String]
  var takesBody: Bool

  static func all() throws -> [CallOperation] {
    try Checker.ask("operations", .calls).map {
      try JSONDecoder().decode(CallOperation.self, from: Data($0.utf8))
    }
  }
}
