// The points page and the machine in a station's panel, in real browsers of two people.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing

@Suite(.serialized)
final class PointsPageTests: PageSuite {
  let page = "points"
  let system: WholeSystem
  let station: StationUnderTest

  init() throws {
    system = try WholeSystem(stations: ["machine-1"], members: ["m-1"], hasMachine: true)
    station = system.stations[0]
    _ = try system.management.enrol("m-1")
    try system.management.issue(5_000, reason: "budget")
  }

  @Test("a grant of two people pays for an exchange, and both are to be seen on the pages")
  func grantToExchange() throws {
    let asks = try open("points", token: system.management.token, language: "en")
    try shows("No exchange is open.", in: asks)
    try fill("#points-member", "m-1", in: asks)
    try asks.click(".find button")
    try shows("Nothing has moved yet.", in: asks)
    try fill("[data-order='grant m-1'] [name='amount']", "600", in: asks)
    try fill("[data-order='grant m-1'] [name='reason']", "flood", in: asks)
    try asks.click("[data-order='grant m-1'] [type='submit']")
    try shows("a second person must approve this grant", in: asks)
    #expect(try balance() == 0)
    try asks.click("[data-order^='approve'] [type='submit']")
    try shows("Another person must decide it.", in: asks)
    #expect(try balance() == 0)

    let decides = try open("points", token: system.management.colleagueToken, language: "zh")
    try shows("demo 申请于", in: decides)
    try decides.click("[data-order^='approve'] [type='submit']")
    try shows("没有待审批的申请。", in: decides)
    #expect(try balance() == 600)
    try decline(decides)

    try station.fill(slot: 3, stock: 5)
    try station.buy(slot: 3, member: "m-1")
    try station.waitForPhase("dispensed")
    try Deadline.wait(until: "the end in the service") { try self.lists("/holds", "holds") == 0 }
    let left = try balance()
    #expect(left < 600)
    try asks.click("#points-again")
    try shows("−\(600 - left)", in: asks)
    try shows("Paid at the machine", in: asks)
    try shows("gloves, slot 3, machine-1", in: asks)
    #expect(try asks.text("[data-member] .figures").contains("\(left)"))
    #expect(try asks.text("#points-proof").contains("The ledger balances."))
    try panel(decides)
    try isInWords(asks)
    try isInWords(decides)
    try system.stop()
  }

  private func decline(_ browser: Browser) throws {
    try system.management.askForGrant(700, to: "m-1", reason: "by mistake")
    try browser.click("#points-again")
    try shows("+700", in: browser)
    try fill("[data-order^='decline'] [name='reason']", "twice", in: browser)
    try browser.click("[data-order^='decline'] [type='submit']")
    try shows("没有待审批的申请。", in: browser)
    #expect(try balance() == 600)
  }

  private func panel(_ browser: Browser) throws {
    try browser.run("location.hash = '#/station/machine-1';")
    try browser.wait(
      until: "stock and takings",
      """
      const slot = document.querySelector("[data-part='machine'] [data-slot='3']");
      const takings = document.querySelector("[data-part='takings']");
      return Boolean(slot && takings && slot.innerText.includes("4 / ")
        && takings.innerText.includes("gloves"));
      """)
    #expect(try browser.text("[data-part='machine']").contains("正常兑换"))
    #expect(try browser.text("[data-part='machine'] [data-slot='1']").contains("还没清点"))
  }

