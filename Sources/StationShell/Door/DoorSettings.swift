// The doors as the configuration file says them.
import Configuration
import GPIO
import StationCore
import StationProtocol

extension SettingsReader {
  mutating func accessPoints() -> [AccessPointConfiguration] {
    let points = configuration.sections("access-point").compactMap { section in
      AccessPointID(Int(section.argument ?? "") ?? 0).map { door(section, $0) }
    }
    if points.isEmpty { fail(nil, "a station needs at least one [access-point 1]") }
    for section in configuration.sections("access-point") { check(section) }
    return points
  }

  private func door(
    _ section: Configuration.Section, _ id: AccessPointID
  ) -> AccessPointConfiguration {
    let kind = Self.kind(section)
    let exit: Duration = kind == .failSafe ? Door.egress : .seconds(5)
    let isSimulated = configuration.section("board").text("kind") == "simulated"
    return AccessPointConfiguration(
      id: id,
      timing: DoorTiming(
        access: section.duration("access-time"),
        extendedAccess: section.duration("extended-access-time"),
        exit: section.optionalDuration("exit-time") ?? exit),
      lock: DoorLock(
        kind: kind,
        rating: Self.isPulseRated(section)
          ? .pulse(longest: section.duration("longest-pulse")) : .continuous,
        hasFeedback: isSimulated || section.optionalText("strike-feedback-line") != nil),
      exitDrivesStrike: section.boolean("exit-drives-strike"),
      contactFaultAfter: section.integer("contact-fault-after"))
  }

  private static func kind(_ section: Configuration.Section) -> DoorLock.Kind {
    DoorLock.Kind(rawValue: section.text("lock")) ?? .failSecure
  }

  private static func isPulseRated(_ section: Configuration.Section) -> Bool {
    section.text("lock-rating") == "pulse"
  }

  /// Refuses settings that would burn a coil, or leave somebody inside.
  private mutating func check(_ section: Configuration.Section) {
    let kind = Self.kind(section)
    let isPulsed = Self.isPulseRated(section)
    let hasHandle = section.text("egress") == "handle"
    let access = section.duration("access-time")
    if kind == .failSecure, !hasHandle {
      fail(
        section.line(of: "egress"),
        "a fail-secure lock needs current to open, so a power cut locks the exit: give the door a "
          + "handle that opens it from inside (egress = handle), or take a fail-safe lock")
    }
    if kind == .failSecure, section.text("strike-contact") == "normally-closed" {
      fail(
        section.line(of: "strike-contact"),
        "a fail-secure lock on the normally closed contact stands open and under current while "
          + "nothing drives the relay, which burns its coil: use the normally open contact")
    }
    if kind == .failSafe, section.text("strike-contact") == "normally-closed",
      !section.isSet("egress")
    {
      fail(
        section.line(of: "strike-contact"),
        "a magnet on the normally closed contact holds the door shut while this machine is off, so "
          + "the file has to say how people get out then: egress = handle, or egress = "
          + "button-circuit where the exit button cuts the magnet's current itself")
    }
    if kind == .failSafe, isPulsed {
      fail(
        section.line(of: "lock-rating"),
        "a fail-safe lock carries current all the time that it holds, and one that is rated for "
          + "pulses burns: take one that is rated for continuous use")
    }
    if isPulsed, !hasHandle, configuration.section("fire").text("wiring") != "none" {
      fail(
        section.line(of: "lock-rating"),
        "fire cannot hold a lock released that is rated for pulses: give the door a handle "
          + "(egress = handle), or take a lock that is rated for continuous use")
    }
    if isPulsed, section.duration("longest-pulse") > access {
      fail(
        section.line(of: "longest-pulse"),
        "a pulse longer than access-time would hold the door released after a grant has ended")
    }
  }

  func strikes() -> [AccessPointID: StrikeWiring] {
    var strikes: [AccessPointID: StrikeWiring] = [:]
    for section in configuration.sections("access-point") {
      guard let id = AccessPointID(Int(section.argument ?? "") ?? 0) else { continue }
      strikes[id] = StrikeWiring(
        kind: Self.kind(section),
        contact: StrikeWiring.Contact(rawValue: section.text("strike-contact")) ?? .normallyOpen)
    }
    return strikes
  }

  /// The locks' outputs whose coils bear current in pulses only, with the longest of them.
  func pulses() -> [BoardLine: Duration] {
    var pulses: [BoardLine: Duration] = [:]
    for section in configuration.sections("access-point") where Self.isPulseRated(section) {
      guard let id = AccessPointID(Int(section.argument ?? "") ?? 0) else { continue }
      pulses[BoardLine(.strike, id.number)] = section.duration("longest-pulse")
    }
    return pulses
  }
}
