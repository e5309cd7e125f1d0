// Tests that a service on a restored backup is told again how exchanges ended.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Ends of exchanges beyond their acknowledgement")
struct KeptEndsTests {
  private static let first = StoreEpoch(bits: 1)
  private static let second = StoreEpoch(bits: 2)

  private func row(_ id: Int64) -> KeptEnds.Row {
    let seq = UInt64(id) * 10
    let exchange = Exchange(
      id: ExchangeID(stream: Scenario.stream, seq: seq - 2), member: MemberID("m-1")!,
      slot: SlotID(1)!, article: ArticleID("water")!, price: Points(5)!)
    let record = Record(
      at: Scenario.noon, isTrusted: true, body: .exchange(.ended(exchange, .dispensed)))
    return KeptEnds.Row(id: id, end: KeptEnd(stream: Scenario.stream, seq: seq, record: record))
  }

  private func connected() -> Scenario {
    let story = Scenario(
      recovered: Recovered(stream: Scenario.stream, floor: 90, next: 90, serviceStore: Self.first))
    story.openUplink()
    story.expect(.link(.publishRecords(90...90)))
    story.tell(story.sending.acknowledgement(90, of: Scenario.stream))
    story.expect(.store(.trim(through: 90)))
    return story
  }

  private func stored(_ row: KeptEnds.Row, _ story: Scenario) {
    story.tell(story.sending.acknowledgement(0, of: row.end.stream, kept: row.end.seq))
  }

  @Test("what an acknowledgement settles is kept in the transaction that deletes it")
  func kept() throws {
    let story = ExchangeStory()
    let serial = try story.start()
    story.answer(serial, .dropped(fault: nil), after: .seconds(3))
    story.commit()
    let last = story.station.outbox.durable
    story.tell(story.sending.acknowledgement(last, of: ExchangeStory.stream))
    let (remembered, trimmed) = try #require(
      story.effects.firstIndex {
        guard case .store(.remember(let changes, _)) = $0, case .endKept? = changes.first else {
          return false
        }
        return true
      }.flatMap { one in
        story.effects.firstIndex(of: .store(.trim(through: last))).map { (one, $0) }
      })
    #expect(remembered < trimmed)
    guard case .store(.remember(let changes, _)) = story.effects[remembered],
      case .endKept(let end, let time, let forgetting)? = changes.first
    else { return }
    #expect(end.stream == ExchangeStory.stream && end.seq <= last)
    guard case .exchange(.ended(_, .dispensed)) = end.record.body else {
      Issue.record("not the end of the exchange but \(end.record.body)")
      return
    }
    #expect(time == story.now.wall)
    #expect(forgetting == story.now.wall + .seconds(-30 * 86_400))
  }

  @Test("the first store that is heard of is told what there is, and the same one nothing more")
  func firstStore() {
    let story = Scenario()
    story.tell(.link(.serviceHeard(Self.first)))
    story.expect(.store(.readKeptEnd(after: 0)))
    story.tell(.link(.keptEndRead(nil)))
    story.expect(.store(.remember([.serviceStore(Self.first)], .relaxed)))
    story.tell(.link(.serviceHeard(Self.first)))
    story.expectNothing()
  }

  @Test("another store is sent every kept end, each until it is stored, and is remembered then")
  func another() {
    let story = connected()
    story.tell(.link(.serviceHeard(Self.second)))
    story.expect(.store(.readKeptEnd(after: 0)))
    story.tell(.link(.keptEndRead(row(1))))
    story.expect(.link(.publishKeptEnd(row(1).end)))
    story.advance(by: .seconds(5))
    story.expect(.link(.publishKeptEnd(row(1).end)))
    story.advance(by: .seconds(10))
    story.expect(.link(.publishKeptEnd(row(1).end)))
    // What it has not sent, nobody can have stored.
    stored(row(2), story)
    story.expectNothing()
    stored(row(1), story)
    story.expect(.store(.readKeptEnd(after: 1)))
    story.tell(.link(.keptEndRead(row(2))))
    story.expect(.link(.publishKeptEnd(row(2).end)))
    stored(row(2), story)
    story.expect(.store(.readKeptEnd(after: 2)))
    story.tell(.link(.keptEndRead(nil)))
    story.expect(.store(.remember([.serviceStore(Self.second)], .relaxed)))
    story.tell(.link(.serviceHeard(Self.second)))
    story.expectNothing()
  }

  @Test("a session that breaks off goes on where it was, once the service is heard again")
  func interrupted() {
    let story = connected()
    story.tell(.link(.serviceHeard(Self.second)))
    story.expect(.store(.readKeptEnd(after: 0)))
    story.tell(.link(.keptEndRead(row(1))))
    story.expect(.link(.publishKeptEnd(row(1).end)))
    story.tell(.link(.uplinkClosed))
    story.advance(by: .seconds(300))
    story.expectNothing()
    story.openUplink(2)
    story.tell(.link(.serviceHeard(Self.second)))
    story.expect(.link(.publishKeptEnd(row(1).end)))
  }

  @Test("after the loss of the station's store nobody knows who has its ends: all are sent again")
  func storeReplaced() {
    let now = Instant(nanoseconds: 0)
    var kept = KeptEnds()
    kept.recover(Self.first)
    #expect(kept.hear(Self.first, at: now) == .nothing)
    #expect(kept.hear(Self.second, at: now) == .read(after: 0))
    kept.storeReplaced()
    // The answer of the store before it: its rows have other places.
    #expect(kept.take(row(7), at: now) == .nothing)
    #expect(kept.hear(Self.first, at: now) == .read(after: 0))
    #expect(kept.take(row(1), at: now) == .send(row(1).end))
  }

  @Test("the answer to a kept end says nothing of the records that wait")
  func otherStream() {
    let story = connected()
    story.tell(story.sending.acknowledgement(1 << 50, of: StreamID(bits: 0xF), kept: 3))
    story.expectNothing()
    #expect(story.station.outbox.floor == 91)
  }
}
