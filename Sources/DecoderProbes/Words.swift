// What inputs are made of, told to the fuzzer so that it need not guess it letter by letter.
import Configuration
import GPIO
import StationProtocol

enum Words {
  static let json = [
    "{", "}", "[", "]", ":", ",", "\"", "true", "false", "null", "-", "0", "1e9", "\\u0041",
    "\\ud83d\\ude00", "9007199254740992",
  ]

  static let records: [String] = {
    let names = [
      "at", "trusted", "kind", "ap", "member", "code", "boot", "after", "version", "reason",
      "cause", "direction", "inside", "count", "alarm", "by", "from", "to", "fault", "stream",
      "first", "records", "day", "mode", "note", "on", "relay", "tailgate", "with", "date", "in",
      "out", "turnBacks", "ambiguous", "tailgates", "refused", "underflows", "residual",
      "exitResets", "cycleResets", "seconds", "values", "sensor", "quantity", "mean", "least",
      "most", "used", "last", "reset",
    ]
    let values: [String] = [
      all(Record.Kind.self), all(Denial.self), all(Ending.self), all(OpenCause.self),
      all(LockCause.self), all(Passage.self), all(Alarm.self), all(GapReason.self),
      all(CodeFault.self), all(MessageRefusal.self), all(Credential.Kind.self),
      all(GrantNote.self), all(DoorMode.self), all(ModeCause.self), all(Relay.self),
      all(RelayCause.self), all(CorrectionCause.self), all(Quantity.self),
    ].flatMap { $0 }
    return json + names.map { "\"\($0)\":" } + values.map { "\"\($0)\"" } + identifiers
  }()

  private static func all<List: CaseIterable & RawRepresentable<String>>(
    _ list: List.Type
  ) -> [String] { List.allCases.map(\.rawValue) }

  static let payloads: [String] = {
    let names = [
      "stream", "upto", "online", "boot", "connection", "reason", "at", "version", "accessPoints",
      "floor", "ceiling", "clockTrusted", "seq", "command", "lock", "door", "secured", "mode",
      "alarm", "inside", "in", "out", "corrections", "refused", "capacity", "stale", "active", "ap",
      "since", "sensors", "sensor", "there", "readings", "quantity", "value", "batches", "conflict",
      "kept", "id", "op", "question", "reply", "balance", "code", "member", "codes", "credential",
      "left", "until", "certificate", "request", "proof", "serial", "nonce",
    ]
    let values: [String] = [
      all(StatusPayload.Reason.self), all(Alarm.self), all(DoorPayload.Command.self),
      all(DoorPayload.Lock.self), all(DoorPayload.Door.self), all(DoorPayload.Secured.self),
      all(DoorPayload.DoorAlarm.self), all(DoorMode.self), all(Quantity.self),
      all(IdentityReply.Kind.self),
    ].flatMap { $0 }
    return json + names.map { "\"\($0)\":" } + values.map { "\"\($0)\"" } + identifiers
  }()

  static let orders: [String] = {
    let names = [
      "body", "key", "signature", "id", "op", "ap", "seconds", "inside", "relay", "hold", "slot",
      "alarm", "level", "actor", "ttl", "nonce", "age", "state", "fault", "parts", "part", "well",
      "rev", "lockDown", "refused", "credential", "hash", "from", "until", "uses",
    ]
    let values: [String] = [
      all(Order.Kind.self), all(CommandState.self), all(OrderFault.self), all(TestedPart.self),
      all(RelayHold.self), all(Relay.self), all(LogLevel.self), all(ConfigurationFault.self),
    ].flatMap { $0 }
    return json + names.map { "\"\($0)\":" } + values.map { "\"\($0)\"" } + identifiers
      + ["\\\"", "{\\\""]
  }()

  private static let identifiers = [
    "\"0123456789abcdef\"", "\"00112233445566778899aabbccddeeff\"", "\"m-1\"",
  ]

  static let topics = [
    "ws/v1/", "service/", "s-1/", "status ", "birth ", "state/", "door/", "occupancy ", "climate ",
    "energy ",
    "alarms ",
    "vending ", "out ", "ack ", "req ", "rep ", "sample ", "cmd ", "cmd/result ", "config/desired ",
    "config/reported ", "identity ", "identity/reply ", "!", "link\n", "unlink\n", "day\n",
  ]

  static let bodies =
    json + [
      "\"id\":", "\"label\":", "\"status\":", "\"en\":", "\"zh\":", "\"lockDown\":", "\"reason\":",
    ]

  static let values = [
    " ms", " s", " min", " h", "gpiochip0:17", "pinctrl-bcm2711:", "DOOR-CONTACT", " active-low",
    " pull-up",
  ]

  static let board =
    ["hello ", "input ", "output ", "show ", " granted -\n", " refused ", " 0\n", " 1\n"]
    + BoardLine.Kind.allCases.map { "\($0.rawValue)-1" }

  static let keys = [
    "-----BEGIN ", "-----END ", "-----\n", "PUBLIC KEY", "PRIVATE KEY", "CERTIFICATE", "EC ",
    "ENCRYPTED ", "Proc-Type: 4,ENCRYPTED\n", "DEK-Info: ",
  ]

  /// Sections, keys and values that a daemon knows.
  static func configuration(_ table: ConfigurationTable) -> [String] {
    table.sections.flatMap { section -> [String] in
      let title: String
      switch section.occurrence {
      case .single: title = "[\(section.name)]\n"
      case .repeated(_, let example, _): title = "[\(section.name) \(example)]\n"
      }
      return [title]
        + section.keys.map { key in
          switch key.presence {
          case .standard(let text), .required(let text), .optional(let text), .usual(let text):
            "\(key.name) = \(text)\n"
          }
        }
    }
  }
}
