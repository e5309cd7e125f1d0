// What every engine of the store has to do with settings, run on each of them.
import Foundation
import ManagementCore
import ManagementShell
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Store contract: settings")
struct SettingsContractTests {
  private static let gate = StoreContractTests.gate
  private static let digest: SettingsDigest = { bytes in
    PayloadDigest(high: UInt64(bytes.count), low: bytes.reduce(7) { $0 &* 31 &+ UInt64($1) })
  }

  private static func later(_ seconds: Int) -> Now {
    var now = StoreContractTests.now
    now.wall = now.wall + .seconds(seconds)
    return now
  }

  private static func section(
    _ name: String, _ argument: String? = nil, _ values: [(String, String?)]?
  ) -> SettingsChange.Section {
    SettingsChange.Section(
      SettingsWord(name)!, argument.map { SettingsWord($0)! },
      values?.map { SettingsChange.Value(SettingsWord($0.0)!, $0.1) })
  }

  private static func change(
    _ store: any ManagementStore, _ sections: [SettingsChange.Section], expected: Int64,
    above reported: Int64 = 0, reason: String = "why", at seconds: Int = 0
  ) throws -> SettingsReceipt {
    try store.change(
      SettingsRequest(
        gate, SettingsChange(sections), expected: expected, above: reported, reason: reason),
      by: "li", at: later(seconds), digest: digest)
  }

  private static func text(_ settings: WantedSettings?) -> String {
    String(decoding: WantedSettings.content(settings?.sections ?? []), as: UTF8.self)
  }

  private static let water = section("article", "water", [("chinese", "水"), ("english", "Water")])

  private static func agree(_ store: any ManagementStore, _ price: Int64, _ key: String) throws {
    let outcome = try store.carryOut(
      .price(gate, SlotID(2)!, Points(price)), key: OrderKey(key)!, by: "li",
      aloneUpTo: 1_000_000, at: later(0))
    guard case .done = outcome else { throw TestBedError("\(outcome)") }
  }

  @Test("each change is a revision that is kept, with who wanted it", arguments: Engine.allCases)
  func revisions(_ engine: Engine) throws {
    let opened = try engine.open()
    let first = try Self.change(
      opened.store, [Self.section("entry", nil, [("capacity", "20"), ("leeway", "9 s")])],
      expected: 0, reason: "winter")
    guard case .wished(let wish) = first else { throw TestBedError("\(first)") }
    #expect(wish.desired.revision == 1 && wish.desired.settings?.revision == 1)
    #expect(
      Self.text(wish.desired.settings)
        == #"[{"section":"entry","values":{"leeway":"9 s","capacity":"20"}}]"#)
    #expect(
      wish.desired.settings?.digest == Self.digest(Array(Self.text(wish.desired.settings).utf8)))
    let second = try Self.change(
      opened.store, [Self.section("entry", nil, [("leeway", nil), ("capacity", "")])], expected: 1,
      above: 40, at: 5)
    guard case .wished(let next) = second else { throw TestBedError("\(second)") }
    // A restored service goes on above what the station has.
    #expect(next.desired.revision == 41)
    #expect(Self.text(next.desired.settings) == #"[{"section":"entry","values":{"capacity":""}}]"#)
    let again = try opened.reopened()
    #expect(try again.wishes()[Self.gate] == next)
    let all = try again.settings(of: Self.gate, before: nil, limit: 10)
    #expect(all.map(\.revision) == [41, 1] && all.map(\.reason) == ["why", "winter"])
    #expect(all.last?.actor == "li" && all.last?.at == Self.later(0).wall)
    #expect(try again.settings(of: Self.gate, before: 41, limit: 1).map(\.revision) == [1])
    #expect(try again.settings(of: StoreContractTests.hall, before: nil, limit: 9).isEmpty)
    let audit = try again.audit(of: nil, before: nil, limit: 10)
    #expect(audit.map(\.action) == [.settings, .settings])
    #expect(
      audit.first?.contents.contains(
        #"{"section":"entry","name":null,"key":"leeway","before":"9 s","after":null}"#) == true)
  }

