// Every key of stationd's configuration: the parser, the example file and the manual.
import Configuration
import GPIO
import StationCore
import StationProtocol

extension StationSettings {
  package static let table = ConfigurationTable([
    stationSection, accessPointSection, fireSection, inputsSection, relaySection, readerSection,
    entrySection, IssuerSettings.section, membersSection, occupancySection, counterSection,
    machineSection, articleSection, slotSection, screenSection, measurementsSection,
    thermometerSection, meterSection, clockSection, boardSection, brokerSection, storeSection,
  ])

  typealias Section = ConfigurationTable.Section
  typealias Key = ConfigurationTable.Key

  private static let stationSection = Section(
    "station", "Which station this is.",
    keys: [
      Key(
        "id",
        .word("1 to 48 of a-z, 0-9 and -, but not \"service\"") { StationID($0) != nil },
        .required(example: "rencheng-01"),
        "The station's name in the topic tree, which is its user name at the broker."),
      timeZoneKey,
    ])

  private static let clockSection = Section(
    "clock", "What is done while nobody vouches for the clock.",
    keys: [
      Key(
        "trust", .choice(ClockTrust.Policy.allCases.map(\.rawValue)), .standard("require"),
        "Whether codes are refused until the clock is synchronised (require), or judged by the "
          + "last time that was known (accept).")
    ])

  private static let boardSection = Section(
    "board", "Where the lines of the doors end.",
    keys: [
      Key(
        "kind", .choice(["gpio", "simulated"]), .standard("gpio"),
        "GPIO chips of this machine, or a simulated board."),
      Key(
        "socket", .path, .optional(example: "/run/worker-station-board/board.socket"),
        "Where the simulated board listens; for that board only."),
      Key(
        "settling-time", .duration(.milliseconds(1)...(.milliseconds(10))), .standard("5 ms"),
        "How long an input must stand still before its level counts. Pulses of 20 ms always do."),
      Key(
        "debounce", .choice(["software", "kernel"]), .standard("software"),
        "Who lets the inputs stand still: this program, which sees every edge and calls a line that "
          + "never rests a fault, or the kernel, where libgpiod 2 and the driver can: a line that "
          + "never rests then keeps its last level, and nobody is told."),
    ])

  private static let brokerSection = Section(
    "broker", "The MQTT broker. Its password is the credential mqtt-password.",
    keys: [
      Key("host", .text, .standard("127.0.0.1"), "Its name or address."),
      Key("port", .integer(1...65_535, unit: ""), .standard("1883"), "Its port."),
      Key(
        "credentials-directory", .path, .optional(example: "/etc/worker-station/credentials"),
        "Where mqtt-password lies if systemd does not place it."),
      Key(
        "longest-pause", .duration(.seconds(1)...(.seconds(600))), .standard("60 s"),
        "The longest pause between two attempts to connect."),
    ])

  /// The most is what a start can still check within the unit's time on a slow card, and what the
  /// memory holds that takes the place of a lost card.
  private static let storeSection = Section(
    "store", "The journal of what happened here.",
    keys: [
      Key(
        "path", .path, .standard("/var/lib/worker-station/station.sqlite"), "Its file."),
      Key(
        "most-records", .integer(10_000...500_000, unit: "records"), .standard("200000"),
        "How many may wait for the service before the oldest give way."),
    ])
}
