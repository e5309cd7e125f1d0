// Tests that nothing is given up but what the service has acknowledged as the station sent it.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Acknowledgements of batches that were sent, and of others")
struct SentBatchesTests {
  private static let start = Instant(nanoseconds: 0)
  private static let stream = Scenario.stream

  /// An outbox whose records, all durable, left in batches that end at these numbers.
  private func outbox(_ ends: UInt64...) -> Outbox {
    var outbox = Outbox(limits: OutboxLimits())
    outbox.recover(Recovered(stream: Self.stream, next: (ends.last ?? 0) + 1))
    outbox.uplinkOpened()
    _ = outbox.takeSendable(at: Self.start)
    for (first, last) in zip([1] + ends.map { $0 + 1 }, ends) {
      outbox.noteSent(Sending.batch(first...last, of: Self.stream))
    }
    return outbox
  }

  private func hear(
    _ upto: UInt64, conflict: UInt64? = nil, _ named: ClosedRange<UInt64>...,
    by outbox: inout Outbox
  ) -> Outbox.Answer {
    let ack = Acknowledgement(
      stream: Self.stream, upto: upto, conflict: conflict,
      batches: named.map { Sending.batch($0, of: Self.stream).digest })
    return outbox.acknowledged(ack, at: Self.start)
  }

  @Test("a forged batch is acknowledged, and the genuine one stays")
  func forged() {
    var outbox = outbox(3, 5)
    // The service has stored 1 to 5, as somebody else has sent them.
    #expect(hear(5, 1...5, by: &outbox) == .foreign)
    #expect(hear(5, 1...2, 4...5, by: &outbox) == .nothing)
    #expect(outbox.floor == 1)
    #expect(hear(5, 1...3, by: &outbox) == .trim(through: 5))
  }

  @Test("a batch takes none before it along, however far the acknowledgement goes")
  func cumulative() {
    var outbox = outbox(3, 5, 9)
    #expect(hear(9, 6...9, by: &outbox) == .nothing)
    #expect(hear(9, 1...3, by: &outbox) == .trim(through: 3))
    #expect(hear(9, 4...5, by: &outbox) == .trim(through: 9))
  }

  @Test("a batch of which a part is stored is given up as far as that")
  func part() {
    var outbox = outbox(5, 9)
    #expect(hear(2, 1...5, 6...9, by: &outbox) == .trim(through: 2))
    #expect(hear(9, 6...9, by: &outbox) == .nothing)
    #expect(hear(9, 1...5, by: &outbox) == .trim(through: 9))
  }

  @Test("a conflict counts where a batch that was sent is named, and it stops what comes before it")
  func conflict() {
    var outbox = outbox(3, 6)
    #expect(hear(6, conflict: 5, 5...6, by: &outbox) == .foreign)
    #expect(hear(6, conflict: 5, 1...3, 5...6, by: &outbox) == .trim(through: 3))
    #expect(hear(6, conflict: 5, 4...6, by: &outbox) == .conflict(trim: 4))
  }

  @Test("an acknowledgement that comes twice, or names no batch, is nothing to write down")
  func late() {
    var outbox = outbox(3, 5)
    #expect(hear(5, by: &outbox) == .nothing)
    #expect(hear(3, 1...3, by: &outbox) == .trim(through: 3))
    #expect(hear(3, 1...3, by: &outbox) == .nothing)
    #expect(hear(5, by: &outbox) == .nothing)
    #expect(outbox.floor == 4)
  }

  @Test("a batch that left in another session counts, and one of another life does not")
  func sessions() {
    var outbox = outbox(3, 5)
    outbox.uplinkClosed()
    outbox.uplinkOpened()
    #expect(hear(3, 1...3, by: &outbox) == .trim(through: 3))
    _ = outbox.restart(on: StreamID(bits: 0xB))
    #expect(hear(5, 4...5, by: &outbox) == .foreign)
    var next = Outbox(limits: OutboxLimits())
    next.recover(Recovered(stream: Self.stream, floor: 4, next: 6))
    #expect(hear(5, 4...5, by: &next) == .foreign)
  }

