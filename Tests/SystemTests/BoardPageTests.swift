// The board of a station in the dashboard: a code that is made, a key that is replaced, a lock-out.
import Foundation
import TestBed
import Testing

@Suite(.serialized)
struct BoardPageTests {
  private func open(_ bed: ClaimBed, _ language: String, token: String? = nil) throws -> Browser {
    let browser = try Browser(bed.folder, language: language)
    let token = token ?? bed.management.token
    try browser.open("http://\(bed.management.address)/#/station/gate-4?token=\(token)")
    try browser.click("[data-part='board'] summary")
    return browser
  }

  private func shows(_ text: String, in browser: Browser) throws {
    try browser.wait(
      until: text, "return document.getElementById('detail').innerText.includes(arguments[0]);",
      [text])
  }

  @Test(
    "a code that is read from the page makes a board a station, and the page says by what it is")
  func claim() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "first").status == 0)
    let browser = try open(bed, "en")
    try shows("counts until", in: browser)
    try browser.click("[data-board='claim']")
    try shows("stationctl claim --service", in: browser)
    let code = try browser.text(".claim-code output")
    #expect(try bed.claim(code, at: "second").status == 0)
    let station = try bed.station("gate-4", board: "second")
    try Deadline.wait(until: "the station (\(station.log))") { try bed.isOnline("gate-4") }
    try browser.click("[data-board='renew']")
    try shows("Sure? Replace the key now", in: browser)
    try browser.click("[data-board='renew']")
    try shows("The board was asked for another key.", in: browser)
    try Deadline.wait(until: "another certificate") {
      try bed.certificates(of: "gate-4").count == 3
    }
  }

  @Test("a board is locked out with a reason; who may not is told so, in words")
  func lockOut() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "first").status == 0)
    let viewer = try open(bed, "zh", token: bed.management.viewerToken)
    try shows("您的令牌无权更改主板。", in: viewer)
    let browser = try open(bed, "zh")
    try shows("有效至", in: browser)
    try browser.run(
      "document.querySelector(arguments[0]).value = arguments[1];",
      ["[data-board='lock-out'] input", "被盗"])
    try browser.click("[data-board='lock-out'] [type='submit']")
    try shows("现场的门照常工作", in: browser)
    try shows("起失效", in: browser)
    let key = /board\.[a-z]/
    #expect(try browser.text().firstMatch(of: key) == nil)
  }

  @Test("a service without an authority says so")
  func noAuthority() throws {
    let system = try WholeSystem(stations: ["gate-4"])
    let browser = try Browser(system.folder, language: "en")
    try Deadline.wait(until: "the station") {
      try system.management.station("gate-4")["online"] as? Bool == true
    }
    try browser.open(
      "http://\(system.management.address)/#/station/gate-4?token=\(system.management.token)")
    try browser.click("[data-part='board'] summary")
    try browser.click("[data-board='claim']")
    try browser.wait(
      until: "the reason",
      "return document.getElementById('detail').innerText.includes('certifies no boards');", [])
    try system.stop()
  }
}