  @Test("what is stale, the same, or not to be taken changes nothing", arguments: Engine.allCases)
  func refused(_ engine: Engine) throws {
    let opened = try engine.open()
    let capacity = { (text: String) in [Self.section("entry", nil, [("capacity", text)])] }
    _ = try Self.change(opened.store, capacity("20"), expected: 0)
    #expect(try Self.change(opened.store, capacity("30"), expected: 0) == .stale(1))
    #expect(try Self.change(opened.store, capacity("20"), expected: 1) == .unchanged)
    #expect(try Self.change(opened.store, capacity("20"), expected: 2) == .stale(1))
    for (sections, place, reason) in [
      (capacity("0"), "[entry]", "expects a number from 1 to 10000 people"),
      ([Self.section("entry", nil, [("lock", "x")])], "[entry]", "that the service may set"),
      ([Self.section("board", nil, [("kind", "gpio")])], "[board]", "no section [board]"),
      ([Self.section("entry", nil, [("holidays", "2026-13-01")])], "[entry]", "2026-13-01"),
      ([Self.section("slot", "9", [("article", "water")])], "[slot 9]", "no price was agreed"),
      ([Self.section("slot", "9", [("price", "5")])], "[slot]", "in the ledger alone"),
    ] {
      let receipt = try Self.change(opened.store, sections, expected: 1)
      guard case .faulty(let faults) = receipt else { throw TestBedError("\(receipt)") }
      #expect(
        faults.contains { $0.place == place && $0.text.contains(reason) }, "\(faults)")
    }
    #expect(try opened.store.settings(of: Self.gate, before: nil, limit: 9).count == 1)
    #expect(try opened.store.wishes()[Self.gate]?.desired.revision == 1)
  }

  @Test(
    "the agreed price goes with the slot, and another one is a revision", arguments: Engine.allCases
  )
  func prices(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    try Self.agree(store, 30, "p-1")
    _ = try Self.change(
      store, [Self.water, Self.section("slot", "2", [("article", "water")])], expected: 0)
    let slot = #"{"section":"slot","name":"2","values":{"article":"water","price":"30"}}"#
    #expect(Self.text(try store.wishes()[Self.gate]?.desired.settings).contains(slot))
    let look = {
      try store.reprice([Self.gate: 0], by: "li", at: Self.later(9), digest: Self.digest)
    }
    #expect(try look().isEmpty)
    try Self.agree(store, 35, "p-2")
    let wishes = try look()
    #expect(wishes.map(\.station) == [Self.gate])
    #expect(wishes.first?.wish.desired.settings?.revision == 2)
    #expect(
      Self.text(try store.wishes()[Self.gate]?.desired.settings)
        .contains(slot.replacingOccurrences(of: "30", with: "35")))
    #expect(try look().isEmpty)
    #expect(
      try store.settings(of: Self.gate, before: nil, limit: 1).first?.sections
        .contains { $0.values.contains { $0.key.text == "price" } } == false)
  }

  @Test(
    "lock-down leaves the settings alone, and settings leave lock-down", arguments: Engine.allCases)
  func lockDown(_ engine: Engine) throws {
    let opened = try engine.open()
    _ = try Self.change(
      opened.store, [Self.section("entry", nil, [("capacity", "20")])], expected: 0)
    let locked = try opened.store.wish(
      lockDown: true, of: Self.gate, above: 0, reason: "threat", by: "wu", at: Self.later(1))
    #expect(locked.desired.revision == 2 && locked.desired.settings?.revision == 1)
    let receipt = try Self.change(
      opened.store, [Self.section("entry", nil, [("capacity", "30")])], expected: 1, at: 2)
    guard case .wished(let wish) = receipt else { throw TestBedError("\(receipt)") }
    #expect(wish.desired.isLockedDown && wish.desired.settings?.revision == 3)
    #expect(wish.actor == "wu" && wish.reason == "threat")
  }

  // MARK: - Roll-outs

  private static let capacity = [section("entry", nil, [("capacity", "20")])]

  private static func draft(
    _ store: any ManagementStore, _ sections: [SettingsChange.Section] = capacity,
    waves: [[StationID]] = [[gate], [StoreContractTests.hall]], key: String = "k"
  ) throws -> SettingsRollout {
    let receipt = try store.draft(
      SettingsChange(sections), for: waves, key: OrderKey(key)!, reason: "winter", by: "li",
      at: later(0))
    guard case .drafted(let rollout, _) = receipt else { throw TestBedError("\(receipt)") }
    return rollout
  }

  @Test("a roll-out goes out wave by wave, each in one transaction", arguments: Engine.allCases)
  func waves(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    let rollout = try Self.draft(store)
    #expect(rollout.state == .draft && rollout.sentWaves == 0 && rollout.id == 1)
    #expect(try Self.draft(store) == rollout)
    let other = try store.draft(
      SettingsChange([]), for: [[Self.gate]], key: OrderKey("k")!, reason: "x", by: "li",
      at: Self.later(0))
    #expect(other == .conflict)
    let send = { try store.sendWave(of: 1, above: [:], at: Self.later(1), digest: Self.digest) }
    #expect(try send() == nil)
    #expect(try store.decide(1, .send, by: "wu", at: Self.later(1))?.isChanged == true)
    #expect(try store.decide(1, .send, by: "wu", at: Self.later(1))?.isChanged == false)
    let first = try #require(try send())
    #expect(first.wishes.map(\.station) == [Self.gate] && first.rollout.sent == [Self.gate: 1])
    let again = try opened.reopened()
    #expect(try again.runningRollouts() == [first.rollout])
    let second = try #require(try send())
    #expect(second.wishes.map(\.station) == [StoreContractTests.hall])
    #expect(second.rollout.sentWaves == 2 && second.rollout.state == .running)
    #expect(try send()?.rollout.state == .done)
    #expect(try again.runningRollouts().isEmpty)
    #expect(try again.rollouts(before: nil, limit: 9).map(\.state) == [.done])
    #expect(try again.settings(of: Self.gate, before: nil, limit: 9).first?.actor == "li")
    #expect(try store.audit(of: nil, before: nil, limit: 9).contains { $0.action == .rollout })
  }

  @Test("one that stops goes on again, or without the station", arguments: Engine.allCases)
  func stopped(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    _ = try Self.draft(store)
    _ = try store.decide(1, .send, by: "wu", at: Self.later(1))
    let send = { try store.sendWave(of: 1, above: [:], at: Self.later(1), digest: Self.digest) }
    _ = try send()
    let halt = SettingsRollout.Halt(Self.gate, "refused")
    #expect(try store.halt(1, halt, at: Self.later(2))?.state == .stopped)
    #expect(try opened.reopened().rollout(1)?.halt == halt)
    #expect(try send() == nil)
    let resumed = try store.decide(1, .send, by: "wu", at: Self.later(3))?.rollout
    #expect(resumed?.sentWaves == 0 && resumed?.halt == nil)
    // The change is in the station's settings already: no new revision.
    #expect(try send()?.wishes == [])
    _ = try store.halt(1, halt, at: Self.later(4))
    let passed = try store.decide(1, .pass, by: "wu", at: Self.later(5))?.rollout
    #expect(passed?.passed == [Self.gate] && passed?.sentWaves == 1)
    #expect(try opened.reopened().rollout(1) == passed)
    #expect(try store.decide(1, .cancel, by: "wu", at: Self.later(6))?.rollout.state == .cancelled)
    #expect(try store.decide(1, .send, by: "wu", at: Self.later(7))?.isChanged == false)
  }

  @Test("a station that would take none of it stops the wave", arguments: Engine.allCases)
  func faulty(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    let slot = [Self.section("slot", "2", [("article", "water")])]
    _ = try Self.draft(store, slot, waves: [[Self.gate, StoreContractTests.hall]])
    try Self.agree(store, 30, "p")
    _ = try store.decide(1, .send, by: "wu", at: Self.later(1))
    let wave = try store.sendWave(of: 1, above: [:], at: Self.later(1), digest: Self.digest)
    // The price was agreed on for the first alone.
    #expect(wave?.wishes.map(\.station) == [Self.gate])
    #expect(
      wave?.rollout.state == .stopped && wave?.rollout.halt?.station == StoreContractTests.hall)
    #expect(wave?.rollout.sentWaves == 0)
  }
}
