// Tests each ground of refusal by itself, their order, and who is above which of them.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct EntryRuleTests {
  private static let member = MemberID("m-1")!
  private static let code = CodeDigest(high: 1, low: 1)
  private static let now = Instant(nanoseconds: 1_000_000_000_000)

  private static var request: EntryRequest {
    EntryRequest(member: member, credential: .code(code), code: code)
  }

  private static func context(_ policy: EntryPolicy = EntryPolicy()) -> EntryContext {
    EntryContext(
      policy: policy, time: WallTime(seconds: 1_700_049_600),
      local: LocalTime(WallTime(seconds: 1_700_049_600), utcOffsetSeconds: 0), now: now)
  }

  /// A context in which one rule, and no other, speaks against the member.
  private static func spoilt(by denial: Denial) -> EntryContext {
    var it = context()
    spoil(&it, denial)
    return it
  }

  private static func spoil(_ it: inout EntryContext, _ denial: Denial) {
    switch denial {
    case .revoked: it.directory.revoked = RevocationList([member])
    case .replayed:
      it.marks.recover([ReplayMark(code: code, until: WallTime(seconds: 1_700_049_700))])
    case .suspended:
      it.directory = MemberDirectory(
        revoked: it.directory.revoked, profiles: [member: MemberProfile(status: .suspended)])
    case .closed: it.policy.hours = .never
    case .notReserved: it.policy.reservation = .required(graceMinutes: 0)
    case .passedBack:
      it.policy.antiPassback = .hard
      _ = it.whereabouts.enter(member, since: WallTime(seconds: 0), at: now)
    case .interlocked: it.isPartnerOpen = true
    case .full:
      it.policy.capacity.most = 3
      it.inside = 3
    case .lockedDown: it.mode = .lockDown
    case .maintenance: it.mode = .maintenance
    case .readerHeld: it.isReaderHeld = true
    default: Issue.record("no ground of its own: \(denial)")
    }
  }

  private static let order: [Denial] = [
    .revoked, .replayed, .suspended, .closed, .notReserved, .passedBack, .interlocked, .full,
    .lockedDown, .maintenance, .readerHeld,
  ]

  private func denial(_ request: EntryRequest, _ context: EntryContext) -> Denial? {
    switch EntryRule.judge(request, context) {
    case .success: nil
    case .failure(let refusal): refusal.denial
    }
  }

  private func note(_ request: EntryRequest, _ context: EntryContext) -> GrantNote? {
    if case .success(let note) = EntryRule.judge(request, context) { note } else { nil }
  }

  @Test("the list of grounds is the closed list of denials, in its order")
  func list() {
    #expect(EntryRule.all.map(\.denial) == Self.order)
    #expect(Denial.allCases.suffix(Self.order.count) == Self.order[...])
  }

  @Test("each ground speaks by itself, and no other with it", arguments: order)
  func alone(_ denial: Denial) {
    let context = Self.spoilt(by: denial)
    for ground in EntryRule.all {
      let finding = ground.examine(Self.request, context)
      #expect(finding == (ground.denial == denial ? .refused : .passes), "\(ground.denial)")
      #expect(ground.examine(Self.request, Self.context()) == .passes)
    }
    #expect(self.denial(Self.request, context) == denial)
    #expect(self.denial(Self.request, Self.context()) == nil)
  }

  @Test("of any two grounds the first of the list is given")
  func pairs() {
    for (index, first) in Self.order.enumerated() {
      for second in Self.order[(index + 1)...]
      where [first, second] != [.lockedDown, .maintenance] {
        var context = Self.spoilt(by: second)
        Self.spoil(&context, first)
        #expect(denial(Self.request, context) == first, "\(first) before \(second)")
      }
    }
  }

  @Test(
    "a maintainer is above the grounds of time and place, not of whose credential it is",
    arguments: [
      (Denial.revoked, false), (.replayed, false), (.suspended, false), (.closed, true),
      (.notReserved, true), (.passedBack, true), (.interlocked, false), (.full, true),
      (.lockedDown, true), (.maintenance, true),
    ])
  func maintainers(_ ground: Denial, _ isAbove: Bool) {
    var request = Self.request
    request.isMaintainer = true
    let context = Self.spoilt(by: ground)
    #expect(denial(request, context) == (isAbove ? nil : ground))
    #expect(note(request, context) == (isAbove ? .override : nil))
    #expect(note(request, Self.context()) == nil)
  }

  @Test("a card and a PIN are not used up")
  func notReplayed() {
    var request = Self.request
    request.credential = .pin
    request.code = nil
    #expect(denial(request, Self.spoilt(by: .replayed)) == nil)
  }

  @Test("a reservation opens within its window and its grace, for its member alone")
  func reservation() throws {
    let window = try Schedule(text: "2023-11-15 12:30-13:00")
    let profiles = [Self.member: MemberProfile(reservation: window)]
    var it = Self.context(EntryPolicy(reservation: .required(graceMinutes: 10)))
    it.directory = MemberDirectory(profiles: profiles)
    let noon = LocalTime(day: it.local.day, minute: 720)
    for (minute, isIn) in [(739, false), (740, true), (750, true), (789, true), (790, false)] {
      it.local = LocalTime(day: noon.day, minute: minute)
      #expect(denial(Self.request, it) == (isIn ? nil : .notReserved), "\(minute)")
    }
    it.local.minute = 750
    var other = Self.request
    other.member = MemberID("m-2")!
    #expect(denial(other, it) == .notReserved)
    it.policy.reservation = .off
    #expect(denial(other, it) == nil)
  }

  @Test("soft anti-passback and soft capacity let in and make a note; of several the first")
  func soft() {
    var it = Self.spoilt(by: .passedBack)
    it.policy.antiPassback = .soft
    #expect(note(Self.request, it) == .passedBack)
    it.policy.capacity = CapacityPolicy(most: 1, rule: .soft)
    it.inside = 1
    #expect(note(Self.request, it) == .passedBack)
    it.policy.antiPassback = .off
    #expect(note(Self.request, it) == .overCapacity)
    it.policy.hours = .never
    var request = Self.request
    request.isMaintainer = true
    #expect(note(request, it) == .override)
    request.isDuress = true
    #expect(note(request, it) == .duress)
  }

  @Test("timed anti-passback refuses for its time after the last entry, and no longer")
  func timed() {
    var it = Self.spoilt(by: .passedBack)
    it.policy.antiPassback = .timed(.seconds(300))
    #expect(denial(Self.request, it) == .passedBack)
    it.now = Self.now + .seconds(300) + .nanoseconds(-1)
    #expect(denial(Self.request, it) == .passedBack)
    it.now = Self.now + .seconds(300)
    #expect(denial(Self.request, it) == nil)
    it.policy.antiPassback = .off
    it.now = Self.now
    #expect(denial(Self.request, it) == nil)
  }

  @Test("an interlock knows its partner, whichever way round it was written")
  func interlock() {
    #expect(Interlock(1, 1) == nil)
    #expect(Interlock(2, 1) == Interlock(1, 2))
    #expect(Interlock(1, 2)?.partner(of: 1) == 2)
    #expect(Interlock(1, 2)?.partner(of: 2) == 1)
    #expect(Interlock(1, 2)?.partner(of: 3) == nil)
  }
}
