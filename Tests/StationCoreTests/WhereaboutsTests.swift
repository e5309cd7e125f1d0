// Tests who is known to be inside, who is on the way, and what is forgotten of both.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct WhereaboutsTests {
  private static let start = Instant(nanoseconds: 1_000_000_000_000)
  private static let noon = WallTime(seconds: 1_700_049_600)

  private func member(_ number: Int) -> MemberID { MemberID("m-\(number)")! }

  @Test("a member is inside from the entry to the departure")
  func stay() {
    var it = Whereabouts()
    let stay = Stay(member: member(1), since: Self.noon)
    #expect(it.enter(member(1), since: Self.noon, at: Self.start) == [.entered(stay)])
    #expect(it.entered(member(1)) == Self.start)
    #expect(it.entered(member(2)) == nil)
    #expect(it.all == [stay])
    #expect(it.leave(member(2)) == nil)
    #expect(it.leave(member(1)) == .left(member(1)))
    #expect(it.leave(member(1)) == nil)
    #expect(it.clear() == nil)
  }

  @Test("an empty room clears everyone at once")
  func cleared() {
    var it = Whereabouts()
    for number in 0..<5 { _ = it.enter(member(number), since: Self.noon, at: Self.start) }
    #expect(it.clear() == .cleared)
    #expect(it.count == 0)
  }

  @Test("of too many the one that went in first is forgotten")
  func bounded() {
    var it = Whereabouts()
    for number in 0..<Whereabouts.most {
      _ = it.enter(member(number), since: Self.noon, at: Self.start)
    }
    // Who goes in again is the newest.
    _ = it.enter(member(0), since: Self.noon, at: Self.start)
    let changes = it.enter(member(-1), since: Self.noon, at: Self.start)
    #expect(changes.first == .left(member(1)))
    #expect(changes.count == 2)
    #expect(it.count == Whereabouts.most)
    #expect(it.entered(member(0)) != nil)
  }

  @Test("after a restart a stay is as old as the known time says, or begins anew without one")
  func recovered() {
    let stays = [Stay(member: member(1), since: Self.noon)]
    var it = Whereabouts()
    it.recover(stays, known: Self.noon + .seconds(60), at: Self.start)
    #expect(it.entered(member(1)) == Self.start + .seconds(-60))
    it = Whereabouts()
    it.recover(stays, known: nil, at: Self.start)
    #expect(it.entered(member(1)) == Self.start)
    // A time before the entry is no age.
    it = Whereabouts()
    it.recover(stays, known: Self.noon + .seconds(-60), at: Self.start)
    #expect(it.entered(member(1)) == Self.start)
    #expect(it.all == stays)
  }

  @Test("recovered stays keep their order, so that the oldest is forgotten first")
  func recoveredOrder() {
    let stays = (0..<Whereabouts.most + 3).map {
      Stay(member: member($0), since: Self.noon + .seconds(-$0))
    }
    var it = Whereabouts()
    it.recover(stays, known: Self.noon, at: Self.start)
    #expect(it.count == Whereabouts.most)
    #expect(it.entered(member(Whereabouts.most)) == nil)
    #expect(it.all.last?.member == member(0))
  }

  @Test("the passage takes those who were let in, in the order of their grants")
  func arrivals() {
    var it = Arrivals()
    it.expect(member(1), until: Self.start + .seconds(5))
    it.expect(member(2), until: Self.start + .seconds(6))
    #expect(it.count == 2)
    #expect(it.enter() == member(1))
    #expect(it.enter() == member(2))
    #expect(it.enter() == nil)
    it.expectLeaving(member(3), until: Self.start + .seconds(5))
    #expect(it.count == 0)
    #expect(it.leave() == member(3))
    #expect(it.leave() == nil)
  }

  @Test("who shows a code twice is waited for once, from the second time on")
  func twice() {
    var it = Arrivals()
    it.expect(member(1), until: Self.start)
    it.expect(member(2), until: Self.start)
    it.expect(member(1), until: Self.start)
    #expect(it.count == 2)
    #expect(it.enter() == member(2))
  }

  @Test("who does not pass in time is waited for no longer, unless the door stands open")
  func late() {
    var it = Arrivals()
    it.expect(member(1), until: Self.start + .seconds(5))
    it.expectLeaving(member(2), until: Self.start + .seconds(9))
    #expect(it.deadline == Self.start + .seconds(5))
    it.wake(isOpen: false, isShut: false, at: Self.start + .milliseconds(4999))
    #expect(it.count == 1)
    it.wake(isOpen: true, isShut: false, at: Self.start + .seconds(60))
    #expect(it.count == 1)
    it.wake(isOpen: false, isShut: false, at: Self.start + .seconds(5))
    #expect(it.count == 0)
    #expect(it.deadline == Self.start + .seconds(9))
    it.wake(isOpen: false, isShut: false, at: Self.start + .seconds(9))
    #expect(it.deadline == nil)
  }

  @Test("who turns round on the step takes nobody's place once the door is shut and locked again")
  func turnedRound() {
    var it = Arrivals()
    it.expect(member(1), until: Self.start + .seconds(5))
    it.wake(isOpen: true, isShut: false, at: Self.start + .seconds(1))
    let shut = Self.start + .seconds(2)
    it.wake(isOpen: false, isShut: true, at: shut)
    #expect(it.count == 1)
    #expect(it.deadline == shut + Arrivals.step)
    it.wake(isOpen: false, isShut: true, at: shut + .milliseconds(999))
    #expect(it.count == 1)
    it.wake(isOpen: false, isShut: true, at: shut + Arrivals.step)
    #expect(it.count == 0)
    #expect(it.deadline == nil)
    // Somebody else is let in: the door is not shut any more, and the time begins anew.
    it.expect(member(2), until: Self.start + .seconds(9))
    it.wake(isOpen: false, isShut: false, at: shut + .seconds(2))
    it.wake(isOpen: false, isShut: true, at: shut + .seconds(3))
    #expect(it.count == 1)
  }

  @Test("more than can be let in at once are not waited for")
  func most() {
    var it = Arrivals()
    for number in 0..<100 { it.expect(member(number), until: Self.start) }
    #expect(it.count == 64)
    #expect(it.enter() == member(36))
  }
}
