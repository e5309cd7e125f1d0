// The screen beside the machine over real HTTP: what it shows, what it may order, who may ask.
import Foundation
import HTTP
import Linux
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationCore
@testable import StationShell

@Suite("Station screen")
final class StationScreenTests {
  let folder: WorkFolder
  let loop: EventLoop
  let screen: StationScreen
  var events: [Event] = []

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
    try Files.write(Array("<!doctype html>".utf8), to: folder.file("index.html"))
    var machine = ChannelBoardTests.setting("/dev/none")
    machine.screen.pages = folder.path
    machine.screen.texts = folder.path
    machine.screen.addressFile = folder.file("address")
    screen = StationScreen(loop: loop, machine)
    screen.onEvent = { [unowned self] in events.append($0) }
    screen.start()
  }

  deinit { screen.stop() }

  static func goods(
    _ phase: VendingScreen.Phase = .idle, isInMaintenance: Bool = false
  ) -> VendingScreen {
    VendingScreen(
      stop: isInMaintenance ? .maintenance : nil, isInMaintenance: isInMaintenance, phase: phase,
      slots: [
        VendingScreen.Slot(
          slot: SlotID(3)!, article: ArticleID("water")!,
          label: ScreenLabels.Text(chinese: "水", english: "Water"), price: Points(30)!,
          capacity: 8, stock: 2,
          bestBefore: 20_270_101, quarantine: .fault(.didNotTurn), refusal: .quarantined)
      ], notice: ScreenLabels.Text(chinese: "周日停水", english: "No water on Sunday"))
  }

  @Test("a page that comes is told everything at once, and each change after it")
  func stream() throws {
    screen.show(Self.goods(.chosen(SlotID(3)!, until: Clock.now + .seconds(60), refusal: .expired)))
    let client = try listen()
    try loop.serve(until: "the state") { client.events.contains { $0.name == "state" } }
    let state = try #require(client.events.first { $0.name == "state" }).object
    let phase = try #require(state["phase"] as? [String: Any])
    #expect(phase["kind"] as? String == "chosen" && phase["reason"] as? String == "expired")
    #expect((55_000...60_000).contains(try #require(phase["left"] as? Int)))
    let notice = try #require(state["notice"] as? [String: Any])
    #expect(notice["chinese"] as? String == "周日停水")
    #expect(notice["english"] as? String == "No water on Sunday")
    let slot = try #require((state["slots"] as? [[String: Any]])?.first)
    #expect(slot["chinese"] as? String == "水" && slot["price"] as? Int == 30)
    #expect(slot["quarantine"] as? String == "did-not-turn" && slot["stock"] as? Int == 2)
    screen.show(Self.goods(.ended(SlotID(3)!, .dispensed, price: Points(30)!, balance: 70)))
    try loop.serve(until: "the change") {
      client.events.filter { $0.name == "state" }.count == 2
    }
    let end = try #require(
      client.events.last { $0.name == "state" }?.object["phase"] as? [String: Any])
    #expect(end["kind"] as? String == "dispensed" && end["balance"] as? Int == 70)
  }

  @Test("the number of an unknown card is on the screen while the key is turned, and not after it")
  func unknownCard() throws {
    screen.show(Self.goods(isInMaintenance: true))
    let client = try listen()
    screen.show(Card(text: "58:99"))
    try loop.serve(until: "the card") {
      client.events.last { $0.name == "state" }?.object["card"] as? String == "58:99"
    }
    let shown = client.events.filter { $0.name == "state" }.count
    // Whatever the core has said of the card by then.
    screen.show(Self.goods())
    try loop.serve(until: "the goods") {
      client.events.filter { $0.name == "state" }.count == shown + 1
    }
    #expect(client.events.last { $0.name == "state" }?.object["card"] == nil)
  }

  @Test("buttons become events, those of the maintainer only while the key is turned")
  func orders() throws {
    screen.show(Self.goods())
    #expect(try post("select", #"{"slot":3}"#) == 200)
    #expect(try post("cancel", "{}") == 200)
    #expect(try post("count", #"{"slot":3,"stock":8}"#) == 409)
    #expect(try post("release", #"{"slot":3}"#) == 409)
    screen.show(Self.goods(isInMaintenance: true))
    #expect(try post("count", #"{"slot":3,"stock":8,"bestBefore":20270101}"#) == 200)
    #expect(try post("release", #"{"slot":3}"#) == 200)
    let slot = try #require(SlotID(3))
    #expect(
      events == [
        .exchange(.selected(slot)), .exchange(.cancelled),
        .exchange(.slotCounted(slot, stock: 8, bestBefore: 20_270_101)),
        .exchange(.slotReleased(slot)),
      ])
  }

  @Test("what is no order is refused and orders nothing")
  func nonsense() throws {
    screen.show(Self.goods(isInMaintenance: true))
    let bad = [
      "select {}", #"select {"slot":0}"#, #"select {"slot":81}"#, #"select {"slot":3,"stock":1}"#,
      #"select {"slot":"3"}"#, "select []", "select ", #"cancel {"slot":3}"#,
      #"count {"slot":3}"#,
    ]
    for line in bad {
      let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      #expect(try post(String(words[0]), String(words[1])) == 400, "\(line)")
    }
    try rest()
    for body in [
      #"{"slot":3,"stock":101}"#, #"{"slot":3,"stock":-1}"#,
      #"{"slot":3,"stock":1,"bestBefore":20261399}"#, #"{"slot":3,"stock":1e2}"#,
    ] {
      #expect(try post("count", body) == 400, "\(body)")
    }
    #expect(
      try post("select", #"{"slot":3,"x":"# + String(repeating: "1", count: 300) + "}") == 413)
    #expect(try post("open", "{}") == 404)
    #expect(events.isEmpty)
    #expect(screen.refusals[400] == bad.count + 4)
  }

  @Test("a page from elsewhere presses no button and hears nothing")
  func elsewhere() throws {
    screen.show(Self.goods())
    let port = try base().split(separator: ":").last.map(String.init) ?? ""
    let order = #"{"slot":3}"#
    for headers in [
      ["Origin": "http://evil.example"], ["Sec-Fetch-Site": "cross-site"],
      ["Host": "evil.example:\(port)"],
    ] {
      #expect(try call("POST", "/select", order, headers) == 403, "\(headers)")
    }
    // What a form can send without asking is no order.
    #expect(try call("POST", "/cancel", nil, ["Content-Type": "text/plain"]) == 403)
    #expect(try call("GET", "/events", nil, ["Host": "evil.example"]) == 403)
    #expect(events.isEmpty)
    #expect(try call("POST", "/select", order, ["Origin": try base()]) == 200)
    #expect(try call("GET", "/index.html", nil, [:]) == 200)
    #expect(try call("GET", "/../etc/passwd", nil, [:]) == 404)
  }

  @Test("a hand that presses too fast is told to wait")
  func pace() throws {
    screen.show(Self.goods())
    var statuses: [Int] = []
    for _ in 0..<12 { statuses.append(try post("cancel", "{}")) }
    #expect(
      statuses.filter { $0 == 200 }.count <= 20 && statuses.prefix(10).allSatisfy { $0 == 200 })
    #expect(events.count == statuses.filter { $0 == 200 }.count)
  }

  /// The stream opens while the loop serves it.
  private func listen() throws -> EventStream {
    let client = HTTPClient(base: try base())
    let opened = Opened()
    Thread.detachNewThread { opened.stream = try? EventStream(client, "/events") }
    try loop.serve(until: "the stream") { opened.stream != nil }
    return try #require(opened.stream)
  }

  private final class Opened: @unchecked Sendable {
    // Sendable because the lock guards the one stream.
    private let lock = NSLock()
    private var value: EventStream?

    var stream: EventStream? {
      get { lock.withLock { value } }
      set { lock.withLock { value = newValue } }
    }
  }

  private func base() throws -> String {
    let bytes = try Files.read(folder.file("address"))
    return "http://" + String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  private func post(_ path: String, _ json: String) throws -> Int {
    try call("POST", "/\(path)", json, [:])
  }

  private func call(
    _ method: String, _ path: String, _ json: String?, _ headers: [String: String]
  ) throws -> Int {
    let client = HTTPClient(base: try base())
    let answer = Answer()
    Thread.detachNewThread {
      answer.status = (try? client.call(method, path, json: json, headers: headers))?.status ?? -1
    }
    try loop.serve(until: "an answer") { answer.status != 0 }
    return answer.status
  }

  private func rest() throws {
    let later = Clock.now + .milliseconds(1100)
    try loop.serve(until: "time to pass") { Clock.now > later }
  }

  private final class Answer: @unchecked Sendable {
    // Sendable because the lock guards the one number.
    private let lock = NSLock()
    private var value = 0

    var status: Int {
      get { lock.withLock { value } }
      set { lock.withLock { value = newValue } }
    }
  }
}