  @Test("a batch of another stream is not this outbox's")
  func otherStream() {
    var outbox = outbox(3)
    outbox.noteSent(Sending.batch(1...3, of: StreamID(bits: 0xB)))
    let ack = Acknowledgement(
      stream: Self.stream, upto: 3,
      batches: [Sending.batch(1...3, of: StreamID(bits: 0xB)).digest])
    #expect(outbox.acknowledged(ack, at: Self.start) == .foreign)
  }

  @Test("the batches that are remembered are bounded, and the last ones are all among them")
  func bounded() {
    var batches = SentBatches()
    for round in 0..<5 as Range<UInt64> {
      for number in 1...Outbox.window {
        let last = number + (round.isMultiple(of: 2) ? 0 : round)
        batches.add(Sending.batch(number...last, of: Self.stream))
      }
    }
    #expect(batches.count == SentBatches.most)
    let digests = (1...Outbox.window).map { Sending.batch($0...$0, of: Self.stream).digest }
    batches.acknowledge(digests, upto: .max)
    #expect(batches.reach(from: 1) == Outbox.window + 1)
    batches.forget(below: .max)
    #expect(batches.count == 0)
  }

  @Test("a kept end is done with once the payload that left is named")
  func keptEnds() {
    let exchange = Exchange(
      id: ExchangeID(stream: Self.stream, seq: 8), member: MemberID("m-1")!,
      slot: SlotID(1)!, article: ArticleID("water")!, price: Points(5)!)
    let end = KeptEnd(
      stream: Self.stream, seq: 10,
      record: Record(
        at: Scenario.noon, isTrusted: true, body: .exchange(.ended(exchange, .dispensed))))
    var kept = KeptEnds()
    #expect(kept.hear(StoreEpoch(bits: 1), at: Self.start) == .read(after: 0))
    #expect(kept.take(KeptEnds.Row(id: 1, end: end), at: Self.start) == .send(end))
    let batch = Sending.batch(10...10, of: Self.stream, isKept: true)
    #expect(kept.stored(10, of: Self.stream, as: [batch.digest]) == .nothing)
    kept.noteSent(batch)
    let other = Sending.batch(10...10, of: Self.stream).digest
    #expect(kept.stored(10, of: Self.stream, as: [other]) == .nothing)
    #expect(kept.answersAnother(10, of: Self.stream, as: [other]))
    #expect(!kept.answersAnother(9, of: Self.stream, as: [other]))
    #expect(kept.stored(10, of: Self.stream, as: [batch.digest]) == .read(after: 1))
  }

  // MARK: - Questions

  @Test("a reply to another question of the same id gets nothing, and is written down")
  func reply() throws {
    let story = ExchangeStory()
    story.ask()
    let exchange = try #require(story.vending.session.exchange)
    let forged = StationReply(
      RequestID(exchange.id), to: PayloadDigest(high: 1, low: 2), .held(balance: 1))
    story.tell(.exchange(.replied(forged)))
    #expect(story.records.last == .station(.messagesRefused(.foreignReply, count: 1)))
    story.commit()
    #expect(story.orders.isEmpty && story.vending.session.exchange == exchange)
    story.tell(.exchange(.replied(ExchangeStory.reply(to: exchange, .held(balance: 1)))))
    story.commit()
    #expect(story.orders.count == 1)
  }

  @Test("a reply to another question about a balance shows nothing")
  func balance() throws {
    let story = ExchangeStory()
    story.tell(.exchange(.codeShown(story.code("m-1"))))
    let id = try #require(story.requests.first).id
    story.tell(
      .exchange(.replied(StationReply(id, to: PayloadDigest(high: 1, low: 2), .balance(9)))))
    #expect(story.phase == .askingBalance)
    story.tell(
      .exchange(.replied(StationReply(id, to: Sending.digest(of: id), .balance(120)))))
    #expect(story.phase == .balance(120))
  }
}
