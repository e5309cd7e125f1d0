// Reads what a facility decides, and says what is not right together.
import Configuration
import StationProtocol
import Time

/// Turns the values of `ServiceKeys`, which are right one by one, into a facility that is right
/// beside its board. Every problem is found in one round.
struct FacilityReader {
  let configuration: Configuration
  let board: BoardFacts
  private(set) var problems: [ConfigurationProblem] = []

  init(_ configuration: Configuration, on board: BoardFacts) {
    self.configuration = configuration
    self.board = board
  }

  /// - Returns: nil where there are problems.
  mutating func facility() -> Facility? {
    checkParts()
    let entry = entry()
    let heldOpen = heldOpen(entry.uplink)
    let goods = goods()
    let limits = limits()
    guard problems.isEmpty else { return nil }
    return Facility(
      entry: entry, heldOpen: heldOpen, goods: goods, limits: limits,
      recordInterval: configuration.section("measurements").duration("record-interval"))
  }

  /// - Parameter line: of the configuration; nil where something is missing in it as a whole.
  mutating func fail(_ line: Int?, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }

  /// A part is the board's to have, and no setting can make one.
  private mutating func checkParts() {
    for section in configuration.sections("access-point")
    where !board.points.contains(where: { $0.id.description == section.argument }) {
      fail(section.line, "the board has no [access-point \(section.argument ?? "")]")
    }
    for section in configuration.sections("thermometer")
    where !board.sensors.contains(where: { $0.id.text == section.argument }) {
      fail(section.line, "the board has no [thermometer \(section.argument ?? "")]")
    }
  }

  func section(of point: AccessPointID) -> Configuration.Section? {
    configuration.sections("access-point").first { $0.argument == point.description }
  }
}

// MARK: - Doors

extension FacilityReader {
  private mutating func heldOpen(
    _ uplink: UplinkPolicy
  ) -> [AccessPointID: Facility.HeldOpenTimes] {
    var times: [AccessPointID: Facility.HeldOpenTimes] = [:]
    for point in board.points {
      guard let section = section(of: point.id) else { continue }
      let usual = section.duration("held-open-time")
      if usual <= point.access {
        fail(
          section.line(of: "held-open-time"),
          "a door would be held open while it is still released: make held-open-time longer than "
            + "access-time")
      }
      let program = DoorSchedule(rawValue: section.text("program"))
      let isFree = program?.hasFreeAccess == true
      if !point.canStayReleased, isFree || uplink != .codes {
        fail(
          isFree
            ? section.line(of: "program")
            : configuration.section("entry").line(of: "uplink-lost"),
          "a lock that is rated for pulses burns while a door stands open to everyone: take one "
            + "that is rated for continuous use, or a program without free hours and "
            + "uplink-lost = codes")
      }
      times[point.id] = Facility.HeldOpenTimes(
        usual: usual, extended: section.duration("extended-held-open-time"),
        warning: section.duration("held-open-warning"))
    }
    return times
  }
}

// MARK: - The exchange machine

extension FacilityReader {
  private mutating func goods() -> Facility.Goods {
    let articles = configuration.sections("article")
    let sections = configuration.sections("slot")
    let slots = sections.compactMap { slot($0, among: articles) }
    if sections.isEmpty, board.hasMachine {
      fail(
        configuration.section("machine").line,
        "a machine needs at least one [slot 1], or it sells nothing")
    }
    var labels = ScreenLabels()
    for section in articles {
      guard let id = section.argument.flatMap({ ArticleID($0) }) else { continue }
      labels.articles[id] = ScreenLabels.Text(
        chinese: section.text("chinese"), english: section.text("english"))
    }
    labels.notice = notice()
    return Facility.Goods(
      slots: slots.sorted { $0.slot < $1.slot },
      session: configuration.section("machine").duration("session"), labels: labels)
  }

  private mutating func slot(
    _ section: Configuration.Section, among articles: [Configuration.Section]
  ) -> SlotConfiguration? {
    let name = section.text("article")
    guard articles.contains(where: { $0.argument == name }) else {
      fail(section.line(of: "article"), "there is no [article \(name)]")
      return nil
    }
    guard let slot = section.argument.flatMap({ SlotID(spelled: $0) }),
      let article = ArticleID(name), let price = Points(Int64(section.integer("price")))
    else { return nil }
    return SlotConfiguration(
      slot: slot, article: article, price: price, capacity: Int64(section.integer("capacity")))
  }

  /// A notice in both languages: whoever reads one alone must not miss it.
  private mutating func notice() -> ScreenLabels.Text? {
    let section = configuration.section("screen")
    let chinese = section.optionalText("notice-chinese")
    let english = section.optionalText("notice-english")
    if let chinese, let english {
      return ScreenLabels.Text(chinese: chinese, english: english)
    }
    if chinese != nil || english != nil {
      let key = chinese == nil ? "notice-english" : "notice-chinese"
      fail(section.line(of: key), "a notice needs \"notice-chinese\" and \"notice-english\"")
    }
    return nil
  }
}

// MARK: - Sensors

extension FacilityReader {
  private mutating func limits() -> [SensorID: [ReadingLimits]] {
    var limits: [SensorID: [ReadingLimits]] = [:]
    for sensor in board.sensors {
      guard
        let section = configuration.sections("thermometer").first(where: {
          $0.argument == sensor.id.text
        })
      else { continue }
      limits[sensor.id] = self.limits(section, sensor.quantities)
    }
    return limits
  }

  private mutating func limits(
    _ section: Configuration.Section, _ quantities: [Quantity]
  ) -> [ReadingLimits] {
    let delay = section.duration("alarm-delay")
    for rule in LimitRule.all where !quantities.contains(rule.quantity) {
      guard section.optionalInteger(rule.alarm.rawValue) != nil else { continue }
      fail(
        section.line(of: rule.alarm.rawValue),
        "\"\(rule.alarm.rawValue)\" needs \(rule.quantity.rawValue) = yes")
    }
    return quantities.compactMap { quantity in
      func value(_ side: LimitRule.Side) -> Int64? {
        LimitRule.all.first { $0.quantity == quantity && $0.side == side }.flatMap { rule in
          section.optionalInteger(rule.alarm.rawValue).map { Int64($0) * rule.scale }
        }
      }
      let limits = ReadingLimits(quantity, low: value(.low), high: value(.high), delay: delay)
      if let low = limits.low, let high = limits.high,
        high.value - low.value <= low.hysteresis + high.hysteresis
      {
        fail(
          section.line(of: high.rule.alarm.rawValue),
          "\"\(high.rule.alarm.rawValue)\" is not more than "
            + "\(low.rule.hysteresis + high.rule.hysteresis) \(high.rule.unit) above "
            + "\"\(low.rule.alarm.rawValue)\"")
      }
      return limits.low == nil && limits.high == nil ? nil : limits
    }
  }
}
