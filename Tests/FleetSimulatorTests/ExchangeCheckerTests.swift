// Tests of the checkers of exchanges, slots and points: what they must find, shown to them directly.
import ManagementCore
import StationCore
import StationProtocol
import Testing
import Time

@testable import FleetSimulator

private let stream = StreamID(bits: 7)
private let ann = MemberID("ann")!
private let bob = MemberID("bob")!
private let slot = SlotID(4)!
private let code = CodeDigest(high: 1, low: 2)
private let text = CodeText("A CODE")!

private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

private func exchange(_ seq: UInt64 = 1, _ member: MemberID = ann) -> Exchange {
  Exchange(
    id: ExchangeID(stream: stream, seq: seq), member: member, slot: slot,
    article: ArticleID("soap")!, price: Points(30)!)
}

private func shown(_ member: MemberID = ann) -> Presentation {
  Presentation(
    digest: code, verdict: .genuine(MemberClaims(subject: member.text), code: code))
}

private func intent(_ exchange: Exchange) -> [Effect] {
  let record = Record(
    at: WallTime(milliseconds: 0), isTrusted: true,
    body: .exchange(.intended(exchange, code: code)))
  return [.store(.journal(JournalEntry(seq: exchange.id.seq, record: record, lane: .urgent)))]
}

extension ExchangeChecker {
  /// Goes on until the motor of an exchange turns.
  fileprivate mutating func turn(_ exchange: Exchange = exchange(), serial: UInt8 = 9) -> String? {
    step(0, .exchange(.selected(slot)), [], at: at(0))
      ?? step(0, .exchange(.codeShown(shown(exchange.member))), intent(exchange), at: at(1))
      ?? durable(0, stream, exchange.id.seq, .exchange(.intended(exchange, code: code)))
      ?? step(0, .wake, [.link(.ask(.hold(exchange, code: text)))], at: at(2))
      ?? durable(
        0, stream, exchange.id.seq + 1, .exchange(.dispensing(exchange.id, serial: Int64(serial))))
      ?? step(0, .wake, [.exchange(.dispense(slot, serial: serial))], at: at(3))
      ?? turned(0, slot, serial)
  }

  fileprivate mutating func end(
    _ outcome: ExchangeOutcome, of exchange: Exchange = exchange()
  ) -> String? {
    durable(0, stream, exchange.id.seq + 2, .exchange(.ended(exchange, outcome)))
  }
}

@Suite struct ExchangeCheckerTests {
  @Test("an exchange whose every step is durable before the next is right")
  func right() {
    var checker = ExchangeChecker(stations: 1)
    #expect(checker.turn() == nil)
    #expect(checker.fell(0, 9) == nil)
    #expect(checker.unfinished() != nil)
    #expect(checker.end(.dispensed) == nil)
    #expect(checker.unfinished() == nil)
    #expect(checker.sales == 1)
  }

  @Test("a daemon that ends during the first order of a store cannot ask about it, later it can")
  func drawnNumber() {
    var checker = ExchangeChecker(stations: 1)
    #expect(checker.turn() == nil)
    checker.stopped(0, at: at(4))
    #expect(checker.accounts[exchange().id]?.excuses == [.drawnNumber])
    checker.started(0, at: at(9))
    #expect(checker.end(.unknown(.interrupted)) == nil)
    let second = exchange(10)
    #expect(checker.durable(0, stream, 10, .exchange(.intended(second, code: code))) == nil)
    #expect(checker.durable(0, stream, 11, .exchange(.dispensing(second.id, serial: 10))) == nil)
    checker.stopped(0, at: at(20))
    #expect(checker.accounts[second.id]?.excuses == [])
  }

