// How much of one station the service takes, and that nothing readable is lost by it.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("The pace of a station")
struct StationPaceTests {
  let scenario = ManagementScenario()

  private var alarms: [Alarm] {
    get throws { try scenario.view.life.findings.alarms.map(\.alarm) }
  }

  private func garbage(_ count: Int, _ byte: UInt8 = UInt8(ascii: "x")) -> [UInt8] {
    [UInt8(ascii: "\"")] + Array(repeating: byte, count: count - 2) + [UInt8(ascii: "\"")]
  }

  private func send(_ first: UInt64, _ records: [[UInt8]]) -> [ManagementEffect] {
    let batch = RecordBatch(stream: stream, first: first, records: records)
    return scenario.commit(scenario.hear(.out(gate), batch.json))
  }

  @Test("a bucket gives its burst at once, and then its rate to the moment")
  func bucket() {
    let start = Instant(nanoseconds: 0)
    var bucket = TokenBucket(most: 10, perSecond: 3, at: start)
    bucket.take(16, at: start)
    #expect(bucket.opens == start + .nanoseconds(2_333_333_334))
    let early = bucket.isOpen(at: start + .nanoseconds(2_333_333_333))
    #expect(!early)
    let onTime = bucket.isOpen(at: bucket.opens)
    #expect(onTime)
    // No time is lost between looks, however many there are.
    var watched = TokenBucket(most: 10, perSecond: 3, at: start)
    watched.take(16, at: start)
    for look in 0..<2_000 { _ = watched.isOpen(at: start + .milliseconds(look)) }
    #expect(watched.opens == bucket.opens)
    let full = bucket.isOpen(at: start + .seconds(1 << 30))
    #expect(full)
  }

  @Test("what cannot be read is kept whole up to the largest record, and cut beyond")
  func cut() throws {
    let whole = garbage(Record.longestJSON)
    let long = garbage(200_000)
    #expect(send(1, [whole, long]).contains(acknowledged(2)))
    let kept = scenario.store.quarantine(before: nil, limit: 9)
    #expect(kept.map(\.raw.count) == [Record.longestJSON, Record.longestJSON])
    #expect(kept[0].reason.hasSuffix("(cut, it had 200000 bytes)"))
    #expect(kept[1].raw == whole)
  }

