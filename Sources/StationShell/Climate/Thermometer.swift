// A thermometer of the kernel, read from sysfs: an IIO or hwmon device, or a DS18B20 on a 1-wire bus.
import JSON
import Linux
import StationCore
import StationProtocol

/// The place where a device of the kernel shows a quantity. Another quantity of the air is another row.
struct KernelChannel: Sendable {
  let quantity: Quantity
  /// The attribute of an IIO device, without the `_input` or `_raw` behind it.
  let iio: String
  /// How many units of the quantity one of the kernel's is: thousandths of a degree and of a
  /// percent; of a gas, percent; of dust, micrograms per cubic metre (Documentation/ABI/testing/sysfs-bus-iio).
  var factor = 1.0
  /// The attribute of a hwmon device, where a section names no other; nil where such has none.
  var hwmon: String?

  static let all = [
    KernelChannel(quantity: .temperature, iio: "in_temp", hwmon: "temp1"),
    KernelChannel(quantity: .humidity, iio: "in_humidityrelative", hwmon: "humidity1"),
    KernelChannel(quantity: .carbonDioxide, iio: "in_concentration_co2", factor: 10_000),
    KernelChannel(quantity: .fineDust, iio: "in_massconcentration_pm2p5"),
  ]

  /// The key by which a section of the configuration asks for the quantity.
  var key: String { quantity.rawValue }

  /// The kinds of devices that show the quantity.
  var kinds: [ThermometerSettings.Kind] {
    ThermometerSettings.Kind.allCases.filter {
      switch $0 {
      case .iio: true
      case .hwmon: hwmon != nil
      case .oneWire: quantity == .temperature
      }
    }
  }
}

/// Reading one may block for the 750 ms of a conversion, and longer where the bus hangs; it
/// belongs on a thread that nothing waits for. The device is looked for anew with each reading:
/// after it was unplugged the kernel may give it another number.
struct Thermometer {
  let setting: ThermometerSettings
  /// The folder that is mounted at `/sys`.
  let sysfs: String

  func read() throws(SystemError) -> [SensorReading] {
    switch setting.kind {
    case .iio: try readIIO(try iioFolder())
    case .hwmon: try readHwmon(try hwmonFolder())
    case .oneWire: [SensorReading(.temperature, try readOneWire())]
    }
  }

  // MARK: - IIO

  private func iioFolder() throws(SystemError) -> String {
    guard !setting.device.hasPrefix("/") else { return setting.device }
    let all = "\(sysfs)/bus/iio/devices"
    for name in try Files.names(in: all) where name.hasPrefix("iio:device") {
      let folder = "\(all)/\(name)"
      if (try? text("\(folder)/name")) == setting.device { return folder }
    }
    throw Self.absent("IIO", setting.device, all)
  }

  private static func absent(_ kind: String, _ device: String, _ all: String) -> SystemError {
    SystemError(
      "find the \(kind) device", path: device,
      detail: "none of that name is in \(all); is it plugged in, and is its driver loaded?")
  }

  private func readIIO(_ folder: String) throws(SystemError) -> [SensorReading] {
    var readings: [SensorReading] = []
    for row in channels {
      readings.append(
        SensorReading(row.quantity, try channel(row.iio, in: folder, factor: row.factor)))
    }
    return readings
  }

  /// The place of each quantity that is asked for.
  private var channels: [KernelChannel] {
    setting.quantities.compactMap { quantity in
      KernelChannel.all.first { $0.quantity == quantity }
    }
  }

  /// `NAME_input`, or where there is none `NAME_raw` plus `NAME_offset`, times `NAME_scale`.
  private func channel(
    _ name: String, in folder: String, factor: Double
  ) throws(SystemError) -> Int64 {
    let path = "\(folder)/\(name)"
    if Files.exists("\(path)_input") {
      return Self.rounded(try number("\(path)_input") * factor)
    }
    let raw = try number("\(path)_raw")
    let offset = Files.exists("\(path)_offset") ? try number("\(path)_offset") : 0
    let scale = Files.exists("\(path)_scale") ? try number("\(path)_scale") : 1
    return Self.rounded((raw + offset) * scale * factor)
  }

  // MARK: - hwmon

