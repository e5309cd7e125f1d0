// The entry machine under random attempts, against a book that is kept by plain rules.
import StationCore
import StationProtocol
import Time

/// One access point's entry machine with all that it is handed: lists, marks, people, hours.
/// After every attempt it must say what `EntryBook` says, which holds numbers and sets, reads the
/// rules one after the other, and shares no line with the machine.
struct EntryProbe: SequenceProbe {
  static var name: String { "entry" }

  private var entry = Entry()
  private var tries = false
  private var marks = ReplayMarks()
  private var whereabouts = Whereabouts()
  private var arrivals = Arrivals()
  private var directory = MemberDirectory()
  private let policy: EntryPolicy
  private var book: EntryBook
  /// Codes that were shown before, newest last: what, whose, from when and to when.
  private var shown: [EntryBook.Code] = []
  private var codes: UInt64 = 0

  private static let members = (0..<6).map { number in
    guard let member = MemberID("m-\(number)") else { preconditionFailure("no member") }
    return member
  }
  private static let cards = (0..<7).map { number in
    guard let card = Card(.bits34, number: UInt64(number)) else { preconditionFailure("no card") }
    return card
  }

  init(_ dice: inout SeededGenerator) {
    book = EntryBook(&dice)
    let reservation = Schedule.daily(from: book.reserved.from, to: book.reserved.to)
    policy = EntryPolicy(
      hours: book.hours.map { .daily(from: $0.from, to: $0.to) } ?? .always,
      capacity: CapacityPolicy(most: book.most.map(Int64.init), rule: book.isSoft ? .soft : .hard),
      reservation: book.needsReservation ? .required(graceMinutes: book.grace) : .off,
      antiPassback: [
        .off, .soft, .hard, .timed(.milliseconds(book.passbackTime)),
      ][book.passback])
    reservations = reservation
    list()
  }

  private let reservations: Schedule

  private mutating func list() {
    var profiles: [MemberID: MemberProfile] = [:]
    for (number, member) in Self.members.enumerated() {
      profiles[member] = MemberProfile(
        status: book.suspended.contains(number) ? .suspended : .active,
        isMaintainer: number == EntryBook.maintainer, card: Self.cards[number],
        reservation: number % 2 == 0 ? reservations : nil)
    }
    directory = MemberDirectory(
      revoked: RevocationList(book.revoked.sorted().map { Self.members[$0] }), profiles: profiles)
  }

  private var now: Instant { Instant(nanoseconds: Int64(book.now) * 1_000_000) }
  private func wall(_ time: Int) -> WallTime { WallTime(milliseconds: Int64(time)) }

  mutating func step(_ dice: inout SeededGenerator) -> String? {
    switch dice.below(20) {
    case 0..<3: book.advance(by: [1, 900, 2999, 3000, 5000, 30_000, 3_600_000][dice.below(7)])
    case 3..<10: return attempt(drawCode(&dice), &dice)
    case 10, 11: return attempt(.card(dice.below(7)), &dice)
    case 12, 13: return attempt(.pin([nil, dice.below(6)][dice.below(2)]), &dice)
    case 14, 15: return pass(inward: true)
    case 16: return pass(inward: false)
    case 17:
      book.change(&dice)
      list()
    case 18: book.mode = [.codeOnly, .freeAccess, .lockDown, .maintenance][dice.below(4)]
    default: book.stir(&dice)
    }
    return timePassed()
  }

  private mutating func drawCode(_ dice: inout SeededGenerator) -> EntryBook.Attempt {
    if !shown.isEmpty, dice.once(in: 3) { return .code(dice.pick(shown)) }
    codes += 1
    var code = EntryBook.Code(
      number: codes, member: dice.below(6),
      from: book.now + [0, 0, 0, 4000, 60_000][dice.below(5)],
      life: [60_000, 60_000, 60_000, 130_000][dice.below(4)], kind: .genuine)
    if dice.once(in: 4) { code.kind = [.noise, .forged][dice.below(2)] }
    if dice.once(in: 8) { code.isDuress = true }
    shown.append(code)
    return .code(code)
  }

  // MARK: - An attempt, by the machine and by the book

