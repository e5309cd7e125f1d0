// Thermometers in a folder of files as the kernel lays them out below /sys.
import Foundation
import Linux
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Thermometer")
struct ThermometerTests {
  private let folder: WorkFolder

  init() throws { folder = try WorkFolder() }

  private func thermometer(
    _ kind: ThermometerSettings.Kind, _ device: String,
    _ quantities: [Quantity] = [.temperature]
  ) -> Thermometer {
    Thermometer(
      setting: ThermometerSettings(
        id: SensorID("room")!, kind: kind, device: device, quantities: quantities,
        interval: .seconds(10)), sysfs: folder.path)
  }

  private func write(_ files: [String: String], to place: String) throws {
    for (name, text) in files { try folder.write(text, to: "\(place)/\(name)") }
  }

  private func failure(_ thermometer: Thermometer) -> String? {
    do throws(SystemError) {
      _ = try thermometer.read()
      return nil
    } catch {
      return error.description
    }
  }

  private static let good = """
    50 05 4b 46 7f ff 0c 10 1c : crc=1c YES
    50 05 4b 46 7f ff 0c 10 1c t=85000

    """

  @Test("an IIO device is found by its name, and its processed values are read")
  func processed() throws {
    try write(["name": "ads1115\n"], to: "bus/iio/devices/iio:device0")
    try write(
      ["name": "bme280\n", "in_temp_input": "21437\n", "in_humidityrelative_input": "41250\n"],
      to: "bus/iio/devices/iio:device1")
    #expect(
      try thermometer(.iio, "bme280", [.humidity, .temperature]).read()
        == [SensorReading(.humidity, 41_250), SensorReading(.temperature, 21_437)])
  }

  @Test("a raw value counts with its offset and its scale")
  func raw() throws {
    try write(
      [
        "name": "hdc1080\n", "in_temp_raw": "26000\n", "in_temp_offset": "-15887.515151\n",
        "in_temp_scale": "2.517700195\n", "in_humidityrelative_raw": "30000",
        "in_humidityrelative_scale": "1.525878906\n",
      ], to: "bus/iio/devices/iio:device0")
    let readings = try thermometer(.iio, "hdc1080", [.humidity, .temperature]).read()
    #expect(readings == [SensorReading(.humidity, 45_776), SensorReading(.temperature, 25_460)])
  }

  @Test("carbon dioxide is said in percent and read in parts per million, dust as it is said")
  func carbonDioxide() throws {
    try write(
      ["name": "scd4x", "in_temp_input": "1", "in_concentration_co2_input": "0.0640"],
      to: "bus/iio/devices/iio:device0")
    let readings = try thermometer(.iio, "scd4x", [.carbonDioxide, .temperature]).read()
    #expect(readings.first == SensorReading(.carbonDioxide, 640))
    try write(
      ["name": "sps30\n", "in_massconcentration_pm2p5_input": "37.6\n"],
      to: "bus/iio/devices/iio:device1")
    let dust = try thermometer(.iio, "sps30", [.fineDust]).read()
    #expect(dust == [SensorReading(.fineDust, 38)])
    let alone = try thermometer(.iio, "scd4x", [.carbonDioxide]).read()
    #expect(alone == [SensorReading(.carbonDioxide, 640)])
  }

  @Test("a device that came back with another number is found again")
  func renumbered() throws {
    let sensor = thermometer(.iio, "bme280")
    try write(["name": "bme280", "in_temp_input": "1"], to: "bus/iio/devices/iio:device0")
    #expect(try sensor.read().map(\.value) == [1])
    try FileManager.default.removeItem(atPath: folder.file("bus/iio/devices/iio:device0"))
    #expect(failure(sensor)?.contains("is it plugged in") == true)
    try write(["name": "bme280", "in_temp_input": "2"], to: "bus/iio/devices/iio:device3")
    #expect(try sensor.read().map(\.value) == [2])
  }

  @Test("an IIO device can be given as a path")
  func path() throws {
    try write(["in_temp_input": "-5000"], to: "platform/dht")
    #expect(try thermometer(.iio, folder.file("platform/dht")).read().map(\.value) == [-5000])
  }

  @Test("a DS18B20 is read with its check sum, what it says is for the core to judge")
  func oneWire() throws {
    try write(["w1_slave": Self.good], to: "bus/w1/devices/28-0316a2794b3f")
    #expect(try thermometer(.oneWire, "28-0316a2794b3f").read().map(\.value) == [85_000])
    try write(
      ["w1_slave": Self.good.replacingOccurrences(of: "85000", with: "-127000")],
      to: "bus/w1/devices/28-0316a2794b3f")
    #expect(try thermometer(.oneWire, "28-0316a2794b3f").read().map(\.value) == [-127_000])
  }

  @Test("a driver that shows no bytes has the temperature alone")
  func temperatureFile() throws {
    try write(["temperature": "21437\n"], to: "bus/w1/devices/28-0316a2794b3f")
    #expect(try thermometer(.oneWire, "28-0316a2794b3f").read().map(\.value) == [21_437])
  }

  @Test("nothing but zeros is no temperature, although their check sum is right")
  func zeros() throws {
    let zeros = """
      00 00 00 00 00 00 00 00 00 : crc=00 YES
      00 00 00 00 00 00 00 00 00 t=0

      """
    try write(["w1_slave": zeros], to: "bus/w1/devices/28-0316a2794b3f")
    #expect(
      failure(thermometer(.oneWire, "28-0316a2794b3f"))?.contains("all bytes are zero") == true)
    let freezing = """
      00 00 4b 46 7f ff 0c 10 2d : crc=2d YES
      00 00 4b 46 7f ff 0c 10 2d t=0

      """
    try write(["w1_slave": freezing], to: "bus/w1/devices/28-0316a2794b3f")
    #expect(try thermometer(.oneWire, "28-0316a2794b3f").read().map(\.value) == [0])
  }

  @Test("a hwmon device is found by its name, channel by channel, with its humidity")
  func hwmon() throws {
    try write(["name": "cpu_thermal\n", "temp1_input": "48312\n"], to: "class/hwmon/hwmon0")
    try write(
      [
        "name": "sht3x\n", "temp1_input": "21437\n", "humidity1_input": "41250\n",
        "temp2_input": "-500\n", "temp1_fault": "0\n",
      ], to: "class/hwmon/hwmon3")
    #expect(
      try thermometer(.hwmon, "sht3x", [.humidity, .temperature]).read()
        == [SensorReading(.humidity, 41_250), SensorReading(.temperature, 21_437)])
    var second = thermometer(.hwmon, "sht3x").setting
    second.channel = "temp2"
    #expect(
      try Thermometer(setting: second, sysfs: folder.path).read().map(\.value) == [-500])
    #expect(try thermometer(.hwmon, "cpu_thermal").read().map(\.value) == [48_312])
    #expect(failure(thermometer(.hwmon, "lm75"))?.contains("is it plugged in") == true)
    try write(["temp1_fault": "1\n"], to: "class/hwmon/hwmon3")
    #expect(failure(thermometer(.hwmon, "sht3x"))?.contains("the probe is broken") == true)
  }

  @Test("two hwmon devices of one name are told apart by their path alone")
  func hwmonTwins() throws {
    for (number, value) in [(1, "1000"), (2, "2000")] {
      let files = ["name": "lm75", "temp1_input": value]
      try write(files, to: "class/hwmon/hwmon\(number)")
      try write(files, to: "devices/1-004\(number)/hwmon/hwmon\(number)")
    }
    #expect(failure(thermometer(.hwmon, "lm75"))?.contains("give the path of one") == true)
    #expect(
      try thermometer(.hwmon, folder.file("devices/1-0042")).read().map(\.value) == [2000])
    #expect(
      try thermometer(.hwmon, folder.file("class/hwmon/hwmon1")).read().map(\.value) == [1000])
  }

  @Test("a wrong check sum is an error and no temperature")
  func checkSum() throws {
    try write(
      ["w1_slave": Self.good.replacingOccurrences(of: "YES", with: "NO")],
      to: "bus/w1/devices/28-0316a2794b3f")
    #expect(failure(thermometer(.oneWire, "28-0316a2794b3f"))?.contains("check sum") == true)
  }

  @Test("a sensor that is not on the bus says what to look at")
  func absent() throws {
    #expect(failure(thermometer(.oneWire, "28-0316a2794b3f"))?.contains("is it wired") == true)
    #expect(failure(thermometer(.iio, "bme280"))?.contains("iio/devices") == true)
  }

  static let rubbish = [
    "", "\n", "hot", "1e400", "0x15", "nan", "21437 21437", "\u{FFFD}",
    String(repeating: "9", count: 5000),
  ]

  @Test("whatever a file holds, a number or an error comes of it", arguments: rubbish)
  func files(text: String) throws {
    try write(["temperature": text], to: "bus/w1/devices/28-0316a2794b3f")
    let sensor = thermometer(.oneWire, "28-0316a2794b3f")
    if text == "0x15" {
      #expect(try sensor.read().map(\.value) == [21])
    } else {
      #expect(failure(sensor)?.contains("temperature") == true)
    }
    try write(["w1_slave": text], to: "bus/w1/devices/28-0316a2794b3f")
    #expect(failure(sensor)?.contains("w1_slave") == true)
  }
}

