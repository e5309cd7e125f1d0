// The screen beside the machine in a real browser, on a real station with its simulated machine.
import Foundation
import TestBed
import Testing

@Suite(.serialized)
final class MachineScreenTests {
  let system: WholeSystem
  let station: StationUnderTest

  init() throws {
    system = try WholeSystem(stations: ["machine-1"], members: ["m-1"], hasMachine: true)
    station = system.stations[0]
  }

  @Test("a hand picks, calls off, shows a wrong code, and is told why")
  func customer() throws {
    let browser = try open()
    #expect(try browser.count("#goods .article:not(:disabled)") == 4)
    try isBigEnough(browser)
    try browser.click("#goods [data-slot='2']")
    try shows("请出示会员码", browser)
    #expect(try browser.text("#phase").contains("方便面"))
    #expect(try browser.text("#phase .seconds").contains("秒"))
    try isBigEnough(browser)
    try browser.click("#phase button")
    try browser.wait(until: "the goods again", Self.isHidden, ["phase"])
    try browser.click("#language")
    try browser.click("#goods [data-slot='3']")
    try shows("Show your member code", browser)
    try station.showAtMachine("expired")
    try shows("This code has expired", browser)
    #expect(try browser.text().contains("Work gloves"))
    try system.stop()
  }

  @Test("with the key turned the slots are counted, and a broken detector is told to everybody")
  func maintainer() throws {
    let browser = try open()
    try station.turn("maintenance", on: true)
    try browser.wait(until: "the work", "return !document.getElementById('work').hidden;")
    try isBigEnough(browser)
    try browser.click("#full-1")
    try browser.click("#less-1")
    try browser.click("#save-1")
    try browser.wait(
      until: "the count", "return document.body.innerText.includes('还剩 7 件 / 8');")
    try station.turn("maintenance", on: false)
    try browser.wait(until: "the goods", "return !document.getElementById('goods').hidden;")
    #expect(try browser.text("[data-slot='1']").contains("还剩 7 件"))
    try station.orderMachine("detector faulty")
    try browser.wait(
      until: "the stop", "return document.getElementById('stop').innerText.length > 0;")
    try browser.wait(
      until: "no sales", "return !document.querySelector('#goods .article:not(:disabled)');")
    try system.stop()
  }

  @Test("settings of the service change prices, names and the notice without a touch of the page")
  func settings() throws {
    let browser = try open()
    try system.management.agree(on: 12, ofSlot: 2, at: "machine-1")
    try system.management.set(
      """
      [{"section":"article","name":"soup","values":{"chinese":"热汤","english":"Hot soup"}},
       {"section":"slot","name":"2","values":{"article":"soup"}},
       {"section":"screen","values":
         {"notice-chinese":"周日 22 点停水","notice-english":"No water on Sunday at 22:00"}}]
      """, at: "machine-1")
    try browser.wait(
      until: "the notice", "return document.getElementById('notice').innerText.includes('停水');")
    #expect(try browser.text("#notice").contains("No water on Sunday at 22:00"))
    #expect(try browser.count("#goods .article") == 1)
    let soup = try browser.text("[data-slot='2']")
    #expect(soup.contains("热汤") && soup.contains("Hot soup") && soup.contains("12"))
    try isBigEnough(browser)
    try system.stop()
  }

  @Test("a screen that loses its daemon says so, and comes back by itself")
  func lost() throws {
    let browser = try open()
    #expect(try station.stopDaemon() == 0)
    try browser.wait(until: "the loss", "return !document.getElementById('lost').hidden;")
    try station.start()
    try browser.wait(until: "the goods again", Self.isHidden, ["lost"])
    try browser.wait(
      until: "sales", "return !!document.querySelector('#goods .article:not(:disabled)');")
    try system.stop()
  }

  private static let isHidden = "return document.getElementById(arguments[0]).hidden;"

  private func open() throws -> Browser {
    let browser = try Browser(system.folder, language: "zh")
    try browser.open("\(try station.screen.base)/index.html")
    try browser.wait(
      until: "sales", "return !!document.querySelector('#goods .article:not(:disabled)');")
    return browser
  }

  private func shows(_ text: String, _ browser: Browser) throws {
    try browser.wait(
      until: text,
      "return document.getElementById('phase').innerText.includes(arguments[0]);", [text])
  }

  /// Whoever wears gloves needs 64 pixels each way.
  private func isBigEnough(_ browser: Browser) throws {
    let small = try browser.run(
      """
      return [...document.querySelectorAll("button, input")].filter((e) => e.offsetParent !== null)
        .map((e) => [e.innerText, e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 64 || box.height < 64)
        .map(([name, box]) => `${name} ${box.width}x${box.height}`).join(", ");
      """)
    #expect(small as? String == "")
  }
}
