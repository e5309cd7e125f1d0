// The keys of the board and of every wire.
import Configuration
import GPIO
import StationCore

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let inputs = Self(
    "inputs", "Buttons, keys and sensors of the station as a whole.",
    keys: BoardLine.Kind.wired(.station).map { .line($0) })

  static let board = Self(
    "board", "The hardware on which the lines of the doors end.",
    keys: [
      Key(
        "kind", .choice(["gpio", "simulated"]), .standard("gpio"),
        "GPIO chips of this machine, or a simulated board."),
      Key(
        "socket", .path, .optional(example: "/run/worker-station-board/board.socket"),
        "The socket on which a simulated board listens; for kind = simulated only."),
      Key(
        "settling-time", .duration(.milliseconds(1)...(.milliseconds(10))), .standard("5 ms"),
        "The time for which an input must be stable before its level counts. A pulse of 20 ms "
          + "always counts."),
      Key(
        "debounce", .choice(["software", "kernel"]), .standard("software"),
        "The place where inputs are debounced: software, which sees every edge and reports a "
          + "line that never rests as a fault; or kernel, where libgpiod 2 and the driver "
          + "support it: a line that never rests then keeps its last level, and no fault is "
          + "reported."),
    ])
}

extension ConfigurationTable.Key {
  /// The key of a line's wire.
  /// - Parameter name: nil for the wire's own.
  static func line(_ kind: BoardLine.Kind, name: String? = nil) -> Self {
    // A door on GPIO chips has a contact and a strike; a simulated board has its own.
    let isUsual = [.contact, .strike, .lights].contains(kind)
    let traits = kind.traits
    return wire(name ?? kind.key, traits.help, traits.example, isUsual: isUsual)
  }

  static func wire(
    _ name: String, _ help: String, _ example: String, isUsual: Bool = false
  ) -> Self {
    Self(
      name,
      .word(
        "chip:number, chip:name or name, then active-low, pull-up or pull-down where they apply"
      ) {
        LineWiring(text: $0) != nil
      }, isUsual ? .usual(example: example) : .optional(example: example), help)
  }
}

extension BoardLine.Kind {
  /// The key of the wire, but for those of relays.
  var key: String { "\(rawValue)-line" }

  static func wired(_ place: Traits.Place) -> [Self] {
    allCases.filter { $0.traits.place == place }
  }
}