@Suite("Rounds of sensors")
struct SensorRoundsTests {
  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  @Test("each sensor is read at its own pace, the first time at once")
  func paces() {
    var told: [String] = []
    let items = [("fast", 5), ("slow", 12)].map { name, seconds in
      SensorRounds.Item(id: SensorID(name)!, interval: .seconds(seconds)) { .success([]) }
    }
    var rounds = SensorRounds(items, at: at(0))
    var now: Int64 = 0
    while now <= 24 {
      guard let next = rounds.run(at: { at(now) }, { id, _ in told.append("\(id)@\(now)") }) else {
        Issue.record("the rounds have ended")
        return
      }
      now = next.nanoseconds / 1_000_000_000
    }
    #expect(
      told == [
        "fast@0", "slow@0", "fast@5", "fast@10", "slow@12", "fast@15", "fast@20", "slow@24",
      ])
  }

  @Test("a sensor that takes longer than its pace is read again at once, and not twice over")
  func slow() {
    var now: Int64 = 0
    var count = 0
    let item = SensorRounds.Item(id: SensorID("slow")!, interval: .seconds(1)) {
      now += 30
      return .success([])
    }
    var rounds = SensorRounds([item], at: at(0))
    let next = rounds.run(at: { at(now) }, { _, _ in count += 1 })
    #expect(count == 1)
    #expect(next == at(30))
  }

  @Test("called before anything is due, as at the end, nothing is read and nothing asked for")
  func ending() {
    let item = SensorRounds.Item(id: SensorID("a")!, interval: .seconds(10)) { .success([]) }
    var rounds = SensorRounds([item], at: at(5))
    let next = rounds.run(at: { at(4) }, { _, _ in Issue.record("read too early") })
    #expect(next == nil)
  }

  @Test("the log says once that a sensor is there, and once why it is not")
  func log() {
    let id = SensorID("a")!
    var log = SensorLog()
    var said: [String] = []
    func read(_ count: Int = 1) {
      for _ in 0..<count where log.read(id) { said.append("there") }
    }
    func fail(_ reason: String) {
      if log.failed(id, reason: reason) { said.append(reason) }
    }
    read(3)
    for _ in 0..<1000 {
      fail("silence")
      read()
    }
    fail("gone")
    fail("gone")
    #expect(said == ["there", "silence", "there", "gone"])
    read(30)
    fail("gone")
    #expect(said.suffix(2) == ["there", "gone"])
  }
}
