// Climate and energy from devices of a station to the page of a facility manager.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite(.serialized) struct ClimateTests {
  private static let wire = "28-0316a2794b3f"

  /// What the kernel shows of a DS18B20.
  private static func show(_ millidegrees: Int, in folder: WorkFolder) throws {
    try folder.write(
      "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=\(millidegrees)\n",
      to: "sys/bus/w1/devices/\(wire)/w1_slave")
  }

  /// An IIO device's air: 20.0 °C, and an amount of carbon dioxide in parts per million.
  private static func show(air parts: Int, in folder: WorkFolder) throws {
    let device = "sys/bus/iio/devices/iio:device0"
    try folder.write("scd4x\n", to: "\(device)/name")
    try folder.write("20000\n", to: "\(device)/in_temp_input")
    try folder.write("\(Double(parts) / 10_000)\n", to: "\(device)/in_concentration_co2_input")
  }

  private static func system(_ devices: WorkFolder, _ meter: MeterStandIn) throws -> WholeSystem {
    try WholeSystem(
      stations: ["climate-1"], members: ["m-1"], walkStep: 20,
      settings: [
        "measurements": ["record-interval": "5 s", "sysfs": devices.file("sys")],
        "thermometer room": [
          "kind": "one-wire", "device": wire, "interval": "1 s", "silence": "5 s",
          "too-cold": "5", "alarm-delay": "1 s",
        ],
        "thermometer vent": [
          "kind": "iio", "device": "scd4x", "carbon-dioxide": "yes", "interval": "1 s",
          "silence": "5 s", "stale-air": "1500", "alarm-delay": "1 s",
        ],
        "energy-meter mains": ["device": meter.device, "interval": "1 s", "silence": "5 s"],
      ])
  }

  /// The value of a reading in the service's view, and whether its sensor is there.
  private static func reading(
    _ system: WholeSystem, _ state: String, _ quantity: String
  ) throws -> (value: Int, isThere: Bool)? {
    let view = try system.management.station("climate-1")
    let all = (view[state] as? [String: Any])?["sensors"] as? [[String: Any]]
    guard let sensor = all?.first, let readings = sensor["readings"] as? [[String: Any]],
      let found = readings.first(where: { $0["quantity"] as? String == quantity }),
      let value = found["value"] as? Int, let isThere = sensor["there"] as? Bool
    else { return nil }
    return (value, isThere)
  }

  private static func stands(_ alarm: Alarm, _ system: WholeSystem) throws -> Bool {
    let alarms = try system.management.station("climate-1")["alarms"] as? [[String: Any]]
    return alarms?.contains { $0["alarm"] as? String == alarm.rawValue } ?? false
  }

  /// Watt hours of today, as the service counts them.
  private static func used(_ system: WholeSystem) throws -> Int {
    let answer = try system.management.api.call(
      "GET", "/stations/climate-1/measurements?by=day&count=1")
    let all = answer.object["series"] as? [[String: Any]] ?? []
    let energy = all.first { $0["quantity"] as? String == "energy" }
    return ((energy?["points"] as? [[String: Any]])?.last?["used"] as? Int) ?? -1
  }

  @Test("what a thermometer and a meter say is on the page, with what was used and what is wrong")
  func wholeWay() throws {
    let devices = try WorkFolder()
    let meter = try MeterStandIn(devices)
    try Self.show(21_437, in: devices)
    try Self.show(air: 640, in: devices)
    try meter.show(watts: 1234, wattHours: 5_678_000)
    let system = try Self.system(devices, meter)
    try Deadline.wait(until: "temperature and power in the service") {
      try Self.reading(system, "climate", "temperature")?.value == 21_437
        && Self.reading(system, "energy", "power")?.value == 1234
    }
    try Deadline.wait(until: "the first energy in the service") {
      // Measurements wait for company in the journal; somebody who goes out is some.
      try system.stations[0].order("/exit", [:])
      return try Self.used(system) == 0
    }
    try meter.show(watts: 1300, wattHours: 5_678_042)
    try Deadline.wait(until: "what was used in the service") {
      try system.stations[0].order("/exit", [:])
      return try Self.used(system) == 42
    }
    let events = try system.management.api.call("GET", "/events?limit=1000").text
    #expect(!events.contains("\"measured\""))

    try Self.see(system, devices)
    try Self.lose(system, devices, meter)
    try system.waitForDelivery(from: system.stations[0])
    try system.stop()
  }

  /// What the page of the station shows, in both languages.
  private static func see(_ system: WholeSystem, _ folder: WorkFolder) throws {
    for language in ["en", "zh"] {
      let browser = try Browser(folder, language: language)
      try browser.open("http://\(system.management.address)/#token=\(system.management.token)")
      try browser.wait(
        until: "the temperature on the tile",
        "return document.body.innerText.includes('21.4 °C');")
      try browser.open("http://\(system.management.address)/#/station/climate-1")
      try browser.wait(
        until: "the charts", "return document.querySelectorAll('#detail .chart').length === 3;")
      let text = try browser.text("#detail")
      for words in [
        "21.4 °C", "1,300 W", language == "en" ? "Used today" : "今日用电", "640 ppm",
        language == "en" ? "CO₂, up to 1,500 ppm" : "二氧化碳，上限 1,500 ppm",
      ] {
        #expect(text.contains(words), "\(words) is not in \(text)")
      }
      #expect(try browser.count("#detail .old, #detail .beyond") == 0)
    }
  }

  /// Cold, a meter that is pulled out, a thermometer that is gone: each is said, and passes.
  private static func lose(
    _ system: WholeSystem, _ devices: WorkFolder, _ meter: MeterStandIn
  ) throws {
    try show(4000, in: devices)
    try Deadline.wait(until: "the alarm of the cold") { try stands(.tooCold, system) }
    try show(6000, in: devices)
    try Deadline.wait(until: "the end of the cold") { try !stands(.tooCold, system) }
    try show(air: 1640, in: devices)
    try Deadline.wait(until: "the alarm of stale air") { try stands(.staleAir, system) }
    let marked = try Browser(devices, language: "en")
    try marked.open(
      "http://\(system.management.address)/#/station/climate-1?token=\(system.management.token)")
    try marked.wait(
      until: "the value beyond its limit",
      "return document.querySelector('#detail .beyond')?.innerText.includes('1,640 ppm') ?? false;")
    #expect(try marked.text("#detail").contains("Stale air"))
    try show(air: 1400, in: devices)
    try Deadline.wait(until: "the end of stale air") { try !stands(.staleAir, system) }
    // The power-on value of a sensor without power is no temperature.
    try show(85_000, in: devices)
    try meter.order("unplug")
    try Deadline.wait(until: "both alarms") {
      try stands(.sensorLost, system) && stands(.meterLost, system)
    }
    let lost = try #require(try reading(system, "climate", "temperature"))
    #expect(lost.value == 6000 && !lost.isThere)
    try marked.wait(
      until: "an old temperature",
      "return document.querySelector('#detail .old')?.innerText.includes('6.0 °C') ?? false;")
    // The tile shows the thermometer that is there.
    #expect(try marked.text(".tile").contains("20.0 °C"))
    try show(20_000, in: devices)
    try meter.order("plug")
    try Deadline.wait(until: "the end of both") {
      try !stands(.sensorLost, system) && !stands(.meterLost, system)
    }
  }
}