  @Test("a motor or a hold without a durable record is found")
  func early() {
    var checker = ExchangeChecker(stations: 1)
    #expect(
      checker.step(0, .wake, [.exchange(.dispense(slot, serial: 9))], at: at(0))
        == "station 1: the motor 4 is told and no durable record says so")
    let hold = Effect.link(.ask(.hold(exchange(), code: text)))
    #expect(
      checker.step(0, .wake, [hold], at: at(0))
        == "station 1: a hold is asked for, and no durable record intends it")
    #expect(checker.turned(0, slot, 9) == "station 1: a motor turns for no exchange")
    #expect(checker.fell(0, 9) == "station 1: an article falls for no exchange")
  }

  @Test("whoever pays has shown a code for what was picked a minute before at most")
  func payer() {
    for (picked, shownAt, payer, isRight) in [
      (slot, 60, ann, true), (slot, 61, ann, false), (SlotID(5)!, 1, ann, false),
      (slot, 1, bob, false),
    ] as [(SlotID, Int64, MemberID, Bool)] {
      var checker = ExchangeChecker(stations: 1)
      #expect(checker.step(0, .exchange(.selected(picked)), [], at: at(0)) == nil)
      let complaint = checker.step(
        0, .exchange(.codeShown(shown(payer))), intent(exchange()), at: at(shownAt))
      #expect((complaint == nil) == isRight, "\(complaint ?? "")")
    }
  }

  @Test("a drop that is written down and never was, is found, unless the sensor saw a phantom")
  func phantom() {
    var checker = ExchangeChecker(stations: 1)
    #expect(checker.turn() == nil)
    #expect(checker.end(.dispensed)?.hasSuffix("is to be paid for, and nothing fell") == true)
    var excused = ExchangeChecker(stations: 1)
    #expect(excused.turn() == nil)
    excused.lies(0, 9, .phantom)
    #expect(excused.end(.dispensed) == nil)
  }

  @Test("two articles for one exchange are found, unless the machine alone had lost power")
  func twice() {
    for isExcused in [false, true] {
      var checker = ExchangeChecker(stations: 1)
      #expect(checker.turn() == nil)
      #expect(checker.fell(0, 9) == nil)
      checker.powerCut(0)
      if isExcused { checker.excuse(0, .machinePower) }
      #expect((checker.fell(0, 9) == nil) == isExcused)
    }
  }

  @Test("an end without a beginning, a second end, and two exchanges at a time are found")
  func order() {
    var checker = ExchangeChecker(stations: 1)
    #expect(checker.end(.cancelled)?.hasSuffix("ends and was never intended") == true)
    #expect(checker.turn() == nil)
    #expect(
      checker.durable(0, stream, 8, .exchange(.intended(exchange(8), code: code)))
        == "station 1: two exchanges at a time")
    #expect(checker.end(.failed(.didNotTurn)) == nil)
    #expect(checker.end(.failed(.didNotTurn)) == nil)
    #expect(checker.end(.cancelled)?.hasSuffix("ends twice, and not alike") == true)
  }

  @Test("a code that pays twice is found, unless somebody has accepted an earlier time in between")
  func replay() {
    for isAccepted in [false, true] {
      var checker = ExchangeChecker(stations: 1)
      #expect(checker.turn() == nil)
      #expect(checker.fell(0, 9) == nil)
      #expect(checker.end(.dispensed) == nil)
      if isAccepted { checker.clockAccepted(0) }
      let complaint = checker.turn(exchange(11), serial: 10)
      #expect(complaint == (isAccepted ? nil : "station 1: the code \(code) pays a second time"))
    }
  }

  @Test("an exchange of a lost store need not end, any other must")
  func lost() {
    var checker = ExchangeChecker(stations: 1)
    #expect(checker.turn() == nil)
    #expect(checker.unfinished() == "station 1: the exchange \(exchange().id) never ended")
    checker.storeLost(0, stream)
    #expect(checker.unfinished() == nil)
  }
}

@Suite struct SlotBookTests {
  private func complaint(
    _ book: SlotBook, goods: Int64, stock: Int64?, isFlagged: Bool = false
  ) -> String? {
    book.compare(goods: [slot: goods]) { _ in (stock, isFlagged) }
  }

  @Test("a book that differs from the goods is found from a count on, unless it is flagged")
  func compare() {
    var book = SlotBook()
    #expect(complaint(book, goods: 3, stock: nil) == nil)
    book.counted(slot, 5)
    book.sold(slot)
    #expect(complaint(book, goods: 4, stock: 4) == nil)
    #expect(complaint(book, goods: 4, stock: 5) == "the slot 4 holds 4, by the book 5")
    #expect(complaint(book, goods: 3, stock: 4) == "the slot 4 holds 3, by the book 4")
    #expect(complaint(book, goods: 3, stock: 4, isFlagged: true) == nil)
    book.touched(slot)
    #expect(complaint(book, goods: 9, stock: 4) == nil)
    book.counted(slot, 9)
    #expect(complaint(book, goods: 9, stock: 4) != nil)
    book.forget()
    #expect(complaint(book, goods: 9, stock: nil) == nil)
  }
}

