// Who was let in, or is on the way out, and has not passed through the door yet.
import StationProtocol
import Time

/// The people that one door waits for. A grant is not an entry: it becomes one with the passage,
/// and is void when its access time is over and the door stands open no longer, or when the door
/// has been shut and locked for a moment: whoever was let in and is neither in the doorway nor in
/// the beams then has turned round on the step, and takes nobody's place.
///
/// Each counts as inside for the capacity until then, so that five codes shown at once do not
/// fill four places.
package struct Arrivals: Equatable, Sendable {
  /// More than could be let in within one access time.
  static let most = 64

  private struct Person: Equatable, Sendable {
    var member: MemberID?
    var until: Instant
  }

  /// In the order of their grants.
  private var inward: [Person] = []
  private var outward: [Person] = []
  /// Since when the door has been shut and locked, with nobody in its beams.
  private var shutSince: Instant?

  /// How long someone may take from a door that has fallen shut to the first beam.
  package static let step: Duration = .seconds(1)

  package init() {}

  /// How many are let in and not through the door.
  package var count: Int64 { Int64(inward.count) }

  /// - Parameter member: nil where nobody knows who it is.
  package mutating func expect(_ member: MemberID?, until: Instant) {
    Self.add(member, until, to: &inward)
  }

  /// Somebody who has shown who he is wants to leave.
  package mutating func expectLeaving(_ member: MemberID, until: Instant) {
    Self.add(member, until, to: &outward)
  }

  /// Someone came in.
  /// - Returns: the member let in first of those who have not passed; nil where nobody is known
  ///   to be on the way.
  package mutating func enter() -> MemberID? { inward.isEmpty ? nil : inward.removeFirst().member }

  package mutating func leave() -> MemberID? {
    outward.isEmpty ? nil : outward.removeFirst().member
  }

  /// When someone is waited for no longer, unless the door stands open then.
  package var deadline: Instant? {
    var first = shutSince.map { $0 + Self.step }
    for person in inward { first = min(first ?? person.until, person.until) }
    for person in outward { first = min(first ?? person.until, person.until) }
    return inward.isEmpty && outward.isEmpty ? nil : first
  }

  /// - Parameters:
  ///   - isOpen: whoever was let in may still walk through an open door.
  ///   - isShut: the door is shut and locked, and nobody is in its beams.
  package mutating func wake(isOpen: Bool, isShut: Bool, at now: Instant) {
    shutSince = isShut ? shutSince ?? now : nil
    guard !isOpen else { return }
    let isOver = shutSince.map { now - $0 >= Self.step } ?? false
    inward.removeAll { isOver || $0.until <= now }
    outward.removeAll { isOver || $0.until <= now }
  }

  /// The same member shows twice and walks in once; without a name each is another one.
  private static func add(
    _ member: MemberID?, _ until: Instant, to people: inout [Person]
  ) {
    if let member, let before = people.firstIndex(where: { $0.member == member }) {
      people.remove(at: before)
    }
    if people.count == most { people.removeFirst() }
    people.append(Person(member: member, until: until))
  }
}
