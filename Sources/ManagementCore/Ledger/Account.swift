// Where points lie: the accounts of the ledger.
import StationProtocol

/// Every point that a member has was put into the world by an issuance, so that all accounts
/// together always hold nothing.
package enum Account: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// All points ever issued, below zero.
  case issuance
  /// The points that were issued and may be granted.
  case grants
  /// What the union bears: articles that fell and that nobody could be charged for, below zero.
  case adjustments
  case member(MemberID)
  /// The points set aside for exchanges under way at a station.
  case held(StationID)
  /// What the exchanges of a station took.
  case station(StationID)

  /// In the order in which people look at them.
  package enum Kind: String, CaseIterable, Sendable, Comparable {
    case issuance
    case grants
    case member
    case held
    case station
    case adjustments

    /// Whether an account of this kind may owe anything.
    package var mayBeNegative: Bool { self == .issuance || self == .adjustments }

    package static func < (one: Kind, other: Kind) -> Bool { one.rawValue < other.rawValue }
  }

  package var kind: Kind {
    switch self {
    case .issuance: .issuance
    case .grants: .grants
    case .adjustments: .adjustments
    case .member: .member
    case .held: .held
    case .station: .station
    }
  }

  /// The owner's id; empty where the account is the union's.
  package var owner: String {
    switch self {
    case .issuance, .grants, .adjustments: ""
    case .member(let member): member.text
    case .held(let station), .station(let station): station.text
    }
  }

  /// - Returns: nil where nobody of that name can have such an account.
  package init?(_ kind: Kind, owner: String) {
    switch kind {
    case .issuance, .grants, .adjustments:
      guard owner.isEmpty else { return nil }
      self = kind == .issuance ? .issuance : kind == .grants ? .grants : .adjustments
    case .member:
      guard let member = MemberID(owner) else { return nil }
      self = .member(member)
    case .held, .station:
      guard let station = StationID(owner) else { return nil }
      self = kind == .held ? .held(station) : .station(station)
    }
  }

  package var description: String { owner.isEmpty ? kind.rawValue : "\(kind.rawValue) \(owner)" }

  package static func < (one: Account, other: Account) -> Bool {
    (one.kind, one.owner) < (other.kind, other.owner)
  }
}
