// The keys of the doors and of every wire: access points, fire alarm, inputs, relays.
import GPIO
import StationCore
import StationProtocol

extension StationSettings {
  static let accessPointSection = Section(
    "access-point",
    "A way in. The lines are those of this machine's GPIO chips; a simulated board has its own. A "
      + "chip is its device or its label, and a line its number on the chip or its name, which alone "
      + "is enough where one chip has it.",
    .repeated(argument: "number from 1 to 4", example: "1") {
      Int($0).flatMap { AccessPointID($0) }?.description == $0
    },
    isUsual: true,
    keys: doorTimes + doorParts + [programKey] + BoardLine.Kind.ofAccessPoint.map(lineKey))

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

  static let fireSection = Section(
    "fire",
    "The fire alarm system's wires. Fire releases every door until the reset key is turned here.",
    keys: [
      Key(
        "wiring", .choice(FirePolicy.Wiring.allCases.map(\.rawValue)), .standard("none"),
        "None, one circuit that opens with fire or when it is cut, or two circuits of which one "
          + "opens and one closes with fire, so that a cut and a short are alarms of their own."),
      Key(
        "wire-fault", .choice(FirePolicy.WireFault.allCases.map(\.rawValue)), .standard("alarm"),
        "What a cut or a short of the two circuits does: an alarm alone, or also release every door "
          + "as long as it stands."),
      lineKey(.fire), lineKey(.secondFire), lineKey(.fireReset),
    ])

  static let inputsSection = Section(
    "inputs", "Buttons, keys and sensors of the station as a whole.",
    keys: [
      lineKey(.lockDown), lineKey(.maintenance), lineKey(.emergency), lineKey(.motion),
      lineKey(.machineDoor),
    ])

  static let relaySection = Section(
    "relay",
    "What goes off when nobody is inside and on when somebody comes in. The fridge hangs on none.",
    .repeated(argument: "lights, climate or sockets", example: "lights") {
      Relay(rawValue: $0) != nil
    },
    keys: [
      Key(
        "off-after", .duration(.seconds(10)...(.seconds(86_400))), .standard("10 min"),
        "How long after the last person it goes off."),
      wireKey(
        "line", "Its relay, active while it is to have power.", "gpiochip0:25", isUsual: true),
      Key(
        "safe-state", .choice(["off", "on"]), .standard("off"),
        "What it is left in when this program ends, however it ends."),
      wireKey(
        "override-line", "A switch that keeps it on, active while it does.",
        "gpiochip0:8 active-low pull-up"),
    ])

  private static func lineKey(_ kind: BoardLine.Kind) -> Key {
    let (what, example) = described(kind)
    // A door on GPIO chips has these two; a simulated board has its own.
    let isUsual = kind == .contact || kind == .strike
    return wireKey("\(kind.rawValue)-line", what, example, isUsual: isUsual)
  }

  static func wireKey(
    _ name: String, _ what: String, _ example: String, isUsual: Bool = false
  ) -> Key {
    Key(
      name,
      .word(
        "chip:number, chip:name or name, then active-low, pull-up or pull-down where they apply"
      ) {
        LineWiring(text: $0) != nil
      }, isUsual ? .usual(example: example) : .optional(example: example), what)
  }

  private static func described(_ kind: BoardLine.Kind) -> (String, String) {
    switch kind {
    case .contact: ("The door contact, active while the door is shut.", "gpiochip0:17 pull-up")
    case .exit: ("The exit button, active while pressed.", "gpiochip0:27 active-low pull-up")
    case .outerBeam: ("The light barrier on the street side, active while clear.", "gpiochip0:22")
    case .innerBeam: ("The light barrier on the room's side, active while clear.", "gpiochip0:23")
    case .strikeFeedback:
      ("The lock's feedback, active while its bolt is home.", "gpiochip0:5 active-low pull-up")
    case .tamper: ("The covers, active while all are shut.", "gpiochip0:6 active-low pull-up")
    case .counter:
      (
        "A counter with one sensor, active while somebody passes.",
        "gpiochip0:12 active-low pull-up"
      )
    case .strike: ("The strike's relay, active while it is energised.", "gpiochip0:24")
    case .fire:
      ("The circuit that opens with fire, active while closed.", "gpiochip0:13 active-low pull-up")
    case .secondFire:
      ("The circuit that closes with fire, active while closed.", "gpiochip0:16 active-low pull-up")
    case .fireReset:
      (
        "The key that ends fire and emergency, active while turned.",
        "gpiochip0:18 active-low pull-up"
      )
    case .lockDown:
      ("The lock-down button, active while nobody may come in.", "gpiochip0:19 active-low pull-up")
    case .maintenance:
      ("The maintainer's key, active while turned.", "gpiochip0:20 active-low pull-up")
    case .emergency:
      ("The emergency button, active while pressed.", "gpiochip0:21 active-low pull-up")
    case .machineDoor:
      (
        "The exchange machine's own door, active while it is shut.",
        "gpiochip0:7 active-low pull-up"
      )
    case .motion: ("The motion sensor, active while something moves.", "gpiochip0:26")
    default: ("", "")
    }
  }
}
