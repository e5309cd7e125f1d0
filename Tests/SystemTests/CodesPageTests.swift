// Typed codes in a station's panel, in a browser: made, set, used and removed, in both languages.
import Foundation
import TestBed
import Testing

@Suite(.serialized)
final class CodesPageTests: PageSuite {
  let page = "detail"
  let system: WholeSystem
  private var station: StationUnderTest { system.stations[0] }

  init() throws {
    system = try WholeSystem(stations: ["gate-1"], walkStep: 20)
    try Deadline.wait(until: "the station's operations") { [system] in
      (try system.management.station("gate-1")["operations"] as? [String])?
        .contains("set-code") == true
    }
  }

  private func panel(_ language: String, token: String? = nil) throws -> Browser {
    let browser = try open(
      "station/gate-1", token: token ?? system.management.token, language: language)
    let summary = "[data-part='codes'] summary"
    try browser.wait(
      until: "the panel", "return Boolean(document.querySelector(arguments[0]));", [summary])
    try browser.click(summary)
    return browser
  }

  private func remove(in browser: Browser, asking question: String) throws {
    let button = "[data-credential] button"
    try browser.click(button)
    try shows(question, in: browser)
    try browser.click(button)
  }

  @Test("a code is shown once, is there once the station says so, and is gone when removed")
  func life() throws {
    let browser = try panel("en")
    try shows("No code is set.", in: browser)
    try browser.click("[data-code='make'] [type='submit']")
    try shows("Write it down now", in: browser)
    let text = try browser.text()
    let digits = try #require(text.firstMatch(of: /\b[0-9]{10}\b/)).output
    try shows("Set there, 1 of 1 left", in: browser)
    try station.type("\(digits)#", until: "granted")
    try shows("Set there, 0 of 1 left", in: browser)
    try isInWords(browser)
    try remove(in: browser, asking: "Sure? Remove")
    try shows("No code is set.", in: browser)
    let again = try panel("en")
    try shows("No code is set.", in: again)
    #expect(try !again.text().contains(digits))
  }

  @Test("a code that the service did not set is listed as such, and can be removed")
  func foreign() throws {
    let hash = String(repeating: "0a", count: 32)
    let order =
      #""op":"set-code","ap":1,"credential":"stranger","hash":"\#(hash)","#
      + #""from":1,"until":86400001,"uses":3"#
    let id = try system.management.order("gate-1", order)
    try system.management.waitForEnd(of: id, at: "gate-1")
    let browser = try panel("zh")
    try shows("不是本平台设置的，或已被删除：stranger", in: browser)
    try isInWords(browser)
    try remove(in: browser, asking: "确定删除？")
    try shows("没有设置数字码。", in: browser)
  }

  @Test("a viewer sees codes, and is told that the token makes none")
  func viewer() throws {
    let browser = try panel("en", token: system.management.viewerToken)
    try browser.click("[data-code='make'] [type='submit']")
    try shows("Your token may not give orders.", in: browser)
    try shows("No code is set.", in: browser)
  }
}
