// The keys of the board and of every wire.
import Configuration
import GPIO
import StationCore

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let inputs = Self(
    "inputs", "Buttons, keys and sensors of the station as a whole.",
    keys: WireRow.rows(of: .inputs).map { .line($0) })

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
  static func line(_ row: WireRow) -> Self {
    // A door on GPIO chips has these two; a simulated board has its own.
    let isUsual = row.kind == .contact || row.kind == .strike
    return wire(row.key, row.help, row.example, isUsual: isUsual)
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
}
