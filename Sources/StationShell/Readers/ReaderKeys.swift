// The keys of the readers: what they are, where they are found, and which door they open.
import Configuration
import StationCore
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let reader = Self(
    "reader", "A QR scanner, or a card reader or keypad.",
    .repeated(argument: "name of the reader", example: "front") { $0.utf8.count <= 32 },
    isUsual: true,
    keys: [
      Key(
        "serves", .choice(["access-point", "machine"]), .standard("access-point"),
        "Whether a code that is shown there opens an access point, or pays at the exchange machine."
      ),
      Key(
        "access-point", .integer(1...AccessPointID.most, unit: ""), .standard("1"),
        "The access point that it opens."),
      direction,
      Key(
        "kind", .choice(ReaderKind.allCases.map(\.rawValue)), .standard("serial"),
        "A scanner on a serial line (serial), a scanner that plays a keyboard (hid), or a reader "
          + "of cards or a keypad on two GPIO lines (wiegand)."),
      Key(
        "device", .path, .standard("/dev/worker-station/reader-front"),
        "The reader's serial device, or the input device of a hid scanner that usb or "
          + "device-name does not find."),
      Key(
        "speed", .choice(["9600", "19200", "38400", "57600", "115200"]), .standard("9600"),
        "The speed of a serial reader in baud, with 8 data bits, no parity and one stop bit."),
      Key(
        "idle-gap", .duration(.milliseconds(5)...(.seconds(2))), .standard("100 ms"),
        "A scanner that sends no end of line is done when it has been silent for this long."),
    ] + keyboardKeys + wiegandKeys)

  private static let direction = Key(
    "direction", .choice(ReaderSettings.Direction.allCases.map(\.rawValue)), .standard("in"),
    "The direction in which people pass who use this reader; a reader for the way out is inside.")

  private static let keyboardKeys = [
    Key(
      "usb",
      .word("vendor and product as lsusb shows them, such as 1eab:8003") {
        ReaderSettings.usb($0) != nil
      },
      .optional(example: "1eab:8003"), "A hid scanner by its vendor and product."),
    Key(
      "device-name", .text, .optional(example: "Newland Auto-ID NLS IOTC PRDs HID KBW"),
      "A hid scanner by what it calls itself, where it is on no USB."),
    Key(
      "port", .text, .optional(example: "usb-0000:01:00.0-1.1"),
      "The phys or uniq of /proc/bus/input/devices that tells two hid scanners of one model "
        + "apart."),
  ]

  private static let wiegandKeys = [
    .wire(
      "data0-line", "DATA0 of a wiegand reader, active during a pulse.",
      "gpiochip0:9 active-low pull-up"),
    .wire(
      "data1-line", "DATA1 of a wiegand reader, active during a pulse.",
      "gpiochip0:11 active-low pull-up"),
    Key(
      "frame-gap", .duration(.milliseconds(25)...(.seconds(2))), .standard("40 ms"),
      "A wiegand reader is done with a card or a key when both lines have been silent for this "
        + "long; longer than its pause between two pulses, which is 20 ms at most."),
  ]
}
