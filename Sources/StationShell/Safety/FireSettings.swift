// The fire alarm as the configuration file says it.
import Configuration
import StationCore

extension SettingsReader {
  mutating func firePolicy() -> FirePolicy {
    checkFireLines()
    let section = configuration.section("fire")
    return FirePolicy(
      wiring: FirePolicy.Wiring(rawValue: section.text("wiring")) ?? .none,
      onWireFault: FirePolicy.WireFault(rawValue: section.text("wire-fault")) ?? .alarm)
  }

  /// A fire alarm that is announced and not wired, or wired and not listened to, helps nobody.
  private mutating func checkFireLines() {
    // A simulated board has all wires.
    guard configuration.section("board").text("kind") == "gpio" else { return }
    let section = configuration.section("fire")
    let wiring = FirePolicy.Wiring(rawValue: section.text("wiring")) ?? .none
    let (first, second) = (section.optionalText("fire-line"), section.optionalText("fire-b-line"))
    if wiring != .none, first == nil {
      fail(section.line(of: "wiring"), "\"fire-line\" is missing: say where the alarm's wire ends")
    }
    if wiring == .twoLines, second == nil {
      fail(
        section.line(of: "wiring"),
        "\"fire-b-line\" is missing: two lines tell a cut wire from a fire; with one wire say "
          + "one-line")
    }
    if wiring == .none, first != nil {
      fail(
        section.line(of: "fire-line"),
        "nothing listens to this line: say with \"wiring\" how the fire alarm is wired")
    }
    if wiring != .twoLines, second != nil {
      fail(
        section.line(of: "fire-b-line"),
        "nothing listens to this line: \"wiring = two-lines\" does")
    }
    if wiring != .none, section.optionalText("fire-reset-line") == nil {
      fail(
        section.line(of: "wiring"),
        "\"fire-reset-line\" is missing: without its key doors that fire has released stay open")
    }
  }
}
