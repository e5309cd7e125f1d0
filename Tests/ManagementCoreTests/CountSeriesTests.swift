// Tests of what the API says of counts: hours and local days, with none left out.
import StationProtocol
import Testing
import Time

@testable import ManagementCore

@Suite("Count series")
struct CountSeriesTests {
  /// 2026-11-21 17:30 in Shanghai.
  private static let end = WallTime(seconds: 1_795_253_400)
  private static let zone = Zone(utcOffsetSeconds: 8 * 3600)

  private func entries(
    _ by: MeasuredSeries.Step, _ count: Int64, _ counts: [Int64: Int64]
  ) -> [Int64] {
    let bounds = CountSeries.hours(by, count: count, at: Self.end, in: Self.zone)
    let tallies = counts.sorted { $0.key < $1.key }.map {
      HourTally(hour: $0.key, count: .entries, amount: $0.value)
    }
    return CountSeries(.visits, by, bounds, of: tallies).steps.map { $0.amounts[0] }
  }

  @Test("the last hour is the one of the moment asked for, and an hour without visits is zero")
  func hours() {
    let hour = Self.end.hour
    #expect(entries(.hour, 3, [hour: 4, hour - 2: 7, hour - 3: 9, hour + 1: 1]) == [7, 0, 4])
  }

  @Test("an exchange counts by its end, its points where its article fell, a refusal as declined")
  func exchanges() throws {
    let id = ExchangeID(stream: StreamID(bits: 1), seq: 1)
    let (member, article) = try (#require(MemberID("m-1")), #require(ArticleID("soap")))
    let (slot, price) = try (#require(SlotID(3)), #require(Points(50)))
    let exchange = Exchange(id: id, member: member, slot: slot, article: article, price: price)
    let code = CodeDigest(high: 7, low: 8)
    let bodies: [ExchangeRecord] = [
      .intended(exchange, code: code), .ended(exchange, .dispensed),
      .ended(exchange, .refused(.insufficientPoints)), .ended(exchange, .cancelled),
      .ended(exchange, .failed(.dropNotSeen)), .ended(exchange, .unknown(.silent)),
      .refused(slot, reason: .soldOut, member: nil, code: code), .refusalsCounted(9),
      .ended(exchange, .dispensed),
    ]
    var sums: [HourCount: Int64] = [:]
    for body in bodies {
      HourCount.each(of: Record(at: Self.end, isTrusted: true, body: .exchange(body))) {
        sums[$0, default: 0] += $1
      }
    }
    #expect(sums == [.dispensed: 2, .points: 100, .declined: 12, .failed: 2])
  }

  @Test("a day begins at the station's midnight")
  func days() {
    let midnight = Self.zone.beginning(ofDay: Self.zone.localDay(of: Self.end)).hour
    #expect(midnight == Self.end.hour - 17)
    #expect(
      entries(.day, 2, [midnight - 24: 1, midnight - 1: 2, midnight: 4, midnight + 23: 8])
        == [3, 12])
  }

  @Test("a day on which clocks are set forward has 23 hours")
  func shortDay() {
    // Europe/Berlin, 2026: from UTC+1 to UTC+2 on 29 March at 01:00 UTC; asked at noon there.
    let change: Int64 = 1_774_746_000
    let zone = Zone(
      ZoneName("Europe/Berlin"), firstOffset: 3600,
      [Zone.Transition(at: change, offset: 7200)])
    let noon = WallTime(seconds: change + 9 * 3600)
    let bounds = CountSeries.hours(.day, count: 2, at: noon, in: zone)
    #expect(bounds.count == 3)
    #expect(bounds[1] - bounds[0] == 24 && bounds[2] - bounds[1] == 23)
  }
}
