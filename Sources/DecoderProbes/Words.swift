// What inputs are made of, told to the fuzzer so that it need not guess it letter by letter.
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
      "first", "records",
    ]
    let values =
      [Record.Kind.allCases.map(\.rawValue), Denial.allCases.map(\.rawValue)].flatMap { $0 }
      + [Ending.allCases.map(\.rawValue), OpenCause.allCases.map(\.rawValue)].flatMap { $0 }
      + [LockCause.allCases.map(\.rawValue), Passage.allCases.map(\.rawValue)].flatMap { $0 }
      + [Alarm.allCases.map(\.rawValue), GapReason.allCases.map(\.rawValue)].flatMap { $0 }
      + [CodeFault.allCases.map(\.rawValue), MessageRefusal.allCases.map(\.rawValue)].flatMap { $0 }
    return json + names.map { "\"\($0)\":" } + values.map { "\"\($0)\"" } + identifiers
  }()

  static let payloads: [String] = {
    let names = [
      "stream", "upto", "online", "boot", "connection", "reason", "at", "version", "accessPoints",
      "floor", "ceiling", "clockTrusted", "seq", "lock", "contact", "alarm", "inside", "in", "out",
      "stale", "active", "ap", "since",
    ]
    let values =
      StatusPayload.Reason.allCases.map(\.rawValue) + Alarm.allCases.map(\.rawValue)
      + DoorPayload.Lock.allCases.map(\.rawValue) + DoorPayload.Contact.allCases.map(\.rawValue)
      + DoorPayload.DoorAlarm.allCases.map(\.rawValue)
    return json + names.map { "\"\($0)\":" } + values.map { "\"\($0)\"" } + identifiers
  }()

  private static let identifiers = [
    "\"0123456789abcdef\"", "\"00112233445566778899aabbccddeeff\"", "\"m-1\"",
  ]

  static let topics = [
    "ws/v1/", "service/", "s-1/", "status ", "birth ", "state/", "door/", "occupancy ", "alarms ",
    "out ", "ack ", "!", "link\n", "unlink\n", "day\n",
  ]

  static let bodies = json + ["\"id\":", "\"label\":", "\"status\":", "\"en\":", "\"zh\":"]

  static let values = [" ms", " s", " min", " h", "gpiochip0:17", " active-low", " pull-up"]

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
          case .standard(let text), .required(let text), .optional(let text):
            "\(key.name) = \(text)\n"
          }
        }
    }
  }
}
