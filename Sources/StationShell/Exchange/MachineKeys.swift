// The keys of the exchange machine: its board, what is in it, and the screen beside it.
import Configuration
import Linux
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let machine = Self(
    "machine", "An exchange machine, where members get goods for points.",
    keys: [
      Key(
        "driver", .choice(MachineDriver.words), .standard("none"),
        "The driver of the exchange machine: none, or channel-board for a serial channel board "
          + "(machines/channel-board.md beside this file)."),
      Key(
        "device", .path, .standard("/dev/worker-station/machine"), "The serial device of its board."
      ),
      Key(
        "speed", .choice(SerialPort.speeds.map(String.init)), .standard("9600"),
        "The speed in baud, with 8 data bits, no parity and one stop bit."),
      Key(
        "shortest-turn", .duration(.milliseconds(100)...(.seconds(10))), .standard("500 ms"),
        "The shortest plausible vend: an answer that comes sooner is treated as stale, and nobody is "
          + "charged."),
      Key(
        "longest-turn", .duration(.seconds(2)...(.seconds(120))), .standard("30 s"),
        "A motor that turns for longer is at fault. Longer than shortest-turn."),
    ] + ServiceKeys.machine)

  static let screen = Self(
    "screen", "The page of the screen beside the machine. It is served where there is a machine.",
    keys: [
      Key(
        "address", .text, .standard("127.0.0.1"),
        "The numeric address on which the screen is served. Anybody who reaches it can press the "
          + "screen's buttons: use an address other than loopback only in a network without "
          + "other devices."),
      Key(
        "port", .integer(0...65_535, unit: ""), .standard("8090"),
        "The port; 0 takes any free one."),
      Key(
        "address-file", .path, .optional(example: "/run/worker-station/screen-address"),
        "Is written with ADDRESS:PORT once the page is served."),
      Key(
        "pages", .path, .standard("/usr/share/worker-station/screen"), "The folder of its pages."),
      Key(
        "texts", .path, .standard("/usr/share/worker-station/texts"),
        "The folder of the text catalogues."),
    ] + ServiceKeys.screen)
}