  /// By its name, where one device alone has that; a path is the device's own folder or the one
  /// that the kernel puts below it, whose number changes.
  private func hwmonFolder() throws(SystemError) -> String {
    if setting.device.hasPrefix("/") {
      let below = "\(setting.device)/hwmon"
      guard Files.exists(below) else { return setting.device }
      guard let name = try Files.names(in: below).first(where: { $0.hasPrefix("hwmon") }) else {
        throw Self.absent("hwmon", setting.device, below)
      }
      return "\(below)/\(name)"
    }
    let all = "\(sysfs)/class/hwmon"
    var found: [String] = []
    for name in try Files.names(in: all) where name.hasPrefix("hwmon") {
      if (try? text("\(all)/\(name)/name")) == setting.device { found.append("\(all)/\(name)") }
    }
    guard let folder = found.first else { throw Self.absent("hwmon", setting.device, all) }
    guard found.count == 1 else {
      throw SystemError(
        "tell the hwmon devices apart", path: setting.device,
        detail: "\(found.joined(separator: " and ")) have that name; give the path of one")
    }
    return folder
  }

  /// `NAME_input` in thousandths, unless the chip says by `NAME_fault` that its probe is broken.
  private func readHwmon(_ folder: String) throws(SystemError) -> [SensorReading] {
    var readings: [SensorReading] = []
    for row in channels {
      guard let name = row.quantity == .temperature ? setting.channel : row.hwmon else { continue }
      let path = "\(folder)/\(name)"
      if Files.exists("\(path)_fault"), try number("\(path)_fault") != 0 {
        throw SystemError("read", path: path, detail: "the chip says that the probe is broken")
      }
      readings.append(SensorReading(row.quantity, Self.rounded(try number("\(path)_input"))))
    }
    return readings
  }

  // MARK: - 1-wire

  /// Thousandths of a degree. `w1_slave` shows the sensor's bytes with what their check sum says;
  /// a driver without it has `temperature`.
  private func readOneWire() throws(SystemError) -> Int64 {
    let folder =
      setting.device.hasPrefix("/") ? setting.device : "\(sysfs)/bus/w1/devices/\(setting.device)"
    guard Files.exists(folder) else {
      throw SystemError(
        "find the 1-wire thermometer", path: folder,
        detail: "it is not on the bus; is it wired, with 4.7 kΩ between data and 3.3 V?")
    }
    let path = "\(folder)/w1_slave"
    guard Files.exists(path) else { return Self.rounded(try number("\(folder)/temperature")) }
    let lines = try text(path).split(separator: "\n")
    guard lines.count == 2, let mark = lines[1].lastIndex(of: "="),
      lines[1][..<mark].hasSuffix(" t"), let value = Int64(lines[1][lines[1].index(after: mark)...])
    else {
      throw SystemError("read", path: path, detail: "it is not what a thermometer says")
    }
    guard lines[0].hasSuffix(" YES") else {
      throw SystemError(
        "read", path: path, detail: "the check sum is wrong; is the cable too long or loose?")
    }
    // Of nothing but zeros the check sum is zero, and right: a data line that is held down.
    let bytes = lines[0].prefix { $0 != ":" }.split(separator: " ")
    guard bytes.contains(where: { $0 != "00" }) else {
      throw SystemError(
        "read", path: path, detail: "all bytes are zero; is the data line short to ground?")
    }
    return value
  }

  // MARK: - Numbers

  private func text(_ path: String) throws(SystemError) -> String {
    let bytes = try Files.read(path, limit: 4096)
    let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let rest = bytes.drop { space.contains($0) }
    let end = rest.lastIndex { !space.contains($0) }.map { $0 + 1 } ?? rest.startIndex
    return String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
  }

  private func number(_ path: String) throws(SystemError) -> Double {
    let text = try text(path)
    guard text.utf8.count <= 32, let number = Double(text), number.isFinite else {
      throw SystemError("read", path: path, detail: "it holds no number")
    }
    return number
  }

  /// A value beyond all bounds is so for the core too, which refuses and counts it.
  private static func rounded(_ number: Double) -> Int64 {
    let whole = number.rounded()
    return whole.magnitude <= Double(JSONReader.largest) ? Int64(whole) : .max
  }
}
