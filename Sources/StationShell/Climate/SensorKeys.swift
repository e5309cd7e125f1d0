// The keys of thermometers and energy meters.
import Configuration
import Modbus
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let measurements = Self(
    "measurements", "The records of what the sensors measure.",
    keys: [
      Key(
        "sysfs", .path, .standard("/sys"),
        "The folder in which the kernel shows its devices; use another one only for tests.")
    ] + ServiceKeys.measurements)

  static let thermometer = Self(
    "thermometer",
    "A sensor of the room's air that the kernel reads: a thermometer, perhaps with more readings, or "
      + "one of another quantity alone. 8 sensors at most.",
    .repeated(argument: "name (a-z, 0-9 and -)", example: "room") { SensorID($0) != nil },
    keys: [
      Key(
        "kind", .choice(ThermometerSettings.Kind.allCases.map(\.rawValue)),
        .required(example: "one-wire"),
        "A DS18B20 or its kin on a 1-wire bus, an industrial I/O device (iio), or a hardware monitor "
          + "(hwmon)."),
      Key(
        "device", .text, .required(example: "28-0316a2794b3f"),
        "The sensor's 1-wire number, the name of an IIO or hwmon device as in its file \"name\", "
          + "or a path."),
      Key(
        "channel", .word("temp1 to temp16") { isChannel($0) }, .optional(example: "temp2"),
        "The temperature channel of a hwmon device, where it is not the first."),
    ] + KernelChannel.all.map(Key.reading) + pace + ServiceKeys.thermometer)

  static let meter = Self(
    "energy-meter", "An energy meter that speaks Modbus RTU on a serial line.",
    .repeated(argument: "name (a-z, 0-9 and -)", example: "mains") { SensorID($0) != nil },
    keys: [
      Key(
        "model", .choice(MeterModel.allCases.map(\.rawValue)), .standard("eastron-sdm230"),
        "The model, which gives the meter's registers; for any other one list them below."),
      Key(
        "device", .path, .required(example: "/dev/worker-station/meters"),
        "The meter's serial device. Several meters may share one, each with an address (unit) of "
          + "its own."),
      Key(
        "unit", .integer(1...247, unit: ""), .standard("1"),
        "The meter's Modbus address, as set at the meter."),
      Key(
        "speed", .choice(MeterSettings.speeds.map(String.init)), .standard("9600"),
        "The speed in baud, as set at the meter."),
      Key(
        "parity", .choice(ModbusLine.Parity.allCases.map(\.rawValue)), .standard("none"),
        "The parity, as set at the meter."),
      Key(
        "stop-bits", .integer(1...2, unit: ""), .standard("1"),
        "The number of stop bits, as set at the meter."),
      Key(
        "answer-time", .duration(.milliseconds(20)...(.seconds(2))), .standard("500 ms"),
        "The longest time that the meter may take to answer."),
    ] + registers + [
      Key(
        "modulus", .integer(1000...1_000_000_000_000, unit: "Wh"), .optional(example: "1000000000"),
        "The value at which the meter's energy counter starts again from zero, where it does.")
    ] + pace)

  private static func isChannel(_ text: String) -> Bool {
    guard text.hasPrefix("temp"), let number = Int(text.dropFirst(4)) else { return false }
    return (1...16).contains(number) && text == "temp\(number)"
  }

  private static let pace = [
    Key(
      "interval", .duration(.seconds(1)...(.seconds(300))), .standard("10 s"),
      "The time between two readings of the sensor."),
    Key(
      "silence", .duration(.seconds(5)...(.seconds(3600))), .standard("60 s"),
      "One that says nothing usable for longer is lost, and that is an alarm."),
  ]

  private static let registers = [
    ("power", "input 0x000C f32"), ("energy", "input 0x0048 f32 1000"),
    ("voltage", "input 0x0000 f32 10"), ("current", "input 0x0006 f32 1000"),
  ].map { name, example in
    let unit = MeterSettings.units[name] ?? ""
    return Key(
      name,
      .word("holding or input, an address, u16 s16 u32 s32 f32 u64 s64 or f64, low-first, a scale")
      {
        MeterRegister($0) != nil
      }, .optional(example: example),
      "The register of the meter's \(name): its table, address and type, low-first where the "
        + "lowest word comes first, and the \(unit) of one count.")
  }
}

extension ConfigurationTable.Key {
  /// The key by which a sensor is asked for a quantity.
  fileprivate static func reading(_ channel: KernelChannel) -> Self {
    if channel.quantity == .temperature {
      return Self(
        channel.key, .boolean, .standard("yes"),
        "Whether the sensor says the temperature; no for an iio device that says something else alone."
      )
    }
    let kinds = channel.kinds.map(\.rawValue).joined(separator: " and ")
    return Self(
      channel.key, .boolean, .standard("no"),
      "Whether the sensor says \(channel.quantity.noun) too; for \(kinds) only.")
  }
}
