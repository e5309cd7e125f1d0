// What the station's configuration file says about thermometers and energy meters.
import Configuration
import Modbus
import StationCore
import StationProtocol
import Text

/// Every sensor, as the threads need it.
package struct SensorSettings: Equatable, Sendable {
  package var sysfs: String
  package var thermometers: [ThermometerSettings]
  package var meters: [MeterSettings]
}

/// A thermometer of the kernel.
package struct ThermometerSettings: Equatable, Sendable {
  package var id: SensorID
  package var kind: Kind
  /// A path, or the name by which the kernel knows it.
  package var device: String
  /// Which of the temperatures of a hwmon device.
  package var channel = "temp1"
  package var quantities: [Quantity]
  package var interval: Duration

  package enum Kind: String, CaseIterable, Sendable {
    case iio
    case hwmon
    case oneWire = "one-wire"
  }
}

/// An energy meter on a serial line.
package struct MeterSettings: Equatable, Sendable {
  package var id: SensorID
  package var line: ModbusLine.Options
  package var unit: Int
  /// In the order of the quantities.
  package var registers: [Register]
  package var interval: Duration

  package struct Register: Equatable, Sendable {
    package var quantity: Quantity
    package var register: MeterRegister
  }

  package static let speeds = [1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200]
  static let units = [
    "power": "W", "energy": "Wh", "voltage": "tenths of a volt", "current": "mA",
  ]
}

extension SettingsReader {
  /// The sensors, and what the core has to know of them; nil where something is wrong.
  mutating func sensors() -> (SensorSettings, SensorPolicy)? {
    let before = problems.count
    let section = configuration.section("measurements")
    var policy: [SensorConfiguration] = []
    var sensors = SensorSettings(
      sysfs: section.text("sysfs"), thermometers: [], meters: [])
    let all = ["thermometer", "energy-meter"].flatMap { configuration.sections($0) }
    for section in all where section.duration("silence") < section.duration("interval") * 2 {
      fail(section.line(of: "silence"), "\"silence\" is less than two of \"interval\"")
    }
    for section in configuration.sections("thermometer") {
      guard let (thermometer, core) = thermometer(section, sensors) else { continue }
      sensors.thermometers.append(thermometer)
      policy.append(core)
    }
    for section in configuration.sections("energy-meter") {
      guard let (meter, core) = meter(section, sensors) else { continue }
      checkLine(section, meter, sensors.meters)
      sensors.meters.append(meter)
      policy.append(core)
    }
    checkCounts(all, policy)
    guard problems.count == before else { return nil }
    return (sensors, SensorPolicy(policy))
  }

  private mutating func checkCounts(
    _ sections: [Configuration.Section], _ policy: [SensorConfiguration]
  ) {
    if sections.count > SensorID.most {
      fail(
        sections[SensorID.most].line,
        "a station has at most \(SensorID.most) thermometers and meters")
    }
    let values = policy.reduce(0) { $0 + $1.quantities.count }
    if values > Measurement.mostValues {
      fail(
        sections.last?.line,
        "all sensors together say \(values) values, and at most \(Measurement.mostValues) fit")
    }
  }

  private mutating func thermometer(
    _ section: Configuration.Section, _ others: SensorSettings
  ) -> (ThermometerSettings, SensorConfiguration)? {
    guard let id = section.argument.flatMap({ SensorID($0) }),
      let kind = ThermometerSettings.Kind(rawValue: section.text("kind"))
    else { return nil }
    let device = section.text("device")
    let quantities = quantities(section, kind)
    if kind != .hwmon, section.optionalText("channel") != nil {
      fail(section.line(of: "channel"), "\"channel\" means something for kind = hwmon alone")
    }
    let channel = section.optionalText("channel") ?? "temp1"
    if kind == .oneWire, !device.hasPrefix("/"), !Self.isOneWire(device) {
      fail(
        section.line(of: "device"),
        "\"\(device)\" is no 1-wire number such as 28-0316a2794b3f, and no path")
    }
    if device.contains("/"), !device.hasPrefix("/") {
      fail(section.line(of: "device"), "a device is a name without \"/\" or an absolute path")
    }
    if let twin = others.thermometers.first(where: {
      $0.device == device && $0.channel == channel
    }) {
      fail(section.line(of: "device"), "the device is [thermometer \(twin.id)] already")
    }
    let thermometer = ThermometerSettings(
      id: id, kind: kind, device: device, channel: channel, quantities: quantities.sorted(),
      interval: section.duration("interval"))
    let core = SensorConfiguration(
      id, .thermometer, quantities: quantities, patience: section.duration("silence"),
      hasPowerOnValue: kind == .oneWire)
    return (thermometer, core)
  }