@Suite struct LedgerCheckerTests {
  private let station = StationID("station-1")!
  private let hundred: [MemberID: Int64] = [ann: 100]

  private func movement(
    _ kind: Movement.Kind, _ from: Account, _ to: Account, _ amount: Int64,
    _ exchange: Exchange? = exchange()
  ) -> Movement {
    let cause =
      exchange.map { Movement.Cause.exchange($0.id) } ?? .order(OrderKey("k")!, reason: "r")
    return Movement(
      kind, from: from, to: to, amount: amount, actor: .station(station), cause: cause,
      at: WallTime(milliseconds: 0))
  }

  private var granted: [Movement] {
    [
      movement(.issue, .issuance, .grants, 1000, nil),
      movement(.grant, .grants, .member(ann), 100, nil),
    ]
  }

  private var hold: Movement { movement(.hold, .member(ann), .held(station), 30) }
  private var post: Movement { movement(.post, .held(station), .station(station), 30) }
  private var release: Movement { movement(.release, .held(station), .member(ann), 30) }

  private func complaint(
    _ movements: [Movement], _ exchanges: ExchangeChecker, left: Int64
  ) -> String? {
    var checker = LedgerChecker()
    checker.grants(100, to: ann)
    return checker.compare(granted + movements, exchanges) { $0 == ann ? left : nil }
  }

  /// An exchange whose article fell, or did not.
  private func exchanges(fallen: Bool, _ outcome: ExchangeOutcome?) -> ExchangeChecker {
    var checker = ExchangeChecker(stations: 1)
    _ = checker.turn()
    if fallen { _ = checker.fell(0, 9) }
    if let outcome { _ = checker.end(outcome) }
    return checker
  }

  @Test("who got something has paid for it, who got nothing has not")
  func right() {
    #expect(complaint([hold, post], exchanges(fallen: true, .dispensed), left: 70) == nil)
    let failed = exchanges(fallen: false, .failed(.dropNotSeen))
    #expect(complaint([hold, release], failed, left: 100) == nil)
    #expect(complaint([], failed, left: 100) == nil)
  }

  @Test("points for nothing, for what never was, for another, twice, or left aside are found")
  func wrong() {
    let sold = exchanges(fallen: true, .dispensed)
    let failed = exchanges(fallen: false, .failed(.dropNotSeen))
    #expect(complaint([hold, post], failed, left: 70)?.hasSuffix("and nothing fell") == true)
    #expect(complaint([hold], sold, left: 70)?.hasPrefix("30 points stay aside") == true)
    #expect(
      complaint([hold, post, hold, post], sold, left: 40)?.hasSuffix("is paid twice") == true)
    let other = movement(.charge, .member(ann), .station(station), 30, exchange(77))
    #expect(
      complaint([hold, post, other], sold, left: 40)?.hasSuffix("no station ever intended") == true)
    #expect(complaint([post], sold, left: 100) == "held station-1 is overdrawn by the movement 0")
    #expect(complaint([], sold, left: 100)?.hasSuffix("fell, and is not posted") == true)
    #expect(
      complaint([hold, post], sold, left: 71) == "ann has 71 points by the account, not 70")
    let gift = movement(.grant, .grants, .member(ann), 5, nil)
    #expect(
      complaint([gift, hold, post], sold, left: 75) == "ann has 75 points by movements, not 70")
  }

  @Test("an article that nobody paid is found, unless a power cut or a declared fault took it")
  func lostArticles() {
    let lost = exchanges(fallen: true, .unknown(.silent))
    #expect(
      complaint([hold, release], lost, left: 100)?.hasSuffix("and nothing excuses it") == true)
    var cut = ExchangeChecker(stations: 1)
    _ = cut.turn()
    _ = cut.fell(0, 9)
    cut.powerCut(0)
    _ = cut.end(.unknown(.interrupted))
    #expect(complaint([hold, release], cut, left: 100) == nil)
  }
}
