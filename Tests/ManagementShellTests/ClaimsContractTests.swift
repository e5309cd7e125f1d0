// What every engine believes of the numbers that stations say, and remembers of it.
import ManagementCore
import Testing
import Time

@Suite("Store contract: what stations claim")
struct ClaimsContractTests {
  private typealias Store = StoreContractTests

  private func birth(floor: UInt64, ceiling: UInt64) -> InboundItem {
    .floor(Store.gate, Store.stream, floor: floor, ceiling: ceiling)
  }

  private func later(_ seconds: Int64) -> Now {
    var now = Store.now
    now.wall = now.wall + .seconds(seconds)
    return now
  }

  @Test("what was claimed is remembered by the next process", arguments: Engine.allCases)
  func remembered(engine: Engine) throws {
    let open = try engine.open()
    _ = try open.store.store([Store.batch(1, Store.closings(1))], at: Store.now)
    let taken = try open.store.store([birth(floor: 5, ceiling: 9_000)], at: Store.now)
    #expect(taken[0].upto == 4 && taken[0].disbelieved.isEmpty)
    let store = try open.reopened()
    let refused = try store.store([birth(floor: 50_000, ceiling: 50_000)], at: later(10))
    #expect(refused[0].disbelieved == [ClaimReasons.floor])
    #expect(refused[0].upto == 4 && refused[0].events.isEmpty)
    let again = try open.reopened().store([birth(floor: 50_000, ceiling: 50_000)], at: later(311))
    #expect(again[0].upto == 49_999 && again[0].events.count == 1)
  }

  @Test(
    "a gap that reaches its own record is stored and covers nothing", arguments: Engine.allCases)
  func gap(engine: Engine) throws {
    let store = try engine.open().store
    let gap = Store.record(.stream(.gap(from: 1, to: 11, reason: .full)))
    let outcome = try store.store([Store.batch(11, [gap])], at: Store.now)[0]
    #expect(outcome.disbelieved == [ClaimReasons.gap])
    #expect(outcome.upto == 0 && outcome.events.count == 1)
  }

  @Test(
    "the first number that means another record is told, each time", arguments: Engine.allCases)
  func conflict(engine: Engine) throws {
    let store = try engine.open().store
    _ = try store.store([Store.batch(1, Store.closings(5))], at: Store.now)
    var other = Store.closings(6)
    other[2] = Store.record(.door(.exitRequested(Store.door())))
    other[4] = Store.record(.door(.exitRequested(Store.door())))
    for round in 0..<2 {
      let outcome = try store.store([Store.batch(1, other)], at: Store.now)[0]
      #expect(outcome.conflict == 3)
      #expect(outcome.numbers == 1...6)
      #expect(outcome.quarantined.count == (round == 0 ? 2 : 0))
    }
  }
}
