// Tests of the book that adds up a minute of measurements.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Minutes of measurements")
struct MinuteBookTests {
  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  private func level(_ sensor: String, _ quantity: Quantity, _ value: Int64) -> MinuteBook.Sample {
    MinuteBook.Sample(
      place: MinuteBook.Place(sensor: SensorID(sensor)!, quantity: quantity),
      value: .level(value))
  }

  private func energy(_ used: Int64, _ last: Int64, isReset: Bool = false) -> MinuteBook.Sample {
    MinuteBook.Sample(
      place: MinuteBook.Place(sensor: SensorID("mains")!, quantity: .energy),
      value: .counter(used: used, last: last, isReset: isReset))
  }

  @Test("a minute says mean, least, most and count, and of a counter what was used")
  func minute() {
    var book = MinuteBook(at: at(0))
    book.add(level("room", .temperature, 21_000))
    book.add(energy(0, 100))
    book.add(level("room", .temperature, 21_001))
    book.add(level("attic", .temperature, -3))
    book.add(energy(5, 105))
    book.add(level("attic", .temperature, -4))
    let early = book.close(after: .seconds(60), at: at(59_999))
    let closed = book.close(after: .seconds(60), at: at(60_000))
    #expect(early == nil)
    #expect(
      closed
        == Measurement(
          seconds: 60,
          values: [
            MeasuredValue(
              sensor: SensorID("attic")!, quantity: .temperature, count: 2,
              amount: .level(mean: -4, least: -4, most: -3)),
            MeasuredValue(
              sensor: SensorID("mains")!, quantity: .energy, count: 2,
              amount: .counter(used: 5, last: 105, isReset: false)),
            MeasuredValue(
              sensor: SensorID("room")!, quantity: .temperature, count: 2,
              amount: .level(mean: 21_001, least: 21_000, most: 21_001)),
          ]))
  }

  @Test("what is written is what the codec reads, whatever was said")
  func readable() throws {
    var book = MinuteBook(at: at(0))
    for quantity in Quantity.allCases where quantity != .energy {
      book.add(level("a", quantity, quantity.range.lowerBound))
      book.add(level("a", quantity, quantity.range.upperBound))
    }
    for _ in 0..<3 { book.add(energy(Quantity.energy.range.upperBound, 0, isReset: true)) }
    let closed = book.close(after: .seconds(60), at: at(1 << 40))
    let measurement = try #require(closed)
    let record = Record(
      at: WallTime(milliseconds: 0), isTrusted: true, body: .climate(.measured(measurement)))
    #expect(try Record(json: record.json) == record)
    #expect(measurement.seconds == Measurement.longest)
  }

  @Test("a minute in which nobody spoke is none, and the next one keeps the beat")
  func silence() {
    var book = MinuteBook(at: at(0))
    #expect(book.close(after: .seconds(60), at: at(60_400)) == nil)
    #expect(book.deadline(.seconds(60)) == at(120_000))
    book.add(level("room", .humidity, 1))
    #expect(book.close(after: .seconds(60), at: at(120_100))?.seconds == 60)
    #expect(book.deadline(.seconds(60)) == at(180_000))
  }

  @Test("after a long pause a minute begins at its end, and says how long it was")
  func pause() {
    var book = MinuteBook(at: at(0))
    book.add(level("room", .humidity, 1))
    #expect(book.close(after: .seconds(60), at: at(500_000))?.seconds == 500)
    #expect(book.deadline(.seconds(60)) == at(560_000))
  }

  @Test("where records are scarce the same book goes on for an hour")
  func hour() {
    var book = MinuteBook(at: at(0))
    book.add(level("room", .humidity, 1))
    #expect(book.close(after: .seconds(3600), at: at(60_000)) == nil)
    book.add(level("room", .humidity, 3))
    #expect(book.close(after: .seconds(3600), at: at(3_600_000))?.values.first?.count == 2)
  }
}
