// Which members are inside, as far as the doors have seen it: the ground of anti-passback.
import StationProtocol
import Time

/// The members that went in and have not been seen to leave. Advanced by the passage, not by the
/// grant: who is let in and turns back is still outside.
///
/// Whoever leaves by the exit button is not known by name, and an outward passage takes nobody off
/// this list. Only a reader on the room's side does, or evidence that the room is empty. That is
/// why `hard` needs such a reader, while `soft` only makes a note and `timed` forgets by itself.
package struct Whereabouts: Equatable, Sendable {
  /// Members that are kept in mind; beyond that the oldest is forgotten, and may come in.
  package static let most = 4096

  private struct Entry: Equatable, Sendable {
    var at: Instant
    /// Grows with each entry; the order in which members are forgotten.
    var number: UInt64
    var since: WallTime
  }

  private var entries: [MemberID: Entry] = [:]
  private var number: UInt64 = 0

  package init() {}

  /// - Parameter known: the earliest time that it can be; nil where none is known, and then a
  ///   stay counts from now.
  package mutating func recover(_ stays: [Stay], known: WallTime?, at now: Instant) {
    let ordered = stays.sorted {
      ($0.since.milliseconds, $0.member) < ($1.since.milliseconds, $1.member)
    }
    for stay in ordered.suffix(Self.most) {
      let age = known.map { max(Duration.zero, $0 - stay.since) } ?? .zero
      number += 1
      // No longer ago than the monotonic clock can say.
      let entered = Instant(
        nanoseconds: now.nanoseconds - min(age, .seconds(1 << 32)).wholeNanoseconds)
      entries[stay.member] = Entry(at: entered, number: number, since: stay.since)
    }
  }

  package var count: Int { entries.count }

  /// Every stay, the oldest first.
  package var all: [Stay] {
    entries.sorted { $0.value.number < $1.value.number }
      .map { Stay(member: $0.key, since: $0.value.since) }
  }

  /// When the member went in; nil where the member is not known to be inside.
  package func entered(_ member: MemberID) -> Instant? { entries[member]?.at }

  package mutating func enter(_ member: MemberID, since: WallTime, at now: Instant) -> [StayChange]
  {
    var changes: [StayChange] = []
    if entries[member] == nil, entries.count >= Self.most,
      let oldest = entries.min(by: { $0.value.number < $1.value.number })?.key
    {
      entries[oldest] = nil
      changes.append(.left(oldest))
    }
    number += 1
    entries[member] = Entry(at: now, number: number, since: since)
    return changes + [.entered(Stay(member: member, since: since))]
  }

  package mutating func leave(_ member: MemberID) -> StayChange? {
    entries.removeValue(forKey: member).map { _ in .left(member) }
  }

  /// The room was found empty.
  package mutating func clear() -> StayChange? {
    guard !entries.isEmpty else { return nil }
    entries = [:]
    return .cleared
  }
}
