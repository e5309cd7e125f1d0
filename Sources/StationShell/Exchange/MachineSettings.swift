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
  /// In the order of their names.
  package var articles: [ArticleSettings]
  package var screen: ScreenSettings

  /// - Returns: nil where the text is not a slot's number in its one spelling.
  static func slot(_ text: String) -> SlotID? {
    guard let slot = Int(text).flatMap({ SlotID($0) }), slot.description == text else { return nil }
    return slot
  }
}

/// A kind of goods, as the screen calls it.
package struct ArticleSettings: Equatable, Sendable {
  package var id: ArticleID
  package var chinese: String
  package var english: String
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
  /// The machine, and what the core has to know of it; both nil where there is none.
  mutating func machine() -> (machine: MachineSettings, policy: VendingPolicy)? {
    let section = configuration.section("machine")
    let articles = configuration.sections("article")
    let slots = configuration.sections("slot")
    // Without a machine its goods stay where they are, for the day when it is back.
    let configurations = slots.compactMap { slot($0, among: articles) }
    guard let driver = MachineDriver(rawValue: section.text("driver")) else {
      checkNoMachine()
      return nil
    }
    if slots.isEmpty {
      fail(section.line(of: "driver"), "a machine needs at least one [slot 1], or it sells nothing")
    }
    checkMachineDevice(section)
    checkMachineDoor(section)
    let timing = vendingTiming(section)
    guard let screen = screen(), problems.isEmpty else { return nil }
    let machine = MachineSettings(
      driver: driver, device: section.text("device"), speed: Int(section.text("speed")) ?? 9600,
      articles: articles.compactMap(Self.article).sorted { $0.id < $1.id }, screen: screen)
    let policy = VendingPolicy(
      slots: configurations, timing: timing, ordersAreRepeatable: driver.ordersAreRepeatable)
    return (machine, policy)
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
    timing.session = section.duration("session")
    timing.shortestTurn = section.duration("shortest-turn")
    timing.longestTurn = section.duration("longest-turn")
    if timing.longestTurn <= timing.shortestTurn {
      fail(
        section.line(of: "longest-turn"), "\"longest-turn\" is not longer than \"shortest-turn\"")
    }
    return timing
  }

  private mutating func slot(
    _ section: Configuration.Section, among articles: [Configuration.Section]
  ) -> SlotConfiguration? {
    let name = section.text("article")
    guard articles.contains(where: { $0.argument == name }) else {
      fail(section.line(of: "article"), "there is no [article \(name)]")
      return nil
    }
    guard let slot = section.argument.flatMap(MachineSettings.slot), let article = ArticleID(name),
      let price = Points(Int64(section.integer("price")))
    else { return nil }
    return SlotConfiguration(
      slot: slot, article: article, price: price, capacity: Int64(section.integer("capacity")))
  }

  private static func article(_ section: Configuration.Section) -> ArticleSettings? {
    section.argument.flatMap { ArticleID($0) }.map {
      ArticleSettings(
        id: $0, chinese: section.text("chinese"), english: section.text("english"))
    }
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
