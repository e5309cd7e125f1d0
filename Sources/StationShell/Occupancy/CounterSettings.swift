// What the station's configuration file says about counting people.
import GPIO
import StationCore
import StationProtocol

/// A people counter on a serial line.
package struct CounterSettings: Equatable, Sendable {
  package var name: String
  package var accessPoint: AccessPointID
  package var device: String
  package var speed: Int
  package var entering: Way
  package var silence: Duration

  package enum Way: String, CaseIterable, Sendable {
    case leftToRight = "left-to-right"
    case rightToLeft = "right-to-left"
  }
}

extension SettingsReader {
  mutating func occupancyPolicy() -> OccupancyPolicy {
    let section = configuration.section("occupancy")
    let hold = section.duration("motion-hold")
    let after = ["empty-after-exit", "empty-after-cycle"]
    var isSound = true
    for key in after where section.duration(key) <= hold {
      fail(section.line(of: key), "\"\(key)\" is not longer than \"motion-hold\"")
      isSound = false
    }
    let inputs = configuration.section("inputs")
    if section.boolean("motion-sensor"), configuration.section("board").text("kind") == "gpio",
      inputs.optionalText("motion-line") == nil
    {
      fail(section.line(of: "motion-sensor"), "a motion sensor needs \"motion-line\" in [inputs]")
    }
    let hasSensor = section.boolean("motion-sensor") && isSound
    return OccupancyPolicy(
      beams: BeamTiming(
        spacing: section.integer("beam-spacing"),
        blockedAfter: section.duration("beam-blocked-after"),
        darkAfter: section.duration("beam-dark-after")),
      pulse: PulseDirection(rawValue: section.text("counter-direction")) ?? .opener,
      vacancy: hasSensor
        ? VacancyTiming(
          hold: hold, afterExit: section.duration(after[0]),
          afterCycle: section.duration(after[1])) : nil)
  }

  mutating func counters(_ points: [AccessPointID]) -> [CounterSettings] {
    var counters: [CounterSettings] = []
    for section in configuration.sections("people-counter") {
      let number = section.integer("access-point")
      let device = section.text("device")
      guard let id = points.first(where: { $0.number == number }) else {
        fail(section.line(of: "access-point"), "there is no [access-point \(number)]")
        continue
      }
      if let twin = counters.first(where: { $0.accessPoint == id }) {
        fail(
          section.line(of: "access-point"),
          "[people-counter \(twin.name)] counts there already: everybody would count twice")
      }
      claim(
        .serial(device), for: "[people-counter \(section.argument ?? "")]",
        at: section.line(of: "device"))
      counters.append(
        CounterSettings(
          name: section.argument ?? "", accessPoint: id, device: device,
          speed: Int(section.text("speed")) ?? 115_200,
          entering: CounterSettings.Way(rawValue: section.text("entering")) ?? .leftToRight,
          silence: section.duration("silence")))
    }
    checkSensors(counters)
    return counters
  }

  /// Two sensors of different kinds at one door count everybody twice.
  private mutating func checkSensors(_ counters: [CounterSettings]) {
    let kinds = ["outer-beam-line", "inner-beam-line", "counter-line"]
    for section in configuration.sections("access-point") {
      var present = kinds.filter { section.optionalText($0) != nil }
      let hasBeams = present.contains { $0 != "counter-line" }
      if hasBeams, present.contains("counter-line") {
        fail(
          section.line(of: "counter-line"),
          "the light barriers count there already: everybody would count twice")
      }
      if present.count == 1, hasBeams {
        fail(section.line(of: present[0]), "one light barrier tells no direction: use counter-line")
      }
      guard let counter = counters.first(where: { "\($0.accessPoint)" == section.argument }) else {
        continue
      }
      present.sort()
      if let line = present.first {
        fail(
          section.line(of: line),
          "[people-counter \(counter.name)] counts there already: everybody would count twice")
      }
    }
  }
}
