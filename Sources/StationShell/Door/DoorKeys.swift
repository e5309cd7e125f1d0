// The keys of a door: its times, its lock, its wires.
import Configuration
import GPIO
import StationCore
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let accessPoint = Self(
    "access-point",
    "A way in. The lines are those of this machine's GPIO chips; a simulated board has its own. A "
      + "chip is its device or its label, and a line its number on the chip or its name, which alone "
      + "is enough where one chip has it.",
    .repeated(argument: "number from 1 to 4", example: "1") {
      Int($0).flatMap { AccessPointID($0) }?.description == $0
    },
    isUsual: true,
    keys: doorTimes + doorParts + [.program] + BoardLine.Kind.ofAccessPoint.map(Key.line))

  private static let doorTimes = [
    Key(
      "access-time", .duration(.milliseconds(500)...(.seconds(60))), .standard("5 s"),
      "How long a grant releases the strike at most."),
    Key(
      "extended-access-time", .duration(.milliseconds(500)...(.seconds(120))), .standard("15 s"),
      "The same for members who need more time; never shorter than access-time."),
    Key(
      "exit-time", .duration(.milliseconds(500)...(.seconds(120))), .optional(example: "30 s"),
      "How long the exit button releases the strike at most; without it 30 s for a fail-safe lock "
        + "and 5 s for a fail-secure one."),
    Key(
      "exit-drives-strike", .boolean, .standard("yes"),
      "Whether the exit button also releases the strike through this machine. Its own circuit or "
        + "the handle opens the door without it."),
    Key(
      "held-open-time", .duration(.seconds(1)...(.seconds(3600))), .standard("30 s"),
      "How long the door may stand open before it is an alarm."),
    Key(
      "extended-held-open-time", .duration(.seconds(1)...(.seconds(3600))), .standard("60 s"),
      "The same after a member who needs more time; never shorter than held-open-time."),
    Key(
      "held-open-warning", .duration(.seconds(0)...(.seconds(3600))), .standard("10 s"),
      "How long before that alarm whoever stands at the door is asked to close it; 0 s for never, and "
        + "so where it is not shorter than held-open-time."),
  ]

  private static let doorParts = [
    Key(
      "lock", .choice(DoorLock.Kind.allCases.map(\.rawValue)), .standard("fail-secure"),
      "A strike that current opens (fail-secure), or a magnet that current holds (fail-safe). When "
        + "this program ends, however it ends, the relay is left without power: on its normally open "
        + "contact a fail-safe lock then releases the door, and a fail-secure one locks it from "
        + "outside while the handle opens it from inside."),
    Key(
      "lock-rating", .choice(["continuous", "pulse"]), .standard("continuous"),
      "Whether the lock can stay released for ever, or its coil bears current in pulses only."),
    Key(
      "longest-pulse", .duration(.milliseconds(50)...(.seconds(60))), .standard("1 s"),
      "How long the coil of a lock that is rated for pulses bears current; it then rests as long. A "
        + "thread of its own ends each pulse, also where the program hangs; where the whole process "
        + "is stopped systemd's watchdog does, after two seconds at the earliest: a coil that bears "
        + "less needs a timer relay before it."),
    Key(
      "strike-contact", .choice(StrikeWiring.Contact.allCases.map(\.rawValue)),
      .standard("normally-open"),
      "The relay's contact through which the lock's current flows. A magnet on the normally closed "
        + "one holds while this machine is off; its exit button must then cut its current itself."),
    Key(
      "egress", .choice(["handle", "button-circuit"]), .standard("handle"),
      "How people get out when this machine is off: by a handle that opens the door from inside, or "
        + "by a button that cuts the lock's current itself. To be said openly for a magnet on the "
        + "normally closed contact, which holds the door shut then."),
    Key(
      "contact-fault-after", .integer(2...1000, unit: "grants"), .standard("10"),
      "So many unused grants in a row without a movement of the door make its contact suspect."),
  ]
}
