// Tests of who guesses at PINs slowly: the buckets, their pauses, the alarm, and whom they leave be.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct GuessBookTests {
  private static let number = TypedNumber(bits: 0x1234)
  private static let other = TypedNumber(bits: 0x5678)
  private static let start = Instant(nanoseconds: 7_000_000_000)
  private static let member = MemberID("m-7")!

  /// Types wrong PINs as often as is heard, one each `pause`, for so long.
  /// - Returns: how many were heard.
  private func attack(
    _ book: inout GuessBook, every pause: Duration, for time: Duration, from start: Instant,
    _ number: (Int) -> TypedNumber? = { _ in number }
  ) -> Int {
    var (heard, now) = (0, start)
    while now - start < time {
      let typed = number(heard)
      if !book.holds(typed, at: 1, now) {
        _ = book.wrong(typed, at: 1, now)
        heard += 1
      }
      now = now + pause
    }
    return heard
  }

  @Test("eight wrong PINs a minute for one number are an alarm, and soon one an hour")
  func slowly() {
    var book = GuessBook()
    // The pauses double from half a minute: a dozen in the first hours, then one in each.
    let day = attack(
      &book, every: .milliseconds(7500), for: .seconds(86_400), from: Self.start)
    #expect((20...40).contains(day))
    #expect(book.isAlarming(at: Self.start + .seconds(86_400)))
    let next = attack(
      &book, every: .milliseconds(7500), for: .seconds(86_400),
      from: Self.start + .seconds(86_400))
    #expect((20...25).contains(next))
  }

  @Test("whoever waits out each pause gets no more than what leaks: a try an hour")
  func patiently() {
    for pause in [60, 600, 1800, 3000] as [Int64] {
      var book = GuessBook()
      let week = attack(
        &book, every: .seconds(pause), for: .seconds(7 * 86_400), from: Self.start)
      #expect(week <= 7 * 24 + 10, "\(pause)")
    }
  }

  @Test("numbers that are tried in turn fill the reader's bucket: ten an hour at most")
  func inTurn() {
    var book = GuessBook()
    let day = attack(
      &book, every: .seconds(2), for: .seconds(86_400), from: Self.start
    ) { TypedNumber(bits: UInt64($0)) }
    #expect(day <= 24 * 10 + 20)
    #expect(book.isAlarming(at: Self.start + .seconds(86_399)))
  }

  @Test("pauses double from 30 s, to an hour for a number and a quarter at a reader")
  func doubling() {
    for (typed, longest) in [(Self.number, 3600), (nil, 900)] as [(TypedNumber?, Int64)] {
      var (book, now) = (GuessBook(), Self.start)
      var pauses: [Int64] = []
      while pauses.count < 9 {
        _ = book.wrong(typed, at: 1, now)
        var pause: Int64 = 0
        while book.holds(typed, at: 1, now + .seconds(pause)) { pause += 30 }
        if pause > 0 { pauses.append(pause) }
        now = now + .seconds(pause)
      }
      #expect(Array(pauses.prefix(5)) == [30, 60, 120, 240, 480], "\(longest)")
      #expect(pauses.last == longest)
    }
  }

  @Test("four wrong PINs and the right one leave nothing behind but at the reader")
  func mistyped() {
    var book = GuessBook()
    for _ in 0..<4 { _ = book.wrong(Self.number, at: 1, Self.start) }
    #expect(!book.holds(Self.number, at: 1, Self.start))
    #expect(book.right(Self.number) == [.bucket(.number(Self.number), nil)])
    for _ in 0..<4 { _ = book.wrong(Self.number, at: 1, Self.start) }
    #expect(!book.holds(Self.number, at: 1, Self.start))
    // Ten at the reader: somebody's own PIN pays for no guesses at those of others.
    _ = book.wrong(Self.other, at: 1, Self.start)
    _ = book.wrong(Self.other, at: 1, Self.start)
    #expect(book.holds(nil, at: 1, Self.start))
    #expect(!book.holds(nil, at: 2, Self.start))
  }

  @Test("a number that is held is held at every reader of the station, others are not")
  func everywhere() {
    var book = GuessBook()
    for index in 0..<5 { _ = book.wrong(Self.number, at: index % 2 == 0 ? 1 : 2, Self.start) }
    for reader in [1, 2, 3] as [AccessPointID] {
      #expect(book.holds(Self.number, at: reader, Self.start))
      #expect(!book.holds(Self.other, at: reader, Self.start))
      #expect(!book.holds(nil, at: reader, Self.start))
    }
  }

  @Test("a restart is no way around a pause, the bucket or the alarm")
  func durable() {
    var book = GuessBook()
    for _ in 0..<19 { _ = book.wrong(Self.number, at: 1, Self.start) }
    let later = Self.start + .seconds(60)
    let changes = book.changes(at: later)
    // The monotonic clock begins anew.
    let boot = Instant(nanoseconds: 1)
    var again = GuessBook()
    again.recover(changes, at: boot)
    #expect(again.holds(Self.number, at: 1, boot))
    #expect(again.changes(at: boot) == changes)
    _ = again.wrong(Self.number, at: 1, boot)
    #expect(again.isAlarming(at: boot))
    #expect(again.alarmEnd == boot + .seconds(86_400 - 60))
  }

  @Test("each wrong try is remembered as it is, so that the last word about a key is enough")
  func changes() {
    var (book, now) = (GuessBook(), Self.start)
    var again = GuessBook()
    for index in 0..<30 {
      again.recover(book.wrong(index % 3 == 0 ? nil : Self.number, at: 1, now), at: now)
      #expect(again.changes(at: now) == book.changes(at: now))
      now = now + .seconds(Int64(index) * 40)
    }
  }

  @Test("a flood of numbers is bounded, and does not wash away one that is nearly full")
  func bounded() {
    var book = GuessBook()
    for _ in 0..<5 { _ = book.wrong(Self.number, at: 1, Self.start) }
    for index in 0..<5000 {
      _ = book.wrong(TypedNumber(bits: UInt64(1_000_000 + index)), at: 1, Self.start)
    }
    #expect(book.changes(at: Self.start).count == GuessBook.mostNumbers + 2)
    #expect(book.holds(Self.number, at: 2, Self.start))
  }

  @Test("what a spoilt store says is bounded by what can have been")
  func spoilt() {
    var book = GuessBook()
    let year: Duration = .seconds(366 * 86_400)
    book.recover(
      [
        .bucket(
          .number(Self.number), GuessMemory(debt: year, pauses: .max, held: year)),
        .bucket(
          .reader(1), GuessMemory(debt: .zero - year, pauses: -9, held: .zero - year)),
      ], at: Self.start)
    #expect(book.holds(Self.number, at: 1, Self.start + .seconds(3599)))
    #expect(!book.holds(Self.number, at: 1, Self.start + .seconds(3600)))
    #expect(!book.holds(nil, at: 1, Self.start))
  }

  // MARK: - At the station

  /// A station that knows one member, with nothing unclaimed.
  private func story() -> Scenario {
    let story = Scenario()
    story.tell(.entry(.directoryChanged(MemberDirectory(profiles: [Self.member: MemberProfile()]))))
    return story
  }

  /// A wrong PIN, with all that is not of interest here claimed.
  private func mistype(_ story: Scenario, _ expected: Denial) {
    story.tell(.entry(.presented(1, .pin(.wrong, number: Self.number))))
    story.expect(.door(.show(1, .refused(expected, fault: nil))))
    story.expectJournal(
      .entry(.refused(1, reason: expected, fault: nil, member: nil, .pin)))
  }

  @Test("a member whose number somebody tries at comes in by his code, and later by his PIN")
  func member() {
    let story = story()
    for _ in 0..<5 {
      mistype(story, .wrongPIN)
      story.advance(by: .seconds(31))
    }
    // The fifth came 31 s ago, and its pause was 30 s.
    mistype(story, .wrongPIN)
    story.advance(by: .seconds(59))
    story.tell(.entry(.presented(1, .pin(.right(Self.member), number: Self.number))))
    story.expect(.door(.show(1, .refused(.paused, fault: nil))))
    story.expectJournal(.entry(.refused(1, reason: .paused, fault: nil, member: nil, .pin)))
    let code = story.code("m-7")
    story.tell(.entry(.presented(1, .code(code))))
    story.expectGrant(of: code, "m-7")
  }

  @Test("whoever wants to leave never waits, and neither does a code")
  func leaving() {
    let story = story()
    for _ in 0..<7 {
      story.tell(.entry(.leaveRequested(1, .pin(.wrong, number: Self.number))))
      story.expect(.door(.show(1, .refused(.wrongPIN, fault: nil))))
      story.expectJournal(
        .entry(.refused(1, reason: .wrongPIN, fault: nil, member: nil, .pin)))
      story.advance(by: .seconds(31))
    }
    // Those count: at the door's other side the number has to wait.
    mistype(story, .paused)
    story.tell(.entry(.leaveRequested(1, .pin(.right(Self.member), number: Self.number))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(.door(.exitRequested(1)))
  }

  @Test("twenty wrong PINs in a day are an alarm, which ends a day after the first of them")
  func alarm() {
    let story = story()
    var remembered = 0
    for index in 1...20 {
      let number = TypedNumber(bits: UInt64(index))
      story.tell(.entry(.presented(1, .pin(.wrong, number: number))))
      story.expect(.door(.show(1, .refused(.wrongPIN, fault: nil))))
      story.expectJournal(
        .entry(.refused(1, reason: .wrongPIN, fault: nil, member: nil, .pin)))
      if index == 20 { story.expectJournal(.alarm(.raised(.guessing, nil)), .urgent) }
      story.claimRemembered(&remembered)
      story.advance(by: .seconds(1800))
    }
    story.advance(by: .seconds(86_400 - 20 * 1800 - 1))
    story.claimRemembered(&remembered)
    story.expectNothing()
    story.advance(by: .seconds(1))
    story.claimRemembered(&remembered)
    story.expectJournal(.alarm(.cleared(.guessing, nil)), .urgent)
    story.claimRemembered(&remembered)
  }
}
