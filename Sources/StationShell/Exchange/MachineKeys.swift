// The keys of the exchange machine: its board, what is in it, and the screen beside it.
import Configuration
import Linux
import StationCore
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
        "session", .duration(.seconds(15)...(.seconds(120))), .standard("60 s"),
        "The time for which a chosen article waits for a member code."),
      Key(
        "shortest-turn", .duration(.milliseconds(100)...(.seconds(10))), .standard("500 ms"),
        "The shortest plausible vend: an answer that comes sooner is treated as stale, and nobody is "
          + "charged."),
      Key(
        "longest-turn", .duration(.seconds(2)...(.seconds(120))), .standard("30 s"),
        "A motor that turns for longer is at fault. Longer than shortest-turn."),
    ])

  static let article = Self(
    "article", "A kind of goods, as the screen calls it.",
    .repeated(argument: "name of 1 to 32 of a-z, 0-9 and -", example: "water") {
      ArticleID($0) != nil
    },
    keys: [
      Key(
        "chinese", ArticleSettings.name, .required(example: "矿泉水"),
        "The article's name in Chinese."),
      Key(
        "english", ArticleSettings.name, .required(example: "Water"),
        "The article's name in English."),
    ])

  static let slot = Self(
    "slot", "A column of the machine, by the number that its board has for it.",
    .repeated(argument: "number from 1 to \(SlotID.most)", example: "1") {
      MachineSettings.slot($0) != nil
    },
    keys: [
      Key(
        "article", .word("the name of an article") { ArticleID($0) != nil },
        .required(example: "water"), "The goods in this column: the name of an [article] section."),
      Key(
        "price", .integer(1...Int(Points.most), unit: "points"), .required(example: "30"),
        "The price of one piece."),
      Key(
        "capacity", .integer(1...Int(VendingPayload.deepest), unit: "pieces"), .standard("8"),
        "The number of pieces that the slot holds."),
    ])

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
    ])
}

extension ArticleSettings {
  static let longestName = 40

  fileprivate static let name = ConfigurationTable.Kind.word(
    "1 to \(longestName) characters without controls"
  ) { text in
    (1...longestName).contains(text.count)
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}
