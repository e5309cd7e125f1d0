// What time it is for the purposes of a signed code, on a board whose clock may be wrong.
import StationProtocol
import Time

/// Follows the wall clock: whether it can be believed, when it steps, and the earliest time that
/// it can possibly be, which genuine codes may tell where no clock does. A board without a battery
/// wakes up in 1970 (domain.md).
///
/// Time that was trusted leaves a mark: the latest of all such times, which runs on with the
/// monotonic clock, is durable, and never goes back by itself. Whoever sets the clock back, or
/// speaks for its time server, reopens no code by that: it is judged by the mark, until somebody
/// turns the maintenance key at the station.
package struct ClockTrust: Equatable, Sendable {
  /// The treatment of codes while nobody vouches for the wall clock.
  package enum Policy: String, CaseIterable, Sendable {
    /// Refuse them: the worker is told that the station does not know the time. A clock that was
    /// vouched for since the start is believed for `holdOver` longer.
    case require
    /// Judge them by the later of the wall clock and the last time that was known.
    case accept
  }

  /// A larger change of wall time against monotonic time is a step, and recorded.
  static let stepThreshold: Duration = .seconds(2)
  /// A trusted time that is earlier than the mark by more than this was set back; less is what a
  /// clock is corrected by, and what codes are given as leeway.
  static let tolerance: Duration = .seconds(5)
  /// How often the last trusted time is written down at least, while it is trusted.
  static let rememberInterval: Duration = .seconds(600)

  /// How long after the last time that someone vouched for the clock codes are still judged. The
  /// kernel withdraws its word nine hours after a time server's last one, and a room may be cut
  /// off for days. A clock that loses 5 s a day (GB 50396) is wrong by less than a code lives then.
  static let holdOver: Duration = .seconds(7 * 86_400)

  /// By how much codes can move the earliest possible time ahead of what a clock has vouched for.
  /// A station that lay in a store room for a year still learns what day it is; an issuer whose
  /// own clock is wrong by more does not make every other code look expired.
  static let farthestLearnt: Duration = .seconds(400 * 86_400)

  /// So many members in a row whose codes are over by a time that codes have told are no chance.
  static let doubters = 3

  /// No code is older: 2020-01-01. One that says so was signed by a clock that did not know.
  static let earliestCode = WallTime(seconds: 1_577_836_800)

  private let policy: Policy
  /// The earliest time that it can be, and when that was found: no earlier than the mark, and where
  /// no clock is vouched for, than codes say.
  private var anchor: Anchor?
  /// The latest time that a clock was vouched for at, and when that was found.
  private var mark: Anchor?
  /// A trusted time was earlier than the mark, and no later one has been trusted since.
  package private(set) var isSetBack = false
  /// When the clock was last trusted, in this run: time that was recovered vouches for nothing.
  private var vouched: Instant?
  private var previous: Anchor?
  private var remembered: Instant?
  /// How far codes have moved the anchor since a clock vouched for it.
  private var learnt: Duration = .zero
  /// The latest time that a code has told since then, which nobody else has confirmed.
  private var latest: Word?
  /// The members whose codes, one after the other, were over by a time that only codes have told.
  private var late: [MemberID] = []

  private struct Anchor: Equatable, Sendable {
    var wall: WallTime
    var instant: Instant

    /// In whole numbers: it is asked for several times for each code that is shown.
    func wall(at now: Now) -> WallTime {
      let passed = now.instant.nanoseconds - instant.nanoseconds
      return WallTime(milliseconds: wall.milliseconds + passed / 1_000_000)
    }
  }

  /// A time, and the member whose code told it.
  private struct Word: Equatable, Sendable {
    var member: MemberID
    var time: Anchor
  }

  package init(policy: Policy) { self.policy = policy }

  /// What the store remembers; time has not gone back since.
  package mutating func recover(lastTrusted: WallTime?, mark recovered: WallTime?, at now: Now) {
    anchor = lastTrusted.map { Anchor(wall: $0, instant: now.instant) }
    mark = recovered.map { Anchor(wall: $0, instant: now.instant) }
  }

  /// Takes note of the clocks, at every event.
  /// - Returns: by how much the wall clock stepped, if it did.
  package mutating func observe(_ now: Now) -> Duration? {
    defer { previous = Anchor(wall: now.wall, instant: now.instant) }
    if now.isTrusted { vouch(now) }
    guard let previous else { return nil }
    let step = (now.wall - previous.wall) - (now.instant - previous.instant)
    return step > Self.stepThreshold || step < .zero - Self.stepThreshold ? step : nil
  }

  private mutating func vouch(_ now: Now) {
    let latest = mark.map { max($0.wall(at: now), now.wall) } ?? now.wall
    isSetBack = latest - now.wall > Self.tolerance
    // Nobody has vouched for the time that goes on.
    guard !isSetBack else { return }
    follow(latest, now)
  }

  private mutating func follow(_ time: WallTime, _ now: Now) {
    mark = Anchor(wall: time, instant: now.instant)
    anchor = mark
    vouched = now.instant
    forgetCodes()
  }

  private mutating func forgetCodes() {
    learnt = .zero
    latest = nil
    late = []
  }

  /// Somebody with the maintenance key says that the clock is right as it is, and what codes have
  /// told in its place is not.
  /// - Returns: whether there was anything to say.
  package mutating func accept(_ now: Now) -> Bool {
    if isDoubted {
      forgetCodes()
      anchor = mark ?? Anchor(wall: WallTime(milliseconds: 0), instant: now.instant)
      return true
    }
    guard isSetBack, now.isTrusted else { return false }
    isSetBack = false
    follow(now.wall, now)
    return true
  }

  /// The issuer signed a code no earlier than the code says: it is at least that late now. Two
  /// members have to say so: by one code alone, which the clock of an issuer may have dated
  /// wrongly, nobody but its holder is judged. Believed only while nobody else knows the time, of
  /// signatures that are good, and up to `farthestLearnt`. Old codes can move the time to their own
  /// minute at most, at which they may be taken for fresh: that is what the policy `accept`
  /// accepts.
  package mutating func learn(_ witness: TimeWitness, at now: Now) {
    guard witness.isForAll, goesByCodes(now), isPossible(witness, now) else { return }
    noteLate(witness, now)
    let told = Anchor(wall: witness.issued, instant: now.instant)
    if let latest, latest.member != witness.member {
      move(to: min(latest.time.wall(at: now), witness.issued), now)
    }
    if latest.map({ $0.time.wall(at: now) <= told.wall }) ?? true {
      latest = Word(member: witness.member, time: told)
    }
  }

  /// Whether codes may tell the time: nobody vouches for it, nor has lately.
  package func goesByCodes(_ now: Now) -> Bool { !now.isTrusted && !isHeldOver(now) }

  private mutating func move(to time: WallTime, _ now: Now) {
    if let earliest = known(at: now) {
      guard time > earliest else { return }
      learnt += time - earliest
    }
    anchor = Anchor(wall: time, instant: now.instant)
  }

  /// The codes of several members in a row that are over by the word of other codes: one of the
  /// two is wrong, and nobody here can say which.
  private mutating func noteLate(_ witness: TimeWitness, _ now: Now) {
    let told = anchor?.wall(at: now)
    guard let told, told >= witness.ends, mark.map({ $0.wall(at: now) < told }) ?? true else {
      late = []
      return
    }
    if late.count < Self.doubters, !late.contains(witness.member) { late.append(witness.member) }
  }

  /// Codes disagree about the time, and so many are refused that somebody has to look.
  package var isDoubted: Bool { late.count >= Self.doubters }

  /// No code is as old as that, and none moves the time by as much.
  private func isPossible(_ witness: TimeWitness, _ now: Now) -> Bool {
    guard witness.issued >= Self.earliestCode else { return false }
    guard let earliest = known(at: now) else { return true }
    return learnt + (witness.issued - earliest) <= Self.farthestLearnt
  }

  /// `lastTrusted`, but for what a clock says that was never set.
  private func known(at now: Now) -> WallTime? {
    lastTrusted(at: now).flatMap { $0 < Self.earliestCode ? nil : $0 }
  }

  /// The time by which a code is judged; nil where policy forbids to judge at all. Without a clock
  /// no code is judged by an earlier time than the one at which it was issued.
  /// - Parameter witness: what the code says of the time, where it may say anything.
  package func judgementTime(_ now: Now, of witness: TimeWitness? = nil) -> WallTime? {
    // Never earlier than a time at which a code may have been forgotten.
    if now.isTrusted { return mark.map { max($0.wall(at: now), now.wall) } ?? now.wall }
    // By the monotonic clock, which nobody can set.
    if isHeldOver(now) { return lastTrusted(at: now) }
    guard policy == .accept else { return nil }
    let earliest = lastTrusted(at: now).map { max(now.wall, $0) } ?? now.wall
    guard let witness, isPossible(witness, now) else { return earliest }
    return max(earliest, witness.issued)
  }

  /// Whether the clock was vouched for so recently that the monotonic one carries it on.
  private func isHeldOver(_ now: Now) -> Bool {
    vouched.map { now.instant - $0 <= Self.holdOver } ?? false
  }

  /// The earliest time that it can be: the last one that was known, and what has passed since;
  /// nil where none ever was.
  package func lastTrusted(at now: Now) -> WallTime? { anchor?.wall(at: now) }

  /// Codes that ended before can be forgotten: no code is ever judged by an earlier time, unless
  /// somebody with the key says so. The wall has no part in this while nobody vouches for it.
  package func forgetting(at now: Now) -> WallTime {
    (mark ?? anchor)?.wall(at: now) ?? WallTime(milliseconds: 0)
  }

  /// What boot needs of it.
  package func changes(at now: Now) -> [RecoveryChange] {
    guard let anchor else { return [] }
    // Mostly the mark is the last trusted time itself.
    return [.lastTrusted(anchor.wall(at: now))]
      + (mark == anchor ? [] : [.clockMark(mark?.wall(at: now))])
  }

  /// The trusted time is to be written down now.
  package mutating func isTimeToRemember(_ now: Now) -> Bool {
    guard now.isTrusted else { return false }
    if let remembered, now.instant - remembered < Self.rememberInterval { return false }
    remembered = now.instant
    return true
  }
}
