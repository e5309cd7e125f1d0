// Tests of a turn whose answers get lost, and of a board that may have forgotten its order.
import StationProtocol
import Testing

@testable import StationCore

/// A station whose machine turns, with what its line and its board do.
private final class Turn {
  var story = ExchangeStory()
  let serial: UInt8

  init() throws {
    serial = try story.start()
    story.answer(serial, .busy)
  }

  /// So many answers in a row get lost, and the board is asked what it does.
  func lose(_ answers: Int) {
    for count in 0..<answers where story.outcome == nil {
      if count == 0 { story.advance(by: .milliseconds(250)) }
      let asked: MachineRequest = story.orders.isEmpty ? .check : .turn(serial)
      story.advance(by: .milliseconds(200))
      story.tell(.exchange(.silent(asked)))
    }
  }

  /// The slots that the board was just asked about.
  var checks: [SlotID] {
    story.effects.compactMap {
      if case .exchange(.checkMachine(let slot)) = $0 { slot } else { nil }
    }
  }
}

@Suite struct MachineSilenceTests {
  @Test("however many answers of a turn get lost, a board that stays busy is followed to its end")
  func badLine() throws {
    let turn = try Turn()
    for _ in 0..<8 {
      turn.lose(3)
      #expect(turn.checks == [ExchangeStory.soap])
      #expect(turn.story.orders.isEmpty)
      turn.story.answerCheck(.busy)
      #expect(turn.story.outcome == nil)
    }
    turn.story.advance(by: .milliseconds(250))
    #expect(turn.story.orders == [turn.serial])
    turn.story.answer(turn.serial, .dropped(fault: nil))
    #expect(turn.story.outcome == .dispensed)
  }

  @Test("a turn that ends while its answers get lost is told by the order that is sent once more")
  func endsInSilence() throws {
    let turn = try Turn()
    turn.lose(4)
    turn.story.answerCheck()
    #expect(turn.story.orders == [turn.serial])
    turn.story.answer(turn.serial, .dropped(fault: nil))
    #expect(turn.story.outcome == .dispensed)
  }

  @Test("a board that turns anew after a silence had forgotten: once is an accident")
  func forgetsOnce() throws {
    let turn = try Turn()
    turn.lose(5)
    turn.story.answerCheck()
    turn.story.answer(turn.serial, .busy)
    turn.story.answer(turn.serial, .dropped(fault: nil), after: .seconds(3))
    #expect(turn.story.outcome == .dispensed)
  }

  @Test("a board that turns anew is known by what it does, also where its answer gets lost")
  func forgetsUnheard() throws {
    let turn = try Turn()
    for _ in 0..<2 {
      turn.lose(3)
      turn.story.answerCheck()
      // Given the order, it turns again, and nobody hears it say so.
      turn.story.advance(by: .milliseconds(200))
      turn.story.tell(.exchange(.silent(.turn(turn.serial))))
      turn.story.answerCheck(.busy)
      turn.story.answer(turn.serial, .busy, after: .milliseconds(250))
    }
    #expect(turn.story.outcome == .unknown(.silent))
  }

  @Test("a plug that is pulled again and again ends the turn, and its board is asked no more")
  func pulledAgainAndAgain() throws {
    let turn = try Turn()
    var orders = 0
    while turn.story.outcome == nil, orders < 20 {
      turn.lose(3)
      turn.story.answerCheck()
      orders += turn.story.orders.count
      turn.story.answer(turn.serial, .busy)
      turn.story.answer(turn.serial, .busy, after: .milliseconds(250))
    }
    #expect(turn.story.outcome == .unknown(.silent))
    #expect(orders == 2)
  }

  @Test("old answers that come late, one between two looks at a board at rest, are no new turns")
  func lateAnswers() throws {
    let turn = try Turn()
    for _ in 0..<4 {
      turn.lose(3)
      turn.story.answerCheck()
      // Of an order before the turn ended.
      turn.story.answer(turn.serial, .busy)
      #expect(turn.story.outcome == nil)
    }
    turn.lose(3)
    turn.story.answerCheck()
    turn.story.answer(turn.serial, .dropped(fault: nil))
    #expect(turn.story.outcome == .dispensed)
  }

  @Test("a board that says nothing for two seconds is asked no more, whatever it said before")
  func silentForGood() throws {
    let turn = try Turn()
    turn.lose(9)
    #expect(turn.story.outcome == nil)
    turn.lose(2)
    #expect(turn.story.outcome == .unknown(.silent))
  }

  @Test("a board at rest that answers checks and never the order is given up after half a minute")
  func answersChecksAlone() throws {
    let turn = try Turn()
    var orders = 0
    turn.lose(1)
    turn.story.answerCheck()
    for _ in 0..<200 where turn.story.outcome == nil {
      turn.story.advance(by: .milliseconds(200))
      turn.story.tell(.exchange(.silent(.turn(turn.serial))))
      turn.story.answerCheck()
      orders += turn.story.orders.count
    }
    #expect(turn.story.outcome == .unknown(.silent))
    #expect((100..<160).contains(orders))
  }

  @Test("a board that is busy for half a minute and tells it to checks alone turns without end")
  func endless() throws {
    let turn = try Turn()
    for _ in 0..<60 where turn.story.outcome == nil {
      turn.lose(3)
      turn.story.answerCheck(.busy)
    }
    #expect(turn.story.outcome == .unknown(.endless))
  }

  @Test("a check that was on its way when the motor was told is no answer about the turn")
  func checkBefore() throws {
    let story = ExchangeStory()
    story.advance(by: .seconds(10))
    #expect(story.vending.machine.isWaiting)
    let serial = try story.start()
    story.tell(.exchange(.silent(.check)))
    #expect(!story.vending.machine.isWaiting)
    #expect(story.orders.isEmpty)
    story.answer(serial, .busy)
    story.answerCheck()
    #expect(story.orders.isEmpty)
    #expect(story.outcome == nil)
    story.answer(serial, .dropped(fault: nil), after: .seconds(3))
    #expect(story.outcome == .dispensed)
  }

  @Test(
    "the board's answer to an earlier order by a drawn number costs nobody anything",
    arguments: [
      .dropped(fault: nil), .failed(.dropSensorFaulty), .failed(.dropNotSeen), .failed(.didNotTurn),
    ] as [MachineReport])
  func drawnNumber(_ before: MachineReport) throws {
    let story = ExchangeStory()
    let serial = try story.start()
    // No time to turn: it speaks of the order by which it had this number before.
    story.answer(serial, before, after: .milliseconds(20))
    #expect(story.outcome == .unknown(.stale))
    #expect(story.slot(ExchangeStory.soap).quarantine == nil)
    story.answerCheck()
    story.advance(by: .seconds(20))
    story.answerCheck()
    let next = try story.start()
    #expect(next == serial &+ 1)
    story.answer(next, .busy)
    story.answer(next, .dropped(fault: nil), after: .seconds(3))
    #expect(story.outcome == .dispensed)
  }

  @Test("after a restart nobody asks about an order whose number was drawn")
  func drawnBeforeRestart() throws {
    let story = ExchangeStory()
    _ = try story.start()
    var phases: [OpenExchange.Phase] = []
    for case .exchange(let open?) in story.changes { phases.append(open.phase) }
    guard case .dispensing(_, at: let at)? = phases.last else {
      Issue.record("no order is remembered")
      return
    }
    #expect(at == nil)
  }
}
