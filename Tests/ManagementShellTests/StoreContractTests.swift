// What every engine of the management store has to do, run on each of them.
import Foundation
import Linux
import ManagementCore
import ManagementShell
import StationProtocol
import TestBed
import Testing
import Time

/// An engine under test, and how to open it again after the process that had it is gone.
enum Engine: String, CaseIterable, CustomTestStringConvertible {
  case memory
  case sqlite

  var testDescription: String { rawValue }

  func open() throws -> OpenStore {
    switch self {
    case .memory: return OpenStore(store: MemoryStore(zones: { ZoneFiles.zone($0) }), folder: nil)
    case .sqlite:
      let folder = try WorkFolder()
      return OpenStore(
        store: try SQLiteStore(path: folder.file("management.sqlite")), folder: folder)
    }
  }
}

struct OpenStore {
  var store: any ManagementStore
  let folder: WorkFolder?

  /// What another process would find.
  func reopened() throws -> any ManagementStore {
    guard let folder else { return store }
    return try SQLiteStore(path: folder.file("management.sqlite"))
  }
}

@Suite("Store contract")
struct StoreContractTests {
  static let gate = named("gate-1")
  static let hall = named("hall-2")
  static let stream = StreamID(bits: 0xA)
  static let other = StreamID(bits: 0xB)
  static let now = Now(
    instant: Instant(nanoseconds: 1), wall: WallTime(seconds: 1_800_000_000),
    utcOffsetSeconds: 3600)

  static func named(_ text: String) -> StationID {
    guard let id = StationID(text) else { preconditionFailure("\(text) is no station") }
    return id
  }

  static func member(_ text: String) -> MemberID {
    guard let id = MemberID(text) else { preconditionFailure("\(text) is no member") }
    return id
  }

  static func record(_ body: Record.Body, at wall: WallTime = now.wall) -> Record {
    Record(at: wall, isTrusted: true, body: body)
  }

  static func door() -> AccessPointID {
    guard let door = AccessPointID(1) else { preconditionFailure("no access point 1") }
    return door
  }

  static func batch(
    _ first: UInt64, _ records: [Record], of station: StationID = gate,
    in stream: StreamID = stream
  ) -> InboundItem {
    .batch(
      InboundBatch(
        station: station, stream: stream, first: first,
        contents: records.map { .record($0, json: $0.json) }, digest: PayloadDigest(high: 0, low: 0)
      ))
  }

  static func closings(_ count: Int) -> [Record] {
    (0..<count).map { record(.door(.closed(door())), at: now.wall + .seconds(Int64($0))) }
  }

