// Settings in a station's panel, in a browser: a draft, its difference, sending, going back.
import Foundation
import TestBed
import Testing

@Suite(.serialized)
final class SettingsPageTests: PageSuite {
  let page = "detail"
  let system: WholeSystem
  private static let station = "gate-1"
  private static let compare = "[data-setting='compare']"
  private static let reason = "[data-setting='send'] [name='reason']"
  private static let send = "[data-setting='send'] [type='submit']"

  init() throws {
    system = try WholeSystem(stations: [Self.station], hasMachine: true)
    try Deadline.wait(until: "the station to be there") { [system] in
      try system.management.station(Self.station)["online"] as? Bool == true
    }
  }

  private func panel(_ language: String, token: String? = nil) throws -> Browser {
    let browser = try open(
      "station/\(Self.station)", token: token ?? system.management.token, language: language)
    try browser.click("[data-part='settings'] summary")
    return browser
  }

  private func add(
    _ section: String, _ key: String, _ value: String, named name: String? = nil,
    in browser: Browser
  ) throws {
    let form = "[data-setting='add']"
    try browser.choose(section, in: "\(form) [name='section']")
    if let name { try fill("\(form) [name='name']", name, in: browser) }
    try browser.choose(key, in: "\(form) [name='key']")
    try fill("\(form) [name='value']", value, in: browser)
    try browser.click("\(form) [type='submit']")
  }

  private func waitForEditor(_ browser: Browser) throws {
    try browser.wait(
      until: "the editor", "return Boolean(document.querySelector(arguments[0]));",
      [Self.compare])
  }

  private func canSend(_ browser: Browser) throws -> Bool {
    try browser.run(
      "return document.querySelector(arguments[0]).getClientRects().length > 0;", [Self.send])
      as? Bool == true
  }

  private func isWithinItsWidth(_ browser: Browser) throws {
    for width in [360, 1200] {
      try browser.resize(width: width)
      let over = try browser.run(
        """
        return [document.documentElement, document.getElementById("detail")]
          .map((element) => element.scrollWidth - element.clientWidth);
        """)
      #expect(over as? [Int] == [0, 0], "\(width) px")
    }
  }

  private func isInWordsOfSettings(_ browser: Browser) throws {
    #expect(try browser.text().firstMatch(of: /settings?\.[a-z]/) == nil)
    try isInWords(browser)
  }

  @Test("a draft of two keys is shown as a difference, sent with a reason, and seen to hold")
  func draft() throws {
    let browser = try panel("en")
    try shows("The service sets nothing here; the board's file alone holds.", in: browser)
    try waitForEditor(browser)
    try browser.click("[data-shortcut='capacity']")
    try shows("Expects a number from 1 to 10000 people.", in: browser)
    try add("entry", "capacity", "7", in: browser)
    try add("entry", "opening-hours", "00:00-24:00", in: browser)
    try shows("In the draft: 2. Nothing is sent yet.", in: browser)
    try browser.click(Self.compare)
    try browser.wait(
      until: "the difference",
      "return document.querySelectorAll(arguments[0]).length === 2;",
      ["[data-setting='difference'] tbody tr"])
    #expect(try browser.text("[data-setting='difference']").contains("as in the board's file"))
    try fill(Self.reason, "winter", in: browser)
    try isWithinItsWidth(browser)
    try browser.click(Self.send)
    try shows("In force, on trial for a minute", in: browser)
    try shows("Revision 1 · demo: winter", in: browser)
    #expect(try browser.text("[data-section='[entry]']").contains("00:00-24:00"))
    let occupancy = try system.management.station(Self.station)["occupancy"] as? [String: Any]
    #expect(occupancy?["capacity"] as? Int == 7)
    try isInWordsOfSettings(browser)
  }

  @Test("a draft with a fault says which, in the language of the page, and cannot be sent")
  func fault() throws {
    let browser = try panel("zh")
    try waitForEditor(browser)
    try add("entry", "capacity", "many", in: browser)
    try add("slot", "article", "water", named: "9", in: browser)
    try shows("价格不能在这里修改", in: browser)
    try browser.click(Self.compare)
    try shows("入场规则 · 人数上限 应为 1 到 10000 人（整数），不能是“many”。", in: browser)
    try shows("货道 9 该货道还没有约定价格", in: browser)
    #expect(try !canSend(browser))
    #expect(try browser.text("[role='alert']").contains("这份草稿不能下发"))
    try isWithinItsWidth(browser)
    try isInWordsOfSettings(browser)
  }