  @Test("a flood of what cannot be read fills no store: it is counted, acknowledged and told")
  func flood() throws {
    var sent: UInt64 = 0
    for number in 0..<500 {
      let effects = send(sent + 1, [garbage(10_000, UInt8(ascii: "a") + UInt8(number % 26))])
      sent += 1
      #expect(effects.contains(acknowledged(sent)))
    }
    let kept = scenario.store.quarantine(before: nil, limit: 1000)
    #expect(kept.count <= 65)
    #expect(kept.reduce(0) { $0 + $1.raw.count } <= 300_000)
    #expect(try alarms == [.sendsTooMuch])
    let counted = scenario.management.refused.all.first { $0.kind == .overShare }
    #expect(counted?.count == Int64(500 - kept.count))
    // And what can be read goes on.
    #expect(
      send(sent + 1, [scenario.record(.door(.closed(door))).json]).contains(
        acknowledged(sent + 1)))
  }

  @Test("a record of a later version's kind is kept whole, however many come")
  func laterKind() throws {
    for first in stride(from: UInt64(1), to: 2_000, by: 50) {
      let records = (0..<50).map { number in
        Array(
          "{\"at\":\(first),\"trusted\":true,\"kind\":\"teleported\",\"to\":\(number)}".utf8)
      }
      #expect(send(first, records).contains(acknowledged(first + 49)))
    }
    #expect(scenario.store.quarantine(before: nil, limit: 3_000).count == 2_000)
    #expect(try alarms.isEmpty)
    for text in [
      "{\"at\":1,\"trusted\":true,\"kind\":\"passage\"}", "{\"at\":1,\"kind\":\"teleported\"}",
      "{\"at\":1,\"trusted\":true,\"kind\":\"Tele Ported\"}", "[]",
      "{\"at\":1,\"trusted\":true,\"kind\":\"teleported\",\"x\":\""
        + String(repeating: "x", count: 5_000) + "\"}",
    ] { #expect(!Record.isOfLaterKind(Array(text.utf8))) }
  }

  @Test("a payload that is no batch is kept up to the largest record, and no more than its share")
  func malformed() throws {
    for number in 0..<400 {
      var text = garbage(100_000)
      text[1] = UInt8(ascii: "a") + UInt8(number % 26)
      text[2] = UInt8(ascii: "a") + UInt8(number / 26)
      _ = scenario.commit(scenario.hear(.out(gate), text))
    }
    let kept = scenario.store.quarantine(before: nil, limit: 1000)
    #expect(kept.count <= 65 && kept.allSatisfy { $0.raw.count <= Record.longestJSON })
    #expect(try alarms == [.sendsTooMuch])
  }

  @Test("an honest backlog of 300,000 records passes in minutes, and none of it is left behind")
  func backlog() throws {
    let total = 300_000
    let start = Instant(nanoseconds: 0)
    var now = start
    var pace = StationPace(at: start)
    var (taken, sent, last) = (0, 0, Instant(nanoseconds: 0))
    /// A batch by its first number, as long as batches are.
    func batch(_ first: Int) -> InboundPayload {
      ManagementScenario.payload([UInt8](repeating: 0, count: 13_000) + "\(first)".utf8)
    }
    while taken < total {
      // As the outbox does: a window of 256, and again from its floor after five seconds.
      if now - last >= .seconds(5) { sent = taken }
      while sent < min(total, taken + 256) {
        last = now
        switch pace.admit(batch(sent), at: now) {
        case .atOnce:
          pace.take(rows: 64, ends: 0, at: now)
          taken += 64
        case .later: break
        case .never: Issue.record("the batch from \(sent) on is refused")
        }
        sent += 64
      }
      guard let due = pace.opens else { continue }
      now = max(now, due)
      while pace.next(at: now) != nil {
        pace.take(rows: 64, ends: 0, at: now)
        taken += 64
      }
    }
    #expect(now - start > .seconds(60) && now - start < .seconds(1_200))
  }

  @Test("a station that tells of one end after the other is taken at the pace of a machine")
  func ends() throws {
    let start = Instant(nanoseconds: 0)
    var pace = StationPace(at: start)
    var taken = 0
    for number in 0..<100 {
      guard
        case .atOnce = pace.admit(ManagementScenario.payload(Array("\(number)".utf8)), at: start)
      else { continue }
      pace.take(rows: 64, ends: 64, at: start)
      taken += 64
    }
    #expect(taken == 512)
    // What an honest station keeps of a month comes through within hours.
    var now = start
    while taken < 9_000 {
      guard let due = pace.opens else { break }
      now = max(now, due)
      guard pace.next(at: now) != nil else { break }
      pace.take(rows: 64, ends: 64, at: now)
      taken += 64
      let again = pace.admit(ManagementScenario.payload(Array("again \(taken)".utf8)), at: now)
      #expect(again == .later)
    }
    #expect(taken >= 9_000 && now - start < .seconds(3 * 3600))
  }

  /// So many messages that the next one has to wait.
  private func exhaust() -> UInt64 {
    let record = scenario.record(.door(.closed(door))).json
    for number in 1...4_000 as ClosedRange<UInt64> { _ = send(number, [record]) }
    return 4_001
  }

  private func batchJSON(_ first: UInt64) -> [UInt8] {
    let record = scenario.record(.door(.closed(door))).json
    return RecordBatch(stream: stream, first: first, records: [record]).json
  }

  @Test("a station that repeats faster than it is taken waits once, and another one not at all")
  func repeats() throws {
    let next = batchJSON(exhaust())
    for _ in 0..<100 { #expect(scenario.hear(.out(gate), next).isEmpty) }
    #expect(scenario.management.refused.total == 0)
    let hall = Names.station("hall-2")
    #expect(scenario.hear(.out(hall), batchJSON(1)).count == 1)
    let due = try #require(scenario.management.nextPaced)
    scenario.advance(due - scenario.now.instant)
    #expect(scenario.handle(.paceDue).count == 1)
    #expect(scenario.management.nextPaced == nil)
  }

  @Test("more batches than an honest station has under way are left to it, and told")
  func overflow() throws {
    let first = exhaust()
    for number in first..<first + 100 {
      _ = scenario.commit(scenario.hear(.out(gate), batchJSON(number)))
    }
    #expect(try alarms == [.sendsTooMuch])
    let left = scenario.management.refused.all.first { $0.kind == .overShare }?.count
    #expect(left == 84)
    // None of them is acknowledged, so the station has them all.
    #expect(scenario.store.lastEventID() == 4_000)
    #expect(try scenario.view.life.findings.alarms.count == 1)
  }
}