  /// The quantities that the section asks for, where its kind of device has them.
  private mutating func quantities(
    _ section: Configuration.Section, _ kind: ThermometerSettings.Kind
  ) -> [Quantity] {
    let asked = KernelChannel.all.filter { section.boolean($0.key) }
    if asked.isEmpty {
      fail(section.line, "a sensor needs a reading: temperature = yes, or another one")
    }
    for channel in asked where !channel.kinds.contains(kind) {
      fail(
        section.line(of: channel.key),
        kind == .oneWire
          ? "a 1-wire thermometer says no \(channel.key)"
          : "a hwmon device says no \(channel.key)")
    }
    if kind != .iio, !section.boolean(Quantity.temperature.rawValue) {
      fail(
        section.line(of: Quantity.temperature.rawValue),
        "\"temperature = no\" means something for kind = iio alone")
    }
    return asked.map(\.quantity)
  }

  /// A family code, as of DS18S20, DS1822, DS18B20, DS1825 and DS28EA00, and 48 bits.
  private static func isOneWire(_ text: String) -> Bool {
    let families = ["10", "22", "28", "3b", "42"]
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2 && families.contains(parts[0])
      && Hex.number(parts[1], digits: 12) != nil
  }

  private mutating func meter(
    _ section: Configuration.Section, _ others: SensorSettings
  ) -> (MeterSettings, SensorConfiguration)? {
    guard let id = section.argument.flatMap({ SensorID($0) }),
      let model = MeterModel(rawValue: section.text("model")),
      let parity = ModbusLine.Parity(rawValue: section.text("parity"))
    else { return nil }
    if others.thermometers.contains(where: { $0.id == id }) {
      fail(section.line, "[thermometer \(id)] has that name already")
    }
    var registers = model.registers
    for quantity in [Quantity.power, .energy, .voltage, .current] {
      guard let text = section.optionalText(quantity.rawValue) else { continue }
      registers[quantity] = MeterRegister(text)
    }
    if registers[.energy] == nil {
      fail(section.line, "[energy-meter \(id)] needs at least the register of its \"energy\"")
    }
    let quantities = registers.keys.sorted()
    let meter = MeterSettings(
      id: id,
      line: ModbusLine.Options(
        path: section.text("device"), speed: Int(section.text("speed")) ?? 9600, parity: parity,
        stopBits: section.integer("stop-bits"), patience: section.duration("answer-time")),
      unit: section.integer("unit"),
      registers: quantities.compactMap { quantity in
        registers[quantity].map { .init(quantity: quantity, register: $0) }
      }, interval: section.duration("interval"))
    let core = SensorConfiguration(
      id, .meter, quantities: quantities, patience: section.duration("silence"),
      modulus: section.optionalInteger("modulus").map { Int64($0) })
    return (meter, core)
  }

  /// Meters share a line only where they agree on it, and nothing else shares it.
  private mutating func checkLine(
    _ section: Configuration.Section, _ meter: MeterSettings,
    _ others: [MeterSettings]
  ) {
    let device = meter.line.path
    guard let twin = others.first(where: { $0.line.path == device }) else {
      return claim(
        .serial(device), for: "[energy-meter \(meter.id)]", at: section.line(of: "device"))
    }
    if twin.line != meter.line {
      fail(
        section.line(of: "device"),
        "[energy-meter \(twin.id)] is on that line with another speed, parity or answer time")
    }
    if let same = others.first(where: { $0.line.path == device && $0.unit == meter.unit }) {
      fail(section.line(of: "unit"), "[energy-meter \(same.id)] is that unit already")
    }
  }
}
