// A member's stay in the room, as the store keeps it.
import StationProtocol
import Time

/// A member's stay.
package struct Stay: Equatable, Sendable {
  package var member: MemberID
  /// When the member went in, by the trusted time or what came closest to it.
  package var since: WallTime

  package init(member: MemberID, since: WallTime) {
    self.member = member
    self.since = since
  }
}

/// A change to the stays that boot must know.
package enum StayChange: Equatable, Sendable {
  case entered(Stay)
  case left(MemberID)
  /// Nobody is inside.
  case cleared
}
