// What a station is told of single members: who is revoked, who is more or less than a member.
import StationProtocol

/// What the lists of a facility say. Nobody needs to be on one: a signed code alone makes a member
/// of whoever shows it. Replaced as a whole when the files have changed.
package struct MemberDirectory: Equatable, Sendable {
  package var revoked: RevocationList
  private let profiles: [MemberID: MemberProfile]
  private let cards: [Card: MemberID]

  /// Profiles without a card, and of cards that two members have none: whose it is is not known.
  package init(
    revoked: RevocationList = RevocationList(), profiles: [MemberID: MemberProfile] = [:]
  ) {
    self.revoked = revoked
    self.profiles = profiles
    var cards: [Card: MemberID] = [:]
    var doubtful: Set<Card> = []
    for (member, profile) in profiles {
      guard let card = profile.card else { continue }
      if cards.updateValue(member, forKey: card) != nil { doubtful.insert(card) }
    }
    for card in doubtful { cards[card] = nil }
    self.cards = cards
  }

  package func profile(of member: MemberID) -> MemberProfile {
    // Most stations have no list, and then no id need be hashed.
    profiles.isEmpty ? MemberProfile() : profiles[member] ?? MemberProfile()
  }

  package func member(with card: Card) -> MemberID? { cards[card] }
}

/// The properties of one member beyond a pseudonym.
package struct MemberProfile: Equatable, Sendable {
  package enum Status: String, CaseIterable, Sendable {
    case active
    /// Refused until this is taken back.
    case suspended
  }

  package var status: Status
  /// Whether the door stays released for longer: wheelchairs, a trolley.
  package var needsTime: Bool
  /// Whether the member looks after the station, and comes in where others may not.
  package var isMaintainer: Bool
  package var card: Card?
  /// When the member has reserved the room; nil where nothing was reserved.
  package var reservation: Schedule?

  package init(
    status: Status = .active, needsTime: Bool = false, isMaintainer: Bool = false,
    card: Card? = nil, reservation: Schedule? = nil
  ) {
    self.status = status
    self.needsTime = needsTime
    self.isMaintainer = isMaintainer
    self.card = card
    self.reservation = reservation
  }
}