  @Test("records are stored once, in order, with growing ids", arguments: Engine.allCases)
  func order(engine: Engine) throws {
    let open = try engine.open()
    let records = Self.closings(3)
    let first = try open.store.store([Self.batch(1, records)], at: Self.now)
    #expect(first.count == 1)
    #expect(first[0].upto == 3 && first[0].stream == Self.stream && first[0].station == Self.gate)
    #expect(first[0].events.map(\.seq) == [1, 2, 3])
    #expect(first[0].events.map(\.json) == records.map(\.json))
    #expect(
      first[0].events.allSatisfy { $0.received == Self.now.wall && $0.kind == .door(.closed) })
    let again = try open.store.store(
      [Self.batch(2, Array(Self.closings(4)[1...]))], at: Self.now)
    #expect(again[0].upto == 4 && again[0].events.map(\.seq) == [4])
    #expect(again[0].quarantined.isEmpty)
    let store = try open.reopened()
    let all = try store.events(after: 0, limit: 100)
    #expect(all == first[0].events + again[0].events)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.id < $1.id })
    #expect(try store.lastEventID() == all.last?.id)
    #expect(try store.events(after: all[1].id, limit: 1) == [all[2]])
    #expect(try store.events(after: all[3].id, limit: 10).isEmpty)
  }

  @Test("a key means station, stream and number together", arguments: Engine.allCases)
  func keys(engine: Engine) throws {
    let store = try engine.open().store
    let records = Self.closings(1)
    let outcomes = try store.store(
      [
        Self.batch(1, records), Self.batch(1, records, in: Self.other),
        Self.batch(1, records, of: Self.hall), Self.batch(1, records),
      ], at: Self.now)
    #expect(outcomes.map(\.events.count) == [1, 1, 1, 0])
    #expect(outcomes.map(\.upto) == [1, 1, 1, 1])
  }

  @Test(
    "the prefix without holes survives a new process, and so do the islands beyond it",
    arguments: Engine.allCases)
  func progress(engine: Engine) throws {
    let open = try engine.open()
    let one = Self.closings(1)
    #expect(try open.store.store([Self.batch(5, one)], at: Self.now)[0].upto == 0)
    #expect(try open.store.store([Self.batch(1, one)], at: Self.now)[0].upto == 1)
    #expect(try open.store.store([Self.batch(3, one)], at: Self.now)[0].upto == 1)
    let store = try open.reopened()
    #expect(try store.store([Self.batch(2, one)], at: Self.now)[0].upto == 3)
    #expect(try store.store([Self.batch(4, one)], at: Self.now)[0].upto == 5)
  }

  @Test("a gap record covers the numbers it names, once", arguments: Engine.allCases)
  func gap(engine: Engine) throws {
    let open = try engine.open()
    let gap = Self.batch(11, [Self.record(.stream(.gap(from: 1, to: 10, reason: .full)))])
    #expect(try open.store.store([gap], at: Self.now)[0].upto == 11)
    #expect(try open.reopened().store([gap], at: Self.now)[0].upto == 11)
  }

  @Test("a floor above what is stored writes a gap for each hole, once", arguments: Engine.allCases)
  func floor(engine: Engine) throws {
    let open = try engine.open()
    let one = Self.closings(1)
    _ = try open.store.store([Self.batch(1, one), Self.batch(5, one)], at: Self.now)
    let floor = InboundItem.floor(Self.gate, Self.stream, floor: 8)
    let raised = try open.store.store([floor], at: Self.now)[0]
    #expect(raised.upto == 7)
    #expect(raised.events.map(\.seq) == [nil, nil])
    #expect(
      try raised.events.map { try Record(json: $0.json).body } == [
        .stream(.gap(from: 2, to: 4, reason: .restored)),
        .stream(.gap(from: 6, to: 7, reason: .restored)),
      ])
    let store = try open.reopened()
    let again = try store.store([floor], at: Self.now)[0]
    #expect(again.upto == 7 && again.events.isEmpty)
    let lower = InboundItem.floor(Self.gate, Self.stream, floor: 2)
    #expect(try store.store([lower], at: Self.now)[0].upto == 7)
    #expect(try store.events(after: 0, limit: 10).count == 4)
  }

  @Test(
    "what cannot be read is kept as it came, once, and counts as stored",
    arguments: Engine.allCases)
  func unreadable(engine: Engine) throws {
    let open = try engine.open()
    let raw = Array("{\"kind\":\"?\"}".utf8)
    let strange = InboundItem.batch(
      InboundBatch(
        station: Self.gate, stream: Self.stream, first: 1,
        contents: [.unreadable(json: raw, reason: "why")], digest: PayloadDigest(high: 0, low: 0)))
    let outcome = try open.store.store([strange], at: Self.now)[0]
    #expect(outcome.upto == 1 && outcome.quarantined == ["why"] && outcome.events.isEmpty)
    let store = try open.reopened()
    #expect(try store.store([strange], at: Self.now)[0].quarantined.isEmpty)
    let kept = try store.quarantine(before: nil, limit: 10)
    #expect(kept.count == 1)
    #expect(
      kept[0]
        == Quarantined(
          id: kept[0].id, station: Self.gate, stream: Self.stream, seq: 1,
          received: Self.now.wall, reason: "why", raw: raw))
  }

  @Test(
    "another content under a taken number is a conflict; the first one stays",
    arguments: Engine.allCases)
  func conflict(engine: Engine) throws {
    let open = try engine.open()
    _ = try open.store.store([Self.batch(1, Self.closings(1))], at: Self.now)
    let other = Self.record(.door(.exitRequested(Self.door())))
    let store = try open.reopened()
    let outcome = try store.store([Self.batch(1, [other])], at: Self.now)[0]
    #expect(outcome.quarantined == [StoreReasons.conflict])
    #expect(outcome.upto == 1 && outcome.events.isEmpty)
    #expect(try store.store([Self.batch(1, [other])], at: Self.now)[0].quarantined.isEmpty)
    #expect(try store.quarantine(before: nil, limit: 10).map(\.raw) == [other.json])
    #expect(try store.events(after: 0, limit: 10).map(\.kind) == [.door(.closed)])
  }

  @Test(
    "whole messages are kept once each, up to a bound for each station",
    arguments: Engine.allCases)
  func malformed(engine: Engine) throws {
    let store = try engine.open().store
    let items = (0..<Quarantined.mostMalformed + 20).map {
      InboundItem.malformed(Self.gate, payload: Array("x\($0)".utf8), reason: "out")
    }
    let outcomes = try store.store(
      items + items + [
        .malformed(Self.hall, payload: [], reason: "out")
      ], at: Self.now)
    #expect(outcomes.count { !$0.quarantined.isEmpty } == Quarantined.mostMalformed + 1)
    #expect(outcomes.allSatisfy { $0.stream == nil && $0.upto == 0 })
    let page = try store.quarantine(before: nil, limit: 3)
    #expect(page.map(\.station) == [Self.hall, Self.gate, Self.gate])
    #expect(page[0].raw == [] && page[0].stream == nil && page[0].seq == nil)
    let next = try store.quarantine(before: page[2].id, limit: 1)
    #expect(next.map(\.raw) == [Array("x\(Quarantined.mostMalformed - 3)".utf8)])
  }

  @Test("events are found by station and kind, newest first, in pages", arguments: Engine.allCases)
  func pages(engine: Engine) throws {
    let store = try engine.open().store
    for round in 0..<5 {
      let first = UInt64(2 * round + 1)
      let pair = [
        Self.record(.door(.closed(Self.door()))), Self.record(.door(.exitRequested(Self.door()))),
      ]
      _ = try store.store(
        [Self.batch(first, pair), Self.batch(first, pair, of: Self.hall)], at: Self.now)
    }
    func found(_ filter: EventFilter, _ limit: Int) throws -> [String] {
      try store.events(matching: filter, limit: limit).map { "\($0.station) \($0.seq ?? 0)" }
    }
    #expect(try found(EventFilter(), 3) == ["hall-2 10", "hall-2 9", "gate-1 10"])
    let gate = try store.events(matching: EventFilter(station: Self.gate), limit: 4)
    #expect(gate.map(\.seq) == [10, 9, 8, 7])
    #expect(
      try found(EventFilter(station: Self.gate, before: gate[3].id), 2)
        == ["gate-1 6", "gate-1 5"])
    #expect(try found(EventFilter(kind: .door(.exitRequested)), 2) == ["hall-2 10", "gate-1 10"])
    #expect(
      try found(EventFilter(station: Self.hall, kind: .door(.closed)), 9)
        == ["hall-2 9", "hall-2 7", "hall-2 5", "hall-2 3", "hall-2 1"])
    #expect(try found(EventFilter(kind: .occupancy(.passage)), 9) == [])
    #expect(try found(EventFilter(before: 1), 9) == [])
  }

  @Test(
    "the events of a member are those that name him, in pages, once each",
    arguments: Engine.allCases)
  func eventsOfMember(engine: Engine) throws {
    let open = try engine.open()
    let digest = CodeDigest(high: 1, low: 1)
    func granted(_ member: String) -> Record {
      Self.record(.entry(.granted(Self.door(), member: Self.member(member), .code(digest))))
    }
    func refused(_ member: MemberID?) -> Record {
      Self.record(.entry(.refused(Self.door(), reason: .expired, member: member, .code(digest))))
    }
    let records = [granted("m-1"), granted("m-2"), refused(Self.member("m-1")), refused(nil)]
    // The second time nothing is new.
    for _ in 0..<2 { _ = try open.store.store([Self.batch(1, records)], at: Self.now) }
    let here = Self.batch(1, [granted("m-1")], of: Self.hall)
    _ = try open.store.store([here], at: Self.now)
    let store = try open.reopened()
    func found(_ member: String, before: Int64? = nil, limit: Int = 9) throws -> [String] {
      try store.events(of: Self.member(member), before: before, limit: limit)
        .map { "\($0.station) \($0.seq ?? 0)" }
    }
    #expect(try found("m-1") == ["hall-2 1", "gate-1 3", "gate-1 1"])
    #expect(try found("m-2") == ["gate-1 2"])
    #expect(try found("m-3") == [])
    let newest = try store.events(of: Self.member("m-1"), before: nil, limit: 1)
    #expect(newest.count == 1)
    #expect(try found("m-1", before: newest[0].id, limit: 1) == ["gate-1 3"])
  }

  @Test(
    "what is new is counted for its day and station, and nothing twice",
    arguments: Engine.allCases)
  func counts(engine: Engine) throws {
    let open = try engine.open()
    let door = Self.door()
    let yesterday = Self.now.wall + .seconds(-86_400)
    let digest = CodeDigest(high: 1, low: 1)
    let records = [
      Self.record(.occupancy(.passage(door, .inward, inside: 1))),
      Self.record(.occupancy(.passage(door, .inward, inside: 1)), at: yesterday),
      Self.record(.occupancy(.passage(door, .outward, inside: 0))),
      Self.record(.entry(.granted(door, member: Self.member("m"), .code(digest)))),
      Self.record(.entry(.refused(door, reason: .full, member: nil, .code(digest)))),
      Self.record(.entry(.refusalsCounted(door, count: 12))),
    ]
    _ = try open.store.store([Self.batch(1, records)], at: Self.now)
    let store = try open.reopened()
    _ = try store.store(
      [Self.batch(1, records), Self.batch(1, Array(records[..<1]), of: Self.hall)], at: Self.now)
    let today = Self.now.localDay
    #expect(
      try store.counts(onDay: today) == [
        Self.gate: VisitCounts(entries: 1, exits: 1, granted: 1, refused: 13),
        Self.hall: VisitCounts(entries: 1),
      ])
    #expect(try store.counts(onDay: today - 1) == [Self.gate: VisitCounts(entries: 1)])
    #expect(try store.counts(onDay: today + 1) == [:])
    let hour = Self.now.wall.hour
    let tallies = try store.tallies(of: Self.gate, hours: hour - 24..<hour + 1)
    #expect(
      tallies == [
        HourTally(hour: hour - 24, count: .entries, amount: 1),
        HourTally(hour: hour, count: .entries, amount: 1),
        HourTally(hour: hour, count: .exits, amount: 1),
        HourTally(hour: hour, count: .granted, amount: 1),
        HourTally(hour: hour, count: .refused, amount: 13),
      ])
    #expect(try store.tallies(of: Self.gate, hours: hour - 23..<hour) == [])
    #expect(
      try store.tallies(of: Self.hall, hours: hour..<hour + 1)
        == [HourTally(hour: hour, count: .entries, amount: 1)])
  }

  @Test(
    "stations are known once they speak or are named, and keep their names",
    arguments: Engine.allCases)
  func stations(engine: Engine) throws {
    let open = try engine.open()
    let names = StationNames(english: "Hall \"2\"", chinese: "二号驿站")
    try open.store.name(Self.hall, names, by: "li", at: Self.now)
    _ = try open.store.store(
      [Self.batch(1, Self.closings(1)), Self.batch(1, Self.closings(1), of: Self.hall)],
      at: Self.now)
    let store = try open.reopened()
    #expect(
      try store.stations() == [
        StationRegistration(id: Self.gate, names: StationNames(Self.gate)),
        StationRegistration(id: Self.hall, names: names),
      ])
    try store.name(Self.hall, StationNames(Self.hall), by: "li", at: Self.now)
    #expect(try store.stations()[1].names == StationNames(Self.hall))
  }

  @Test(
    "members are enrolled once, found, listed in pages and suspended",
    arguments: Engine.allCases)
  func members(engine: Engine) throws {
    let open = try engine.open()
    let all = ["a", "B", "m.1", "m:2", "z_9"].sorted().map {
      Member(id: Self.member($0), label: $0 == "a" ? nil : "标签 \($0)", enrolled: Self.now.wall)
    }
    for member in all.reversed() { #expect(try open.store.enrol(member, by: "li")) }
    var double = all[1]
    double.label = "another"
    #expect(try !open.store.enrol(double, by: "li"))
    let store = try open.reopened()
    #expect(try store.member(all[1].id) == all[1])
    #expect(try store.member(Self.member("nobody")) == nil)
    #expect(try store.members(matching: nil, after: nil, limit: 2) == Array(all[..<2]))
    #expect(try store.members(matching: nil, after: all[1].id, limit: 10) == Array(all[2...]))
    func found(_ text: String, after id: MemberID? = nil, limit: Int = 9) throws -> [String] {
      let search = try #require(MemberSearch(text))
      return try store.members(matching: search, after: id, limit: limit).map(\.id.text)
    }
    #expect(try found("标签") == ["B", "m.1", "m:2", "z_9"])
    #expect(try found("标签", after: all[1].id, limit: 1) == [all[2].id.text])
    #expect(try found("b") == ["B"] && found("M") == ["m.1", "m:2"])
    // No character of LIKE means anything.
    #expect(try found("_") == ["z_9"] && found("%") == [] && found("\\") == [])
    #expect(try found("签 Z_9") == ["z_9"] && found("a") == ["a"])
    #expect(MemberSearch("") == nil)
    #expect(MemberSearch(String(repeating: "站", count: 65)) == nil)
    #expect(try store.setStatus(.suspended, of: all[0].id, reason: nil, by: "wang", at: Self.now))
    #expect(try store.setStatus(.suspended, of: all[0].id, reason: nil, by: "wang", at: Self.now))
    #expect(try store.member(all[0].id)?.status == .suspended)
    #expect(
      try !store.setStatus(
        .active, of: Self.member("nobody"), reason: nil, by: "wang", at: Self.now))
  }

  @Test(
    "every change says who made it, and a refused one leaves no line", arguments: Engine.allCases)
  func audit(engine: Engine) throws {
    let open = try engine.open()
    let one = Member(id: Self.member("m-1"), label: "三班", enrolled: Self.now.wall)
    #expect(try open.store.enrol(one, by: "li"))
    #expect(try !open.store.enrol(one, by: "wang"))
    #expect(
      try open.store.setStatus(
        .suspended, of: one.id, reason: "phone lost", by: "wang", at: Self.now))
    #expect(
      try !open.store.setStatus(
        .active, of: Self.member("m-9"), reason: nil, by: "wang", at: Self.now))
    #expect(try open.store.setStatus(.active, of: one.id, reason: nil, by: "zhao", at: Self.now))
    let expires = Self.now.wall + .seconds(60)
    try open.store.note(.code(for: one.id, expires: expires, by: "kiosk", at: Self.now))
    let names = StationNames(english: "Hall", chinese: "二号")
    try open.store.name(Self.hall, names, by: "li", at: Self.now)
    let store = try open.reopened()
    _ = try LedgerSample.order(.issue(9, reason: "r"), store, key: "i")
    _ = try LedgerSample.order(
      .grant(one.id, try #require(Points(9)), reason: "r"), store, key: "g")
    _ = try LedgerSample.order(.reverse(movement: 2, reason: "r"), store, key: "r")
    #expect(
      try LedgerSample.order(.reverse(movement: 2, reason: "r"), store, key: "again")
        == .refused(.reversedBefore))
    let slot = try #require(SlotID(7))
    _ = try LedgerSample.order(.price(Self.hall, slot, Points(5)), store, key: "p")
    _ = try LedgerSample.order(.limits(ExchangeLimits(perDay: 1)), store, key: "l")
    _ = try LedgerSample.order(.limits(ExchangeLimits()), store, key: "waits")
    let lines = try open.reopened().audit(of: nil, before: nil, limit: 99)
    #expect(
      lines.map { "\($0.actor) \($0.action.rawValue)" } == [
        "li limits", "li limits", "li price", "li reverse", "li grant", "li issue", "li name",
        "kiosk code", "zhao activate", "wang suspend", "li enrol",
      ])
    #expect(lines.map(\.pending) == [1] + Array(repeating: nil, count: 10))
    #expect(lines.map(\.id) == (1...11).reversed())
    #expect(lines[9].contents == "{\"reason\":\"phone lost\"}" && lines[8].contents == "{}")
    let own = try store.audit(of: one.id, before: 8, limit: 2)
    #expect(own.map(\.action) == [.grant, .code])
    #expect(own[1].contents == "{\"expiresAt\":\(expires.milliseconds)}")
  }

  @Test("both engines say the same to the same random items", arguments: 1...20)
  func agreement(seed: Int) throws {
    var dice = SeededGenerator(seed: seed)
    let memory = try Engine.memory.open().store
    let open = try Engine.sqlite.open()
    var sqlite = open.store
    for _ in 0..<40 {
      let items = (0...dice.next(3)).map { _ in Self.item(&dice) }
      let expected = try memory.store(items, at: Self.now)
      #expect(try sqlite.store(items, at: Self.now) == expected)
      if dice.next(8) == 0 { sqlite = try open.reopened() }
    }
    #expect(
      try sqlite.events(after: 0, limit: 10_000) == memory.events(after: 0, limit: 10_000))
    let day = Self.now.localDay
    #expect(try sqlite.counts(onDay: day) == memory.counts(onDay: day))
    for station in [Self.gate, Self.hall] {
      let hours = try memory.measured(of: station, hours: .min..<(.max))
      #expect(try sqlite.measured(of: station, hours: .min..<(.max)) == hours)
      let tallies = try memory.tallies(of: station, hours: .min..<(.max))
      #expect(try sqlite.tallies(of: station, hours: .min..<(.max)) == tallies)
    }
    #expect(
      try sqlite.quarantine(before: nil, limit: 1000)
        == memory.quarantine(before: nil, limit: 1000))
  }

  private static func item(_ dice: inout SeededGenerator) -> InboundItem {
    let station = dice.next(2) == 0 ? gate : hall
    let stream = dice.next(3) == 0 ? other : stream
    switch dice.next(12) {
    case 0: return .floor(station, stream, floor: UInt64(dice.next(40)))
    case 1:
      return .malformed(station, payload: [UInt8(dice.next(4))], reason: "out")
    default:
      let first = UInt64(1 + dice.next(40))
      let contents = (0...dice.next(5)).map { offset -> InboundBatch.Content in
        let seq = first + UInt64(offset)
        switch dice.next(20) {
        case 0: return .unreadable(json: Array("{\"n\":\(seq)}".utf8), reason: "why")
        case 1:
          let gap = record(.stream(.gap(from: seq, to: seq + UInt64(dice.next(9)), reason: .full)))
          return .record(gap, json: gap.json)
        case 2, 3:
          let minute = MeasurementStoreTests.minute(used: Int64(seq))
          return .record(minute, json: minute.json)
        default:
          // Nearly always the same content for the same number.
          let inside = Int64(dice.next(30) == 0 ? 99 : seq)
          let passage = record(.occupancy(.passage(door(), .inward, inside: inside)))
          return .record(passage, json: passage.json)
        }
      }
      return .batch(
        InboundBatch(
          station: station, stream: stream, first: first, contents: contents,
          digest: PayloadDigest(high: 0, low: 0)))
    }
  }
}

/// Small numbers that are the same for the same seed.
struct SeededGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
