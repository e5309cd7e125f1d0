// What the station's configuration file says about the exchange machine and its screen.
import Configuration
import GPIO
import HTTP
import Linux
import StationCore
import StationProtocol

/// The machine as the daemon needs it; what the core must know is in `core.vending`.
package struct MachineSettings: Equatable, Sendable {
  package var driver: MachineDriver
  package var device: String
  package var speed: Int
  package var screen: ScreenSettings
}

/// The address of the screen's page.
package struct ScreenSettings: Equatable, Sendable {
  package var address: String
  package var port: Int
  package var addressFile: String?
  package var pages: String
  package var texts: String
}

/// Whatever drives an exchange machine; each has a folder here.
package enum MachineDriver: String, CaseIterable, Sendable {
  case channelBoard = "channel-board"

  /// The words of the configuration's key.
  static let words = ["none"] + allCases.map(\.rawValue)

  /// Whether the machine knows its orders by their numbers: the same one again turns nothing.
  var ordersAreRepeatable: Bool {
    switch self {
    case .channelBoard: true
    }
  }
}

extension SettingsReader {
  /// The machine, with its times; both nil where there is none.
  mutating func machine() -> (machine: MachineSettings, timing: VendingTiming)? {
    let section = configuration.section("machine")
    guard let driver = MachineDriver(rawValue: section.text("driver")) else {
      checkNoMachine()
      return nil
    }
    checkMachineDevice(section)
    checkMachineDoor(section)
    let timing = vendingTiming(section)
    guard let screen = screen(), problems.isEmpty else { return nil }
    let machine = MachineSettings(
      driver: driver, device: section.text("device"), speed: Int(section.text("speed")) ?? 9600,
      screen: screen)
    return (machine, timing)
  }

  private mutating func checkNoMachine() {
    for section in configuration.sections("reader") where section.text("serves") == "machine" {
      fail(
        section.line(of: "serves"),
        "a reader without a machine: say \"driver = channel-board\" in [machine], or leave it out")
    }
  }

  private mutating func vendingTiming(_ section: Configuration.Section) -> VendingTiming {
    var timing = VendingTiming()
    timing.shortestTurn = section.duration("shortest-turn")
    timing.longestTurn = section.duration("longest-turn")
    if timing.longestTurn <= timing.shortestTurn {
      fail(
        section.line(of: "longest-turn"), "\"longest-turn\" is not longer than \"shortest-turn\"")
    }
    return timing
  }

  private mutating func checkMachineDevice(_ section: Configuration.Section) {
    claim(.serial(section.text("device")), for: "[machine]", at: section.line(of: "device"))
    if !configuration.sections("reader").contains(where: { $0.text("serves") == "machine" }) {
      fail(
        section.line(of: "driver"),
        "[machine] requires a [reader] with \"serves = machine\", or nobody can pay")
    }
  }

  /// A machine that does not know of its own door would sell into the hands of whoever fills it.
  private mutating func checkMachineDoor(_ section: Configuration.Section) {
    guard configuration.section("board").text("kind") == "gpio",
      configuration.section("inputs").optionalText("machine-door-line") == nil
    else { return }
    fail(
      section.line(of: "driver"),
      "\"machine-door-line\" in [inputs] is missing: nothing is sold while that door is open")
  }

  private mutating func screen() -> ScreenSettings? {
    let section = configuration.section("screen")
    let address = section.text("address")
    guard HTTPOptions.isNumeric(address) else {
      fail(section.line(of: "address"), "\"\(address)\" is no numeric address, as 127.0.0.1 is")
      return nil
    }
    return ScreenSettings(
      address: address, port: section.integer("port"),
      addressFile: section.optionalText("address-file"), pages: section.text("pages"),
      texts: section.text("texts"))
  }
}
