// The members page in a browser, beside a station that lets members in and refuses them.
import Foundation
import TestBed
import Testing

@Suite(.serialized)
final class MembersPageTests: PageSuite {
  let page = "members"
  let system: WholeSystem
  let station: StationUnderTest

  init() throws {
    system = try WholeSystem(stations: ["members-1"], members: ["m-1"], walkStep: 20)
    station = system.stations[0]
    _ = try system.management.enrol("m-1")
    let body = "{\"id\":\"m-2\",\"label\":\"环卫 三班\"}"
    #expect(try system.management.api.call("POST", "/members", json: body).status == 201)
    try system.management.issue(5_000, reason: "budget")
    try system.management.grant(70, to: "m-1", reason: "test")
  }

  @Test("a member is found, seen coming in and being refused, and gets no codes after a lost phone")
  func lostPhone() throws {
    let browser = try open("members", token: system.management.token, language: "en")
    try browser.wait(
      until: "both members", "return document.querySelectorAll('#members-list li').length === 2;")
    try fill("#members-search", "三班", in: browser)
    try browser.click(".find button")
    try browser.wait(
      until: "the one that is searched for",
      """
      const rows = [...document.querySelectorAll("#members-list li")];
      return rows.length === 1 && rows[0].innerText.includes("环卫 三班");
      """)
    try fill("#members-search", "nobody", in: browser)
    try browser.click(".find button")
    try shows("No member's id or label contains \"nobody\".", in: browser)

    try browser.run("location.hash = '#/members?search=m-1';")
    try shows("m-1", in: browser)
    try browser.click("[data-member='m-1'] a")
    try shows("70", in: browser)
    try shows("No station has told of this member yet.", in: browser)

    // What stations tell is there without reading anew.
    try station.order("/code", ["kind": "expired"])
    try shows("Entry refused", in: browser)
    try shows("An old code was shown, most often a screenshot.", in: browser)
    try station.order("/scan", ["text": try self.code()])
    try shows("Entry granted", in: browser)
    try station.order("/walk", ["action": "in"])

    let kept = try self.code()
    try browser.click("[data-order='lost'] summary")
    try shows("The service issues no new codes", in: browser)
    try browser.click("[data-order='lost'] [type='submit']")
    try shows("Stations still take codes that were issued before", in: browser)
    try shows("Suspended by demo", in: browser)
    try shows("phone lost", in: browser)
    #expect(try system.management.api.call("POST", "/members/m-1/codes").status == 409)
    // What the page says is so: the station knows nothing of it.
    try station.order("/scan", ["text": kept])
    try Deadline.wait(until: "the code of before to be taken") {
      try self.events().components(separatedBy: "\"entry-granted\"").count == 3
    }
    try activate(browser)
    try isInWords(browser)
    try system.stop()
  }

  private func activate(_ browser: Browser) throws {
    try browser.run("localStorage.setItem('language', 'zh'); location.reload();")
    try shows("由 demo 停用", in: browser)
    try browser.click("[data-order='activate'] summary")
    // Without a reason nothing is sent.
    try browser.click("[data-order='activate'] [type='submit']")
    #expect(try browser.count("[data-order='activate']") == 1)
    try fill("[data-order='activate'] [name='reason']", "phone found", in: browser)
    // What is typed stays while everything is read anew.
    try browser.click("#members-again")
    try shows("拒绝进门", in: browser)
    #expect(
      try browser.run(
        "return document.querySelector(\"[data-order='activate'] [name='reason']\").value;")
        as? String == "phone found")
    try browser.click("[data-order='activate'] [type='submit']")
    try shows("m-1 可以重新获取会员码。", in: browser)
    try browser.wait(
      until: "the orders of an active member",
      "return document.querySelectorAll(\"[data-order='lost']\").length === 1;")
    #expect(try system.management.api.call("POST", "/members/m-1/codes").status == 200)
    let audit = try system.management.api.call("GET", "/audit?member=m-1").text
    #expect(audit.contains("phone found") && audit.contains("phone lost"))
  }

  @Test(
    "an address that names no member leads to no other call", arguments: ["..", "a%23b", "m-9"])
  func noMember(name: String) throws {
    try station.order("/code", ["kind": "expired"])
    try Deadline.wait(until: "an event of somebody else") {
      try self.events().contains("\"expired\"")
    }
    let browser = try open(
      "members?member=\(name)", token: system.management.token, language: "en")
    try browser.wait(
      until: "a word on the member",
      "return document.querySelector('#members .order-note')?.dataset.mood === 'problem';")
    try browser.wait(
      until: "a word on the events",
      "return document.querySelector('#members .records + p')?.textContent !== 'Loading…';")
    #expect(try browser.count("#members .records li") == 0)
    try system.stop()
  }

  @Test("who may only look sees no members, and is told so", arguments: ["en", "zh"])
  func viewer(language: String) throws {
    let token = system.management.viewerToken
    for page in ["members", "members?member=m-1"] {
      let browser = try open(page, token: token, language: language)
      try shows(language == "en" ? "Sign in as a manager." : "请用管理员令牌登录", in: browser)
      #expect(try browser.count("#members details, #members-list li") == 0)
    }
    try system.stop()
  }

  // MARK: - Steps

  private func code() throws -> String {
    let answer = try system.management.api.call("POST", "/members/m-1/codes")
    return try #require(answer.object["payload"] as? String)
  }

  private func events() throws -> String {
    try system.management.api.call("GET", "/members/m-1/events").text
  }
}
