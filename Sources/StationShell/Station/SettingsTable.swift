// Every section of stationd's configuration: the parser, the example file and the manual.
import Configuration
import Issuers
import StationCore
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension StationSettings {
  package static let table = ConfigurationTable([
    .station, .accessPoint, .fire, .inputs, .relay, .reader, .entry, IssuerSettings.section,
    .members,
    .occupancy, .counter, .machine, ServiceKeys.article, ServiceKeys.slot, .screen, .measurements,
    .thermometer, .meter,
    .clock, .board, .broker, ServiceKeySettings.section, .commands, .store,
  ])
}

extension ConfigurationTable.Section {
  static let station = Self(
    "station", "The identity and the place of this station.",
    keys: [
      Key(
        "id",
        .word("1 to 48 of a-z, 0-9 and -, but not \"service\"") { StationID($0) != nil },
        .required(example: "rencheng-01"),
        "The station's name in the topic tree, which is its user name at the broker."),
      .timeZone,
    ])

  static let clock = Self(
    "clock", "Behaviour while the clock is not synchronised.",
    keys: [
      Key(
        "trust", .choice(ClockTrust.Policy.allCases.map(\.rawValue)), .standard("require"),
        "Whether codes are refused until the clock is synchronised (require), or judged by the "
          + "last time that was known (accept).")
    ])
}
