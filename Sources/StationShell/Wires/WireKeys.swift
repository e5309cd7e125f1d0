// The keys of the board and of every wire.
import Configuration
import GPIO
import StationCore

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let inputs = Self(
    "inputs", "Buttons, keys and sensors of the station as a whole.",
    keys: [
      .line(.lockDown), .line(.maintenance), .line(.emergency), .line(.motion),
      .line(.machineDoor),
    ])

  static let board = Self(
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
}

extension ConfigurationTable.Key {
  /// Where the wire of a line ends.
  static func line(_ kind: BoardLine.Kind) -> Self {
    let (what, example) = described(kind)
    // A door on GPIO chips has these two; a simulated board has its own.
    let isUsual = kind == .contact || kind == .strike
    return wire("\(kind.rawValue)-line", what, example, isUsual: isUsual)
  }

  static func wire(
    _ name: String, _ what: String, _ example: String, isUsual: Bool = false
  ) -> Self {
    Self(
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
