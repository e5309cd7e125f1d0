// What the store counts of exchanges, in both engines.
import JSON
import ManagementCore
import StationProtocol
import Testing

extension StoreContractTests {
  @Test("how exchanges end is counted by the hour, and to no day", arguments: Engine.allCases)
  func exchangeCounts(engine: Engine) throws {
    let store = try engine.open().store
    let stream = StreamID(bits: 10)
    let exchange = try Exchange(
      id: ExchangeID(stream: stream, seq: 1), member: Self.member("m-1"),
      slot: #require(SlotID(3)), article: #require(ArticleID("soap")), price: #require(Points(50)))
    let records = [
      Self.record(.exchange(.refusalsCounted(9))),
      Self.record(.exchange(.ended(exchange, .cancelled))),
      Self.record(.exchange(.ended(exchange, .dispensed))),
    ]
    _ = try store.store([Self.batch(1, records, in: stream)], at: Self.now)
    let hour = Self.now.wall.hour
    let tallies = try store.tallies(of: Self.gate, hours: hour..<hour + 1)
    #expect(
      tallies == [
        HourTally(hour: hour, count: .declined, amount: 10),
        HourTally(hour: hour, count: .dispensed, amount: 1),
        HourTally(hour: hour, count: .points, amount: 50),
      ])
    #expect(try store.counts(onDay: Self.now.localDay) == [:])
    var writer = JSONWriter()
    CountSeries(.exchanges, .hour, [hour, hour + 1], of: tallies).write(to: &writer)
    let row = "\"dispensed\":1,\"points\":50,\"declined\":10,\"failed\":0}"
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "{\"by\":\"hour\",\"exchanges\":[{\"from\":\(hour * 3_600_000),\(row)]}")
  }
}
