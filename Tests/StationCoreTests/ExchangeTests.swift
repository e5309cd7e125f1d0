// Tests of an exchange from the choice to the outcome: what moves when, and who pays.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct ExchangeTests {
  @Test("nothing moves before the record of it is durable, and the drop is charged")
  func wholeExchange() throws {
    let story = ExchangeStory()
    story.fill(ExchangeStory.soap, 3)
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    let code = story.code()
    story.tell(.exchange(.codeShown(code)))
    let exchange = try #require(story.vending.session.exchange)
    #expect(
      exchange.id == ExchangeID(stream: ExchangeStory.stream, seq: story.station.outbox.next - 1))
    #expect(story.requests.isEmpty)
    story.commit()
    let text = try #require(code.text)
    #expect(story.requests == [.hold(exchange, code: text)])
    story.hold(balance: 70)
    #expect(story.orders.isEmpty)
    #expect(
      story.changes.contains(
        .mark(
          ReplayMark(code: code.digest, until: Scenario.noon + .seconds(65), purpose: .machine),
          forgetting: story.now.wall)))
    story.commit()
    let serial = try #require(story.orders.first)
    #expect(story.records.last == .exchange(.dispensing(exchange.id, serial: Int64(serial))))
    story.answer(serial, .busy, after: .milliseconds(5))
    story.advance(by: .milliseconds(250))
    #expect(story.orders == [serial])
    story.answer(serial, .busy, after: .milliseconds(5))
    story.answer(serial, .dropped(fault: nil), after: .seconds(2))
    #expect(story.records.last == .exchange(.ended(exchange, .dispensed)))
    #expect(story.slot(ExchangeStory.soap).stock == 2)
    #expect(story.phase == .ended(ExchangeStory.soap, .dispensed, price: Points(50)!, balance: 70))
    story.advance(by: .seconds(15))
    #expect(story.phase == .idle)
  }

  @Test("a choice is forgotten after 60 seconds, and can be called off")
  func session() {
    let story = ExchangeStory()
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    story.advance(by: .milliseconds(59_900))
    #expect(story.phase != .idle)
    story.advance(by: .milliseconds(200))
    #expect(story.phase == .idle)
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    story.tell(.exchange(.cancelled))
    #expect(story.phase == .idle)
    #expect(story.outcome == nil)
  }

  @Test(
    "while the service is asked it can be called off, and a grant that comes late moves nothing")
  func cancelled() throws {
    let story = ExchangeStory()
    story.ask()
    let exchange = try #require(story.vending.session.exchange)
    story.tell(.exchange(.cancelled))
    #expect(story.records.last == .exchange(.ended(exchange, .cancelled)))
    story.tell(.exchange(.replied(ExchangeStory.reply(to: exchange, .held(balance: 1)))))
    story.commit()
    #expect(story.orders.isEmpty)
    #expect(story.outcome == .cancelled)
  }

  @Test("once it is decided nobody can call it off")
  func tooLateToCancel() {
    let story = ExchangeStory()
    story.ask()
    story.hold()
    story.tell(.exchange(.cancelled))
    story.commit()
    #expect(story.orders.count == 1)
    story.tell(.exchange(.cancelled))
    #expect(story.outcome == nil)
  }

  @Test("a second code during an exchange charges nobody")
  func secondCode() throws {
    let story = ExchangeStory()
    story.ask(for: ExchangeStory.soap, "m-1")
    let exchange = try #require(story.vending.session.exchange)
    story.tell(.exchange(.codeShown(story.code("m-2"))))
    #expect(story.vending.session.exchange == exchange)
    #expect(story.requests.isEmpty)
    story.tell(.exchange(.selected(ExchangeStory.tea)))
    #expect(story.vending.session.exchange == exchange)
  }

  @Test("a code shown with nothing chosen tells the balance, and buys nothing that is chosen later")
  func balance() throws {
    let story = ExchangeStory()
    story.tell(.exchange(.codeShown(story.code("m-1"))))
    let request = try #require(story.requests.first)
    #expect(request.question == .balance(MemberID("m-1")!))
    story.tell(
      .exchange(
        .replied(StationReply(request.id, to: Sending.digest(of: request.id), .balance(120)))))
    #expect(story.phase == .balance(120))
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    #expect(story.vending.session.exchange == nil)
    story.tell(.exchange(.codeShown(story.code("m-2"))))
    #expect(story.vending.session.exchange?.member == MemberID("m-2"))
  }

  @Test("a code that opened the door may still pay, and pays once")
  func purposes() {
    let story = ExchangeStory()
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    #expect(story.effects.contains(.door(.show(1, .granted))))
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    story.tell(.exchange(.codeShown(code)))
    #expect(story.vending.session.exchange != nil)
    story.commit()
    story.hold()
    story.commit()
    story.answer(story.orders[0], .busy)
    story.answer(story.vending.serial, .dropped(fault: nil), after: .seconds(1))
    #expect(story.outcome == .dispensed)
    story.advance(by: .seconds(5))
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    story.tell(.exchange(.codeShown(code)))
    #expect(story.vending.session.exchange == nil)
    #expect(story.refusals == [.replayed])
  }

  @Test("a code that did not do leaves the choice standing, with the reason")
  func badCode() {
    let story = ExchangeStory()
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    let until = story.now.instant + .seconds(60)
    let old = story.code()
    story.advance(by: .seconds(8))
    story.tell(
      .exchange(
        .codeShown(
          Presentation(digest: CodeDigest(high: 1, low: 1), verdict: .refused(.badSignature)))))
    #expect(
      story.phase == .chosen(ExchangeStory.soap, until: until, refusal: .badSignature))
    story.tell(.exchange(.codeShown(old)))
    #expect(story.vending.session.exchange != nil)
    #expect(story.refusals == [.badSignature])
  }

  @Test("the same code held to the reader is one presentation")
  func held() {
    let story = ExchangeStory()
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    let code = story.code()
    story.tell(.exchange(.codeShown(code)))
    story.commit()
    let exchange = story.vending.session.exchange!
    let refusal = StationReply.Answer.refused(.insufficientPoints, balance: 3)
    story.tell(.exchange(.replied(ExchangeStory.reply(to: exchange, refusal))))
    for _ in 0..<8 {
      story.advance(by: .milliseconds(500))
      story.tell(.exchange(.codeShown(code)))
    }
    #expect(story.vending.balances == 0)
    #expect(
      story.phase
        == .ended(
          ExchangeStory.soap, .refused(.insufficientPoints), price: Points(50)!, balance: 3))
  }

  @Test(
    "a question that nobody answers is asked again by the same id, and given up after 6 seconds")
  func noAnswer() throws {
    let story = ExchangeStory()
    story.ask()
    let exchange = try #require(story.vending.session.exchange)
    story.advance(by: .milliseconds(2000))
    #expect(story.requests.map(\.id) == [RequestID(exchange.id)])
    story.advance(by: .seconds(4))
    #expect(story.outcome == .refused(.noAnswer))
    #expect(story.orders.isEmpty)
  }

  @Test("without uplink no exchange starts, and one that waits for its hold ends")
  func noUplink() {
    let story = ExchangeStory()
    story.ask()
    story.tell(.link(.uplinkClosed))
    #expect(story.outcome == .refused(.noUplink))
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    #expect(story.phase == .refused(ExchangeStory.soap, .noUplink))
    story.tell(.exchange(.codeShown(story.code())))
    #expect(story.phase == .refused(nil, .noUplink))
    #expect(story.vending.session.exchange == nil)
  }

  @Test("a machine that fails between the hold and the decision charges nobody")
  func failsBeforeDecision() {
    let story = ExchangeStory()
    story.ask()
    story.tell(.exchange(.doorChanged(isOpen: true)))
    story.hold()
    story.commit()
    #expect(story.outcome == .refused(.machineOpen))
    #expect(story.orders.isEmpty)
  }

  @Test("more than ten wrong codes a minute become one number")
  func rate() {
    let story = ExchangeStory()
    for low in 0..<25 {
      story.tell(
        .exchange(
          .codeShown(
            Presentation(digest: CodeDigest(high: 1, low: UInt64(low)), verdict: .refused(.expired))
          )
        ))
    }
    #expect(story.refusals.count == 10)
    story.advance(by: .seconds(61))
    #expect(story.records.contains(.exchange(.refusalsCounted(15))))
  }
}
