// Orders from a station's panel in a browser, in both languages and without the right to give any.
import Foundation
import TestBed
import Testing

@Suite(.serialized)
final class OrdersPageTests: PageSuite {
  let page = "detail"
  let system: WholeSystem
  let station: StationUnderTest

  init() throws {
    system = try WholeSystem(stations: ["gate-1"], members: ["m-1"], walkStep: 20)
    station = system.stations[0]
    try Deadline.wait(until: "the station's operations") { [system] in
      (try system.management.station("gate-1")["operations"] as? [String])?.isEmpty == false
    }
  }

  private func panel(_ language: String, token: String? = nil) throws -> Browser {
    let browser = try open(
      "station/gate-1", token: token ?? system.management.token, language: language)
    try browser.click("[data-part='orders'] summary")
    return browser
  }

  /// An order asks once more before it is given.
  private func give(_ order: String, in browser: Browser) throws {
    let button = "[data-order='\(order)']"
    try browser.click(button)
    try browser.wait(
      until: "the question whether \(order) is meant",
      "return document.querySelector(arguments[0]).dataset.asks === 'true';", [button])
    try browser.click(button)
  }

  private func isUnlocked() throws -> Bool {
    try station.accessPoint()["unlocked"] as? Bool == true
  }

  @Test("a door opens by two clicks, one alone opens nothing, and the end is said")
  func opening() throws {
    let browser = try panel("en")
    try shows("Nothing was ever ordered here.", in: browser)
    try browser.click("[data-order='open']")
    try shows("Sure? Open once", in: browser)
    #expect(try !isUnlocked())
    try browser.wait(
      until: "the question to be forgotten",
      "return !document.querySelector(\"[data-order='open']\").dataset.asks;")
    try give("self-test", in: browser)
    try shows("Self-test: Done", in: browser)
    try shows("parts are well.", in: browser)
    try give("open", in: browser)
    try Deadline.wait(until: "the open door") { try self.isUnlocked() }
    try shows("Open once (Door 1): Done", in: browser)
    try isInWords(browser)
  }

  @Test("lock-down needs a reason, is shown with who wanted it, and ends")
  func lockDown() throws {
    let browser = try panel("zh")
    try fill("[data-order='lock-down'] input", "街上有危险", in: browser)
    try browser.click("[data-order='lock-down'] [type='submit']")
    try shows("街上有危险", in: browser)
    try Deadline.wait(until: "lock-down in force") { [system] in
      (try system.management.station("gate-1")["lockDown"] as? [String: Any])?["inForce"] as? Bool
        == true
    }
    try give("open", in: browser)
    try shows("正在封锁，请先解除", in: browser)
    try fill("[data-order='lock-down'] input", "解除", in: browser)
    try browser.click("[data-order='lock-down'] [type='submit']")
    try Deadline.wait(until: "the end of lock-down") { [system] in
      (try system.management.station("gate-1")["lockDown"] as? [String: Any])?["inForce"] as? Bool
        == false
    }
    try isInWords(browser)
  }

  @Test("a viewer is told that the token gives no orders, and nothing happens")
  func viewer() throws {
    let browser = try panel("en", token: system.management.viewerToken)
    try give("open", in: browser)
    try shows("Your token may not give orders.", in: browser)
    #expect(try !isUnlocked())
  }
}
