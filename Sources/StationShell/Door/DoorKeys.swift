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
      ServiceKeys.accessPoint($0) != nil
    },
    isUsual: true,
    keys: doorTimes + doorParts + ServiceKeys.accessPoint
      + BoardLine.Kind.wired(.accessPoint).map { Key.line($0) })

  private static let doorTimes = [
    Key(
      "access-time", .duration(.milliseconds(500)...(.seconds(60))), .standard("5 s"),
      "The longest time for which a grant releases the strike."),
    Key(
      "extended-access-time", .duration(.milliseconds(500)...(.seconds(120))), .standard("15 s"),
      "The access time of members who need more time; at least access-time."),
    Key(
      "exit-time", .duration(.milliseconds(500)...(.seconds(120))), .optional(example: "30 s"),
      "The longest time for which the exit button releases the strike; without this key 30 s for "
        + "a fail-safe lock and 5 s for a fail-secure one."),
    Key(
      "exit-drives-strike", .boolean, .standard("yes"),
      "Whether the exit button also releases the strike through this machine. Its own circuit or "
        + "the handle opens the door without it."),
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
      "The longest time for which the coil of a pulse-rated lock tolerates current; a rest of "
        + "the same length follows. A thread of its own ends each pulse, even if the program "
        + "hangs. If the whole process is stopped, systemd's watchdog ends the pulse after two "
        + "seconds at the earliest: a coil that tolerates less needs a timer relay in front of "
        + "it."),
    Key(
      "strike-contact", .choice(StrikeWiring.Contact.allCases.map(\.rawValue)),
      .standard("normally-open"),
      "The relay contact that carries the lock's current. A magnetic lock on the normally closed "
        + "contact stays locked while this computer is off; its exit button must then cut the "
        + "magnet's current itself."),
    Key(
      "egress", .choice(["handle", "button-circuit"]), .standard("handle"),
      "The way out while this computer is off: a handle that opens the door from inside, or a "
        + "button that cuts the lock's current itself. Required for a magnetic lock on the "
        + "normally closed contact, which keeps the door locked then."),
    Key(
      "contact-fault-after", .integer(2...1000, unit: "grants"), .standard("10"),
      "The number of successive grants without a movement of the door after which its contact is "
        + "reported as faulty."),
  ]
}
