// The page of events and the board's page as a browser shows them, with real refusals behind both.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite(.serialized) struct EventsPageTests {
  /// Every wrong code, with what a station says of it: the reason, and the fault of a malformed one.
  private static let refusals: [(kind: String, reason: Denial, fault: CodeFault?)] = [
    ("noise", .malformed, .noise), ("set-up", .malformed, .noise),
    ("garbage", .malformed, .noise), ("ticket", .malformed, .notBase45),
    ("oversized", .malformed, .tooLong), ("truncated", .malformed, .notCBOR),
    ("nested", .malformed, .tooDeep), ("trailing", .malformed, .trailingBytes),
    ("bare", .malformed, .notCOSE), ("demanding", .malformed, .badHeader),
    ("duplicate", .malformed, .duplicateKey), ("claimless", .malformed, .badClaims),
    ("unsupported", .unsupportedAlgorithm, nil), ("foreign", .unknownKey, nil),
    ("tampered", .badSignature, nil), ("early", .notYetValid, nil), ("expired", .expired, nil),
    ("long-lived", .tooLongLived, nil), ("nameless", .noSubject, nil),
  ]

  @Test("every refusal of a real station is on the events page, in words, in both languages")
  func refusals() throws {
    // A door records ten refusals a minute one by one: two stations have room for all.
    let system = try WholeSystem(stations: ["gate-1", "gate-2"], members: ["m-1"])
    for (index, refusal) in Self.refusals.enumerated() {
      try system.stations[index % 2].order("/code", ["kind": refusal.kind])
    }
    // The same code at another time is used up.
    let station = system.stations[0]
    try station.order("/code", ["kind": "good", "member": "m-1"])
    try Deadline.wait(until: "the strike") { try station.accessPoint()["strike"] as? Bool == true }
    try Deadline.wait(until: "every refusal in the service") {
      try ["gate-1", "gate-2"].map { name in
        try system.management.records(of: name).filter {
          ($0["record"] as? [String: Any])?["kind"] as? String == "entry-refused"
        }.count
      }.reduce(0, +) == Self.refusals.count
    }
    for language in ["en", "zh"] {
      let words = try Self.catalogue(language)
      let browser = try Browser(system.folder, language: language)
      try browser.open(Self.events(system))
      try browser.wait(
        until: "the refusals on the page",
        """
        return document.querySelectorAll('[data-kind="entry-refused"]').length === arguments[0];
        """, [Self.refusals.count])
      let page = try browser.text("#events-list")
      for (kind, reason, fault) in Self.refusals {
        let title = try #require(words["denial.\(reason.rawValue).title"])
        let key =
          fault.map { "fault.\($0.rawValue).meaning" } ?? "denial.\(reason.rawValue).meaning"
        #expect(page.contains(title), "\(language): \(kind)")
        #expect(page.contains(try #require(words[key])), "\(language): \(kind)")
        if let fault {
          #expect(page.contains(try #require(words["fault.\(fault.rawValue)"])), "\(kind)")
        }
      }
      #expect(page.contains("m-1"), "the member who was let in is named")
      #expect(try browser.count("#events-list li") > Self.refusals.count)
      // Keys of the catalogues have a dot between small letters and no space; no sentence has.
      #expect(try browser.text().firstMatch(of: /(fault|denial|event|record|input)\.[a-z]/) == nil)
      try Self.filters(browser)
    }
    try system.stop()
  }

  /// Station, kind and "only refusals" by hand and by address.
  private static func filters(_ browser: Browser) throws {
    func shows(_ what: String, _ condition: String) throws {
      try browser.wait(
        until: what,
        """
        const rows = [...document.querySelectorAll("#events-list li")];
        const stations = [...new Set([...document.querySelectorAll("#events-list [data-station]")]
          .map((place) => place.dataset.station))].join();
        const kinds = [...new Set(rows.map((row) => row.dataset.kind))].sort().join();
        return rows.length > 0 && (\(condition));
        """)
    }
    try browser.click("#events-refusals")
    try shows("refusals alone", #"kinds === "entry-refused" && location.hash.includes("refusals")"#)
    try browser.choose("gate-2", in: "#events-station")
    try shows("one station's refusals", #"kinds === "entry-refused" && stations === "gate-2""#)
    try browser.choose("started", in: "#events-kind")
    try shows("one station's start", #"kinds === "started" && stations === "gate-2""#)
    try browser.choose("", in: "#events-station")
    try shows("every start", #"kinds === "started" && stations.length > 6"#)
    try browser.run("history.back();")
    try shows("the filter of before", #"kinds === "started" && stations === "gate-2""#)
    try browser.choose("gap", in: "#events-kind")
    try browser.wait(
      until: "that there is none",
      """
      return document.querySelectorAll("#events-list li").length === 0
        && document.querySelector("#events-note").textContent !== "";
      """)
  }

  @Test("older events come page by page, live ones at once, and a break leaves no gap and no twin")
  func paging() throws {
    let system = try WholeSystem(stations: ["gate-1"], members: ["m-1"], walkStep: 5)
    let station = system.stations[0]
    var forced = 0
    func force(_ count: Int, _ meanwhile: () throws -> Void = {}) throws {
      for _ in 0..<count { try Self.force(station) }
      forced += count
      try meanwhile()
      try Deadline.wait(60, until: "the record of every door that was shut") {
        try Self.records(system).count { $0.hasSuffix("door-closed") } == forced
      }
    }
    try force(40)
    let browser = try Browser(system.folder, language: "en")
    try browser.open(Self.events(system))
    func expectAll(_ what: String) throws {
      try Deadline.wait(30, until: what) {
        let rows = try browser.run(
          """
          return [...document.querySelectorAll("#events-list li")].map((row) =>
            `${Date.parse(row.querySelector("time").dateTime)} ${row.dataset.kind}`);
          """)
        return try rows as? [String] == Self.records(system)
      }
    }
    try browser.wait(
      until: "the first page",
      """
      return document.querySelectorAll("#events-list li").length >= 50
        && !document.querySelector("#events-older").hidden;
      """)
    while try browser.run(##"return document.querySelector("#events-older").hidden;"##) as? Bool
      == false
    {
      let before = try browser.count("#events-list li")
      try browser.click("#events-older")
      try browser.wait(
        until: "the next page",
        """
        return document.querySelectorAll("#events-list li").length > arguments[0]
          && document.querySelector("#events-list").getAttribute("aria-busy") === "false";
        """, [before])
    }
    #expect(try Self.records(system).count > 60)
    try expectAll("every event, page by page")
    try force(2)
    try expectAll("live events before those")
    try Self.hold(browser, force)
    try expectAll("what was held back")
    // The service goes away and comes back; meanwhile the station goes on.
    system.management.kill()
    try browser.wait(
      until: "the loss to be said", ##"return !document.querySelector("#connection").hidden;"##)
    try force(5) { try system.management.start() }
    try expectAll("the events of the break, each once")
    try system.stop()
  }

  /// Time and kind of every stored record, the newest first: rows have no ids that can be seen.
  private static func records(_ system: WholeSystem) throws -> [String] {
    try system.management.records(of: "gate-1").reversed().compactMap {
      ($0["record"] as? [String: Any]).map { "\($0["at"] ?? "") \($0["kind"] ?? "")" }
    }
  }

  /// A list that is held still says how much waits for it.
  private static func hold(_ browser: Browser, _ force: (Int, () throws -> Void) throws -> Void)
    throws
  {
    try browser.click("#events-hold")
    let before = try browser.count("#events-list li")
    try force(1) {}
    try browser.wait(
      until: "new events to be counted",
      ##"return /\d/.test(document.querySelector("#events-hold").textContent.replace("0", ""));"##)
    #expect(try browser.count("#events-list li") == before)
    try browser.click("#events-hold")
  }

  @Test("nothing that comes from outside becomes markup, and a viewer is told what is not theirs")
  func injection() throws {
    let system = try WholeSystem(stations: ["gate-1"], members: ["m-1"])
    let evil = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    let name = "<b>Gate</b><img src=x onerror=document.title='owned'>"
    try system.management.name("gate-1", name, name)
    let station = system.stations[0]
    try station.order("/scan", ["text": evil])
    try Self.abuse(system, with: evil)
    let browser = try Browser(system.folder, language: "en")
    try browser.open(Self.events(system))
    try browser.wait(
      until: "the refusal and the quarantine",
      """
      return document.querySelectorAll('[data-kind="entry-refused"]').length === 1
        && document.querySelectorAll('[data-kind="messages-refused"]').length === 1
        && document.querySelectorAll(".quarantine details").length > 0;
      """)
    try browser.click(".quarantine summary")
    let words = try Self.catalogue("en")
    let list = try browser.text("#events-list")
    #expect(list.contains(name))
    #expect(list.contains(try #require(words["message.unsigned.meaning"])))
    #expect(try browser.text(".input-table").contains(try #require(words["input.unauthorized"])))
    #expect(try browser.text(".quarantine pre").contains(evil))
    #expect(try browser.count("main img, main script, main b") == 0)
    #expect(try browser.run("return document.title;") as? String != "owned")
    try Self.expectCounted(browser, system)
    try browser.open(
      "http://\(system.management.address)/#/events?token="
        + system.management.viewerToken)
    try browser.wait(
      until: "what a viewer may not see",
      """
      return document.querySelector(".refused-input")?.innerText.includes(arguments[0]) === true;
      """, [try #require(words["events.input.forbidden"])])
    #expect(try !browser.text(".refused-input").contains("onerror"))
    // The board's own page shows what was scanned.
    try browser.open("\(station.board.base)/")
    try browser.wait(
      until: "the presentation at the board",
      ##"return document.querySelectorAll("#log .presentation").length === 1;"##)
    #expect(try browser.count("#log img, #log script") == 0)
    #expect(try browser.text("#log").contains(String(evil.prefix(32))))
    try system.stop()
  }

  /// A forged acknowledgement, a message that is none, and a token that nobody has.
  private static func abuse(_ system: WholeSystem, with evil: String) throws {
    let station = system.stations[0]
    // The broker lets an account connect once: each message cuts its owner off for a moment, and a
    // station hears nothing before it is connected.
    try system.waitForDelivery(from: station)
    let stream = try #require(StreamID("00000000000000ff"))
    let forged = AnswerSeal(try #require(StationID("gate-1")))
      .acknowledgement(5, of: stream, naming: [])
    try system.publish(String(decoding: forged, as: UTF8.self), on: "ws/v1/gate-1/ack", as: nil)
    try Deadline.wait(until: "the record of the forged acknowledgement") {
      try system.management.records(of: "gate-1").contains {
        ($0["record"] as? [String: Any])?["kind"] as? String == "messages-refused"
      }
    }
    try system.publish(evil, on: "ws/v1/gate-1/out", as: station)
    #expect(
      try system.management.api.call(
        "GET", "/stations", headers: ["Authorization": "Bearer nobody"]
      ).status == 401)
    try Deadline.wait(until: "the quarantine") {
      try system.management.api.call("GET", "/quarantine").text.contains("onerror")
    }
  }

  /// The message that nobody could read stands in the table, and on the station's tile.
  private static func expectCounted(_ browser: Browser, _ system: WholeSystem) throws {
    try browser.wait(
      until: "the count of refused input",
      """
      return [...document.querySelectorAll(".input-table tbody tr")].some((row) =>
        row.querySelector(".station").textContent.includes("Gate")
          && Number(row.querySelector(".count").textContent) > 0);
      """)
    try browser.click("#pages [data-page=overview]")
    try browser.wait(
      until: "the hint on the tile", #"return document.querySelector(".tile .refusals") !== null;"#)
  }

  @Test("each button of the drawer of wrong codes leads to its own line", arguments: ["en", "zh"])
  func drawer(language: String) throws {
    let system = try WholeSystem(stations: ["gate-1"], members: ["m-1"])
    let words = try Self.catalogue(language)
    let browser = try Browser(system.folder, language: language)
    try browser.open("\(system.stations[0].board.base)/")
    try browser.wait(
      until: "the drawer", #"return document.querySelector(".drawer summary") !== null;"#)
    try browser.click(".drawer summary")
    for (kind, reason, fault) in Self.refusals {
      try browser.click(".wrong [data-kind=\(kind)] button")
      let title = try #require(words["denial.\(reason.rawValue).title"])
      let advice = try #require(words["denial.\(reason.rawValue).advice"])
      let sense = try fault.map { try #require(words["fault.\($0.rawValue)"]) } ?? ""
      try browser.wait(
        until: "\(kind) to be refused as \(reason)",
        """
        const [kind, title, advice, sense] = arguments;
        const result = document.querySelector(`.wrong [data-kind="${kind}"] .result`);
        const line = document.querySelector(`#log [data-kind="${kind}"]`);
        return line !== null && [title, advice, sense].every((words) =>
          line.innerText.includes(words)) && result.textContent.includes(title)
          && result.textContent.includes(sense);
        """, [kind, title, advice, sense])
    }
    #expect(try browser.count(".wrong button") == Self.refusals.count + 1)
    // What was shown is there for whoever opens the page later.
    try browser.open("\(system.stations[0].board.base)/")
    try browser.wait(
      until: "the presentations of before",
      ##"return document.querySelectorAll("#log .presentation").length === arguments[0];"##,
      [Self.refusals.count])
    try system.stop()
  }

  // MARK: - What all of these need

  private static func events(_ system: WholeSystem) -> String {
    "http://\(system.management.address)/#/events?token=\(system.management.token)"
  }

  /// Opens the door without leave and shuts it: two records at least.
  private static func force(_ station: StationUnderTest) throws {
    try station.order("/door", ["action": "force"])
    try station.order("/door", ["action": "close"])
  }

  private static func catalogue(_ language: String) throws -> [String: String] {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: Checkout.file("Sources/Texts/\(language).json")))
    return try JSONDecoder().decode([String: String].self, from: data)
  }
}

extension WholeSystem {
  /// Publishes as a station would, past its daemon; without a station as the service would.
  fileprivate func publish(_ text: String, on topic: String, as station: StationUnderTest?) throws {
    let own = try String(
      contentsOfFile: folder.file("management/credentials/mqtt-password"), encoding: .utf8)
    let sent = try Program.run(
      "mosquitto_pub",
      [
        "-h", "127.0.0.1", "-p", "\(broker.port)", "-u", station?.plan.name ?? "service", "-P",
        station?.plan.password ?? String(own.dropLast()), "-V", "mqttv5", "-q", "1", "-t", topic,
        "-m", text,
      ])
    guard sent.status == 0 else { throw TestBedError("mosquitto_pub: \(sent.output)") }
  }
}