  @Test("going back to a revision is a draft that leads from the present ones to it")
  func restore() throws {
    let (management, browser) = (system.management, try panel("en"))
    try waitForEditor(browser)
    try management.set(
      #"[{"section":"entry","values":{"capacity":"7"}}]"#, at: Self.station)
    try shows("Revision 1", in: browser)
    // Somebody types while the settings of somebody else arrive.
    let value = "[data-setting='add'] [name='value']"
    try browser.click("[data-shortcut='hours']")
    try fill(value, "06:00-2", in: browser)
    try management.set(
      #"[{"section":"entry","values":{"capacity":"9","leeway":"9 s"}}]"#, at: Self.station)
    try browser.wait(
      until: "the second revision", "return Boolean(document.querySelector(arguments[0]));",
      ["[data-revision='2']"])
    let typed = try browser.run(
      "return document.activeElement.matches(arguments[0]) && document.activeElement.value;",
      [value])
    #expect(typed as? String == "06:00-2")
    try browser.click("[data-revision='1'] [data-setting='restore']")
    try shows("The draft leads back to revision 1.", in: browser)
    try browser.wait(
      until: "the way back", "return document.querySelectorAll(arguments[0]).length === 2;",
      ["[data-setting='difference'] tbody tr"])
    // Somebody was faster: nothing is sent over theirs.
    try management.set(
      #"[{"section":"entry","values":{"capacity":"11"}}]"#, at: Self.station)
    try fill(Self.reason, "too many", in: browser)
    try browser.click(Self.send)
    try shows("Somebody else has changed the settings meanwhile.", in: browser)
    try browser.wait(
      until: "the difference to theirs",
      "return document.querySelector(arguments[0]).innerText.includes('11');",
      ["[data-setting='difference']"])
    try browser.click(Self.send)
    try shows("Sent as revision 4.", in: browser)
    let now = try management.api.call("GET", "/stations/\(Self.station)/settings").object
    let sections = (now["settings"] as? [String: Any])?["sections"] as? [[String: Any]]
    #expect(sections?.first?["values"] as? [String: String] == ["capacity": "7"])
  }

  @Test("what a station refuses is said with its place, and a viewer sees it without an editor")
  func viewer() throws {
    let (management, browser) = (
      system.management, try panel("zh", token: system.management.viewerToken)
    )
    try shows("管理服务没有下发设置", in: browser)
    try management.set(
      #"[{"section":"entry","values":{"free-hours":"12:00-13:00","anti-passback":"hard"}}]"#,
      at: Self.station)
    try shows("被驿站拒绝", in: browser)
    try shows("入场规则 · 自由通行时间 没有门采用它", in: browser)
    try shows("入场规则 · 重复入场 门 1 没有离场读卡器", in: browser)
    try shows("第 1 版 · demo：test", in: browser)
    #expect(try browser.count("[data-part='settings'] :is(form, [data-setting])") == 0)
    try isWithinItsWidth(browser)
    try isInWordsOfSettings(browser)
  }

  @Test("every section and key that can be set has a name and a meaning", arguments: ["zh", "en"])
  func names(_ language: String) throws {
    let management = system.management
    let answer = try management.api.call("GET", "/settings-keys").object
    let site = HTTPClient(base: "http://\(management.address)")
    let texts = try site.call("GET", "/texts/\(language).json").object
    for section in answer["sections"] as? [[String: Any]] ?? [] {
      let name = section["section"] as? String ?? ""
      #expect(texts["setting.\(name)"] != nil, "\(name)")
      for key in section["keys"] as? [[String: Any]] ?? [] {
        let word = "setting.\(name).\(key["key"] as? String ?? "")"
        #expect(texts[word] != nil, "\(word)")
        #expect(texts["\(word).about"] != nil || word == "setting.slot.price", "\(word)")
      }
    }
  }
}
