// What every engine of the management store does with measurements.
import Foundation
import ManagementCore
import ManagementShell
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Store contract: measurements")
struct MeasurementStoreTests {
  private typealias Contract = StoreContractTests

  static let mains = SensorID("mains")
  static let room = SensorID("room")

  /// A minute of a meter and a thermometer that ends some minutes after now.
  static func minute(
    used: Int64, last: Int64 = 1000, isReset: Bool = false, temperature: Int64 = 21_000,
    after minutes: Int64 = 0
  ) -> Record {
    guard let mains, let room else { preconditionFailure("no sensors") }
    return StoreContractTests.record(
      .climate(
        .measured(
          Measurement(
            seconds: 60,
            values: [
              MeasuredValue(
                sensor: mains, quantity: .energy, count: 6,
                amount: .counter(used: used, last: last, isReset: isReset)),
              MeasuredValue(
                sensor: room, quantity: .temperature, count: 6,
                amount: .level(
                  mean: temperature, least: temperature - 10, most: temperature + 10)),
            ]))), at: StoreContractTests.now.wall + .seconds(60 * minutes))
  }

  @Test(
    "measurements are acknowledged like any record, and are no events", arguments: Engine.allCases)
  func noEvents(engine: Engine) throws {
    let open = try engine.open()
    let records = [Contract.closings(1)[0], Self.minute(used: 1), Self.minute(used: 2)]
    let outcome = try open.store.store([Contract.batch(1, records)], at: Contract.now)[0]
    #expect(outcome.upto == 3)
    #expect(outcome.events.map(\.seq) == [1])
    #expect(outcome.isClockTrusted == true)
    let store = try open.reopened()
    #expect(try store.events(after: 0, limit: 10).map(\.seq) == [1])
    #expect(try store.events(matching: EventFilter(kind: .climate(.measured)), limit: 10).isEmpty)
  }

  @Test("what comes twice is added once, however it is batched", arguments: Engine.allCases)
  func once(engine: Engine) throws {
    let open = try engine.open()
    let records = (0..<6).map { Self.minute(used: 1, last: 1000 + $0, after: $0) }
    _ = try open.store.store([Contract.batch(4, Array(records[3...]))], at: Contract.now)
    _ = try open.store.store([Contract.batch(1, records)], at: Contract.now)
    let store = try open.reopened()
    let again = try store.store([Contract.batch(2, Array(records[1...]))], at: Contract.now)
    #expect(again[0].quarantined.isEmpty && again[0].upto == 6)
    let hours = try store.measured(of: Contract.gate, hours: .min..<(.max))
    #expect(hours.map(\.place.quantity) == [.energy, .energy, .temperature, .temperature])
    #expect(hours.filter { $0.place.quantity == .energy }.reduce(0) { $0 + $1.used } == 6)
    #expect(hours.filter { $0.place.quantity == .temperature }.reduce(0) { $0 + $1.seconds } == 360)
  }

  @Test(
    "a number that means another measurement, or an event, is a conflict",
    arguments: Engine.allCases)
  func conflict(engine: Engine) throws {
    let store = try engine.open().store
    let event = Contract.closings(1)[0]
    _ = try store.store([Contract.batch(1, [Self.minute(used: 1), event])], at: Contract.now)
    for (seq, record) in [(UInt64(1), Self.minute(used: 2)), (1, event), (2, Self.minute(used: 1))]
    {
      let outcome = try store.store([Contract.batch(seq, [record])], at: Contract.now)[0]
      #expect(outcome.quarantined == [StoreReasons.conflict])
      #expect(outcome.events.isEmpty)
    }
    let hours = try store.measured(of: Contract.gate, hours: .min..<(.max))
    #expect(hours.first?.used == 1)
    #expect(try store.events(after: 0, limit: 10).count == 1)
  }

  @Test("hours are found by station and time", arguments: Engine.allCases)
  func range(engine: Engine) throws {
    let store = try engine.open().store
    let records = [Self.minute(used: 1), Self.minute(used: 2, after: 120)]
    _ = try store.store(
      [Contract.batch(1, records), Contract.batch(1, records, of: Contract.hall)],
      at: Contract.now)
    let first = (Contract.now.wall + .seconds(-60)).hour
    let hours = try store.measured(of: Contract.gate, hours: first..<first + 1)
    #expect(hours.map(\.place.hour) == [first, first])
    #expect(hours[0].used == 1)
    #expect(try store.measured(of: Contract.gate, hours: first + 1..<first + 2).isEmpty)
    #expect(try store.measured(of: Contract.named("other"), hours: .min..<(.max)).isEmpty)
  }

  @Test(
    "what a clock that nobody believes says is put into the hour of its arrival",
    arguments: Engine.allCases)
  func untrusted(engine: Engine) throws {
    let store = try engine.open().store
    var record = Self.minute(used: 1)
    record.isTrusted = false
    record.at = WallTime(milliseconds: 0)
    _ = try store.store([Contract.batch(1, [record])], at: Contract.now)
    let hours = try store.measured(of: Contract.gate, hours: .min..<(.max))
    #expect(hours.first?.place.hour == (Contract.now.wall + .seconds(-60)).hour)
  }

  @Test("what a station makes up for ever overflows nothing", arguments: Engine.allCases)
  func overflow(engine: Engine) throws {
    let store = try engine.open().store
    let record = Self.minute(used: Quantity.energy.range.upperBound, last: 0, isReset: true)
    for first in stride(from: UInt64(1), to: 6400, by: 64) {
      let batch = Contract.batch(first, Array(repeating: record, count: 64))
      #expect(try store.store([batch], at: Contract.now)[0].upto == first + 63)
    }
    let hours = try store.measured(of: Contract.gate, hours: .min..<(.max))
    #expect(hours.first?.used == 6400 * Quantity.energy.range.upperBound)
  }

  @Test("minutes older than five weeks give way, hours stay, and nothing is added again")
  func forgetting() throws {
    let open = try Engine.sqlite.open()
    let record = Self.minute(used: 1)
    _ = try open.store.store([Contract.batch(1, [record])], at: Contract.now)
    var later = Contract.now
    later.wall = later.wall + MinuteRetention.period + .seconds(1)
    let store = try open.reopened()
    _ = try store.store([Contract.batch(2, [Self.minute(used: 5)])], at: later)
    let again = try store.store([Contract.batch(1, [Self.minute(used: 7)])], at: later)
    #expect(again[0].quarantined.isEmpty)
    let hours = try store.measured(of: Contract.gate, hours: .min..<(.max))
    #expect(hours.first?.used == 6)
    let folder = try #require(open.folder)
    let count = try Program.run(
      "sqlite3", [folder.file("management.sqlite"), "SELECT count(*) FROM minute"])
    #expect(count.output == "1\n")
  }
}