  @Test("an order whose answer is lost is sent again and moves nothing twice")
  func lostAnswer() throws {
    let browser = try open("points?member=m-1", token: system.management.token, language: "en")
    try shows("Nothing has moved yet.", in: browser)
    try fill("[data-order='grant m-1'] [name='amount']", "50", in: browser)
    try fill("[data-order='grant m-1'] [name='reason']", "helped", in: browser)
    try browser.run(
      """
      window.kept = window.fetch;
      window.fetch = async (address, options) => {
        const answer = await window.kept(address, options);
        if (options?.method === "POST") throw new TypeError("lost");
        return answer;
      };
      """)
    try browser.click("[data-order='grant m-1'] [type='submit']")
    try shows("press again: nothing moves twice.", in: browser)
    #expect(try balance() == 50)
    #expect(try browser.count("[data-order='grant m-1'] fieldset:disabled") == 1)
    // The order outlives the page: what is sent again is the same, under the same key.
    try browser.run("location.reload();")
    try browser.wait(until: "the page anew", "return window.kept === undefined;")
    try shows("press again: nothing moves twice.", in: browser)
    #expect(
      try browser.run(
        "return document.querySelector(\"[data-order='grant m-1'] [name='amount']\").value;")
        as? String == "50")
    try browser.click("[data-order='grant m-1'] [type='submit']")
    try shows("50 points granted.", in: browser)
    #expect(try balance() == 50)
    try isInWords(browser)
    // The next one is another order.
    try fill("[data-order='grant m-1'] [name='amount']", "50", in: browser)
    try fill("[data-order='grant m-1'] [name='reason']", "helped", in: browser)
    try browser.click("[data-order='grant m-1'] [type='submit']")
    try Deadline.wait(until: "both") { try self.balance() == 100 }
    try system.stop()
  }

  @Test("a hold that its station does not end is given back by a person, with a reason")
  func hold() throws {
    try system.management.grant(400, to: "m-1", reason: "test")
    try station.fill(slot: 3, stock: 5)
    try station.buy(slot: 3, member: "m-1")
    try Deadline.wait(until: "a hold") { try self.lists("/holds", "holds") == 1 }
    station.kill()
    let browser = try open("points?member=m-1", token: system.management.token, language: "en")
    try shows("set aside for", in: browser)
    try browser.click("#points-holds summary")
    try browser.choose("void", in: "#points-holds [name='decision']")
    // Without a reason nothing is sent.
    try browser.click("#points-holds [type='submit']")
    #expect(try balance() < 400)
    try fill("#points-holds [name='reason']", "nothing fell", in: browser)
    try browser.click("#points-holds [type='submit']")
    try shows("No exchange is open.", in: browser)
    #expect(try balance() == 400)
    try shows("nothing fell", in: browser)
    try isInWords(browser)
    try system.stop()
  }

  @Test("what a station says otherwise than a person decided is listed, with what it means")
  func contradiction() throws {
    try system.management.grant(400, to: "m-1", reason: "test")
    try station.fill(slot: 3, stock: 5)
    // By the number of a store's first order no restart asks.
    try station.buy(slot: 3, member: "m-1")
    try station.waitForPhase("dispensed")
    try Deadline.wait(until: "the end in the service") { try self.lists("/holds", "holds") == 0 }
    let before = try balance()
    try station.buy(slot: 3, member: "m-1")
    // The machine is asked afterwards: it lets the article fall without the daemon.
    try Deadline.wait(until: "the motor") { try self.station.machine["turning"] is Int }
    station.kill()
    let browser = try open("points", token: system.management.token, language: "zh")
    try shows("已冻结 ", in: browser)
    try browser.click("#points-holds summary")
    try browser.choose("void", in: "#points-holds [name='decision']")
    try fill("#points-holds [name='reason']", "by mistake", in: browser)
    try browser.click("#points-holds [type='submit']")
    try shows("没有未结束的兑换。", in: browser)
    try station.start()
    try Deadline.wait(30, until: "the station's own word") {
      try self.lists("/discrepancies", "discrepancies") == 1
    }
    try browser.click("#points-again")
    try shows("驿站上报与人工处理不一致", in: browser)
    try shows("以人工处理为准", in: browser)
    #expect(try balance() == before)
    try isInWords(browser)
    try system.stop()
  }

  @Test("what a stolen login told of is dismissed together, by two persons, and nobody pays")
  func dismissal() throws {
    try system.management.grant(400, to: "m-1", reason: "test")
    station.kill()
    try tellOfEnds(20)
    try Deadline.wait(until: "the ends") { try self.lists("/holds?limit=99", "holds") == 20 }
    let asks = try open("points", token: system.management.token, language: "en")
    try shows("20 exchanges without a hold, 600 points together", in: asks)
    try asks.click("#points-unproven summary")
    try fill("#points-unproven [name='reason']", "login stolen", in: asks)
    try asks.click("#points-unproven [type='submit']")
    try Deadline.wait(until: "the order") { try self.lists("/pending-orders", "orders") == 1 }
    #expect(try lists("/holds?limit=99", "holds") == 20)
    let decides = try open("points", token: system.management.colleagueToken, language: "zh")
    try shows("machine-1：未经冻结的 600 积分无需任何人支付", in: decides)
    // One more comes before the decision, which is not about it.
    try tellOfEnds(1, from: 21)
    try Deadline.wait(until: "the later end") {
      try self.lists("/holds?limit=99", "holds") == 21
    }
    try decides.click("[data-order^='approve'] [type='submit']")
    try shows("没有待审批的申请。", in: decides)
    #expect(try lists("/holds?limit=99", "holds") == 1)
    #expect(try balance() == 400)
    try asks.click("#points-again")
    try asks.wait(
      until: "no sum any more",
      "return document.querySelectorAll('[data-unproven]').length === 0;")
    try shows("Exchanges without a hold dismissed", in: asks)
    try isInWords(asks)
    try isInWords(decides)
    try system.stop()
  }

  /// With the station's login, and without a machine.
  private func tellOfEnds(_ count: UInt64, from first: UInt64 = 1) throws {
    let station = try #require(StationID(station.plan.name))
    let thief = try StationStandIn(
      station, brokerPort: self.station.plan.brokerPort, password: self.station.plan.password)
    let stream = StreamID(bits: 0xBAD)
    let records = try (first..<first + count).map { seq -> [UInt8] in
      let exchange = Exchange(
        id: ExchangeID(stream: stream, seq: seq), member: try #require(MemberID("m-1")),
        slot: try #require(SlotID(3)), article: try #require(ArticleID("gloves")),
        price: try #require(Points(30)))
      return Record(at: Clock.wall, isTrusted: true, body: .exchange(.ended(exchange, .dispensed)))
        .json
    }
    let batch = RecordBatch(stream: stream, first: first, records: records)
    thief.send(batch)
    try thief.waitForAcknowledgement(batch.last, of: stream)
  }

  @Test("who may only look sees no members, and is told so", arguments: ["en", "zh"])
  func viewer(language: String) throws {
    let browser = try open(
      "points?member=m-1", token: system.management.viewerToken, language: language)
    try shows(language == "en" ? "Sign in as a manager." : "请用管理员令牌登录", in: browser)
    #expect(try browser.count("#points form") == 0)
    #expect(try !browser.text("#points").contains("m-1"))
    try system.stop()
  }

  // MARK: - Steps

  private func balance() throws -> Int {
    try system.management.api.call("GET", "/members/m-1/points").object["balance"] as? Int ?? -1
  }

  private func lists(_ path: String, _ name: String) throws -> Int {
    (try system.management.api.call("GET", path).object[name] as? [Any])?.count ?? -1
  }
}
