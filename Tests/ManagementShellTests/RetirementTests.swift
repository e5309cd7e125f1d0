// Stations that are out of use: who said so, and that nothing of their history goes.
import JSON
import ManagementCore
import Testing

@Suite("Retired stations")
struct RetirementTests {
  private typealias Store = StoreContractTests

  private static let retirement = Retirement(
    actor: "li", at: Store.now.wall, reason: "the room was given up")

  private static func retire(_ store: some ManagementStore) throws -> Bool {
    try store.retire(
      Store.gate, true, reason: retirement.reason, by: retirement.actor, at: Store.now)
  }

  @Test("a station is retired and taken back, and keeps its events", arguments: Engine.allCases)
  func retire(engine: Engine) throws {
    let open = try engine.open()
    #expect(try !Self.retire(open.store))
    _ = try open.store.store([Store.batch(1, Store.closings(2))], at: Store.now)
    #expect(try Self.retire(open.store))
    let store = try open.reopened()
    #expect(try store.stations().map(\.retirement) == [Self.retirement])
    // It may still say something, which is stored as ever.
    #expect(try store.store([Store.batch(3, Store.closings(1))], at: Store.now)[0].upto == 3)
    try store.name(Store.gate, StationNames(english: "Gate", chinese: "门"), by: "li", at: Store.now)
    #expect(try store.stations().map(\.retirement) == [Self.retirement])
    #expect(try store.events(after: 0, limit: 9).count == 3)
    #expect(
      try store.retire(Store.gate, false, reason: "it is there again", by: "wu", at: Store.now))
    let last = try open.reopened()
    #expect(try last.stations().map(\.retirement) == [nil])
    let audit = try last.audit(of: nil, before: nil, limit: 9)
    #expect(audit.map(\.action) == [.retire, .name, .retire])
    #expect(audit.map(\.actor) == ["wu", "li", "li"])
    #expect(audit.last?.contents.contains(Self.retirement.reason) == true)
  }

  @Test("who retired it is shown, at once and after a start")
  func shown() throws {
    func text(_ management: Management) throws -> String {
      let view = try #require(management.view(of: Store.gate, at: Store.now))
      var writer = JSONWriter()
      view.write(to: &writer)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
    let registration = StationRegistration(
      id: Store.gate, names: StationNames(Store.gate), retirement: Self.retirement)
    var started = Management()
    _ = started.handle(.booted(stations: [registration], today: [:]), at: Store.now)
    let words =
      "\"retired\":{\"by\":\"li\",\"at\":1800000000000,\"reason\":\"the room was given up\"}"
    #expect(try text(started).contains(words))
    let effects = started.handle(.stationRetired(Store.gate, nil), at: Store.now)
    #expect(effects == [.announce(Store.gate)])
    #expect(try text(started).contains("\"retired\":null"))
    _ = started.handle(.stationRetired(Store.gate, Self.retirement), at: Store.now)
    #expect(try text(started).contains(words))
  }
}