  private mutating func attempt(_ attempt: EntryBook.Attempt, _ dice: inout SeededGenerator)
    -> String?
  {
    if let complaint = timePassed() { return complaint }
    let expected = book.judge(attempt)
    let decision = entry.decide(machineAttempt(attempt), context)
    switch (decision, expected) {
    case (.ignored, .ignored), (.confirmed, .confirmed): return nil
    case (.granted(let request, let mark, let note), .granted(let member, let expectedNote)):
      guard request.member == Self.members[member], note == expectedNote else {
        let name = request.member?.text ?? "nobody"
        return "granted to \(name) with \(String(describing: note)), not as \(expected)"
      }
      if let mark { marks.add(mark, at: wall(book.now)) }
      arrivals.expect(request.member, until: now + .milliseconds(EntryBook.access))
      book.letIn(attempt, member)
      return notice(entry.tries.good(), "a good try")
    case (.refused(let refusal), .refused(let denial)):
      guard refusal.denial == denial else { return "refused as \(refusal.denial), not \(denial)" }
      guard refusal.denial.isWrongTry == EntryBook.wrong.contains(denial) else {
        return "\(denial) is a wrong try, or is not"
      }
      guard refusal.denial.isWrongTry else { return nil }
      let isNoise = refusal.fault == .noise
      book.missed(isNoise: isNoise)
      return notice(entry.tries.wrong(isNoise: isNoise, at: now), "a wrong try")
    default: return "\(attempt) is \(decision), not \(expected)"
    }
  }

  private var context: EntryContext {
    EntryContext(
      policy: policy, time: book.isTimeKnown ? wall(book.now) : nil,
      local: LocalTime(wall(book.now), utcOffsetSeconds: 0), directory: directory, marks: marks,
      whereabouts: whereabouts, inside: Int64(book.inside) + arrivals.count,
      openFor: book.openFor.map { CodeDigest(high: 1, low: $0) },
      isPartnerOpen: book.isPartnerOpen, mode: book.mode, now: now)
  }

  private func machineAttempt(_ attempt: EntryBook.Attempt) -> EntryAttempt {
    switch attempt {
    case .code(let code):
      let digest = CodeDigest(high: 1, low: code.number)
      let verdict: Presentation.Verdict =
        switch code.kind {
        case .noise: .refused(.malformed(.noise))
        case .forged: .refused(.badSignature)
        case .genuine:
          .genuine(
            MemberClaims(
              subject: Self.members[code.member].text, expires: wall(code.from + code.life),
              issued: wall(code.from), traits: code.isDuress ? .duress : []), code: digest)
        }
      return .code(Presentation(digest: digest, verdict: verdict))
    case .card(let number):
      return .card(
        CardPresentation(Self.cards[number], digest: CodeDigest(high: 2, low: UInt64(number))))
    case .pin(nil): return .pin(.wrong)
    case .pin(let member?): return .pin(.right(Self.members[member]))
    }
  }

  // MARK: - People and time

  private mutating func pass(inward: Bool) -> String? {
    if let complaint = timePassed() { return complaint }
    book.inside = max(0, book.inside + (inward ? 1 : -1))
    guard inward else { return nil }
    let member = arrivals.enter()
    guard member == book.enter().map({ Self.members[$0] }) else { return "someone else came in" }
    if let member { _ = whereabouts.enter(member, since: wall(book.now), at: now) }
    return nil
  }

  private mutating func timePassed() -> String? {
    arrivals.wake(isOpen: book.isOpen, isShut: false, at: now)
    book.forgetLate()
    guard arrivals.count == Int64(book.waiting.count) else {
      return "\(arrivals.count) are waited for, not \(book.waiting.count)"
    }
    return notice(entry.tries.wake(at: now), "time")
  }

  /// The alarm of wrong tries: never without five, never for longer than half a minute after the
  /// last, and always where five people's tries came in a row.
  private mutating func notice(_ action: WrongTries.Action?, _ cause: String) -> String? {
    switch action {
    case .raise?:
      if tries { return "the alarm is raised twice" }
      if book.chain < 5 { return "the alarm is raised after \(book.chain) tries" }
      tries = true
    case .clear?:
      if !tries { return "no alarm stands that \(cause) could clear" }
      tries = false
    case nil: break
    }
    if tries, book.now - book.lastMiss >= 30_000 { return "the alarm outlives its half minute" }
    if !tries, book.row >= 5, book.now - book.lastGuess < 30_000 { return "no alarm after five" }
    return nil
  }
}
