// One amount that went from one account to another: the only thing that a ledger consists of.
import StationProtocol
import Time

/// A movement is written once and never changed; what was wrong is moved back.
package struct Movement: Equatable, Sendable {
  /// Grows with each movement; 0 before it is written.
  package var id: Int64
  package var kind: Kind
  package var from: Account
  package var to: Account
  /// 1 to `most`.
  package var amount: Int64
  package var actor: LedgerActor
  /// The cause to which the movement belongs.
  package var cause: Cause
  package var at: WallTime

  /// The most points that one movement moves.
  package static let most: Int64 = 1_000_000_000

  package enum Kind: String, CaseIterable, Sendable, Comparable {
    /// issuance → grants
    case issue
    /// grants → member
    case grant
    /// member → held: the price is set aside.
    case hold
    /// held → station: the article fell.
    case post
    /// held → member: it did not.
    case release
    /// member → station: the article fell, and nothing had been set aside.
    case charge
    /// adjustments → station: what the member did not have for such a charge.
    case shortfall
    /// The way back of one of the others.
    case reversal

    package static func < (one: Kind, other: Kind) -> Bool { one.rawValue < other.rawValue }

    /// Whether an order may move it back. What is set aside is resolved instead.
    package var isReversible: Bool {
      switch self {
      case .issue, .grant, .post, .charge, .shortfall: true
      case .hold, .release, .reversal: false
      }
    }
  }

  /// What a movement belongs to, which also makes its idempotency key.
  package enum Cause: Equatable, Sendable {
    /// An exchange, which has at most one movement of each kind.
    case exchange(ExchangeID)
    /// What a person ordered about an exchange.
    case resolution(ExchangeID, OrderKey)
    case order(OrderKey, reason: String)
    /// The way back of the movement of this id.
    case reversal(of: Int64, OrderKey, reason: String)
  }

  package init(
    id: Int64 = 0, _ kind: Kind, from: Account, to: Account, amount: Int64, actor: LedgerActor,
    cause: Cause, at: WallTime
  ) {
    self.id = id
    self.kind = kind
    self.from = from
    self.to = to
    self.amount = amount
    self.actor = actor
    self.cause = cause
    self.at = at
  }

  package var exchange: ExchangeID? {
    switch cause {
    case .exchange(let id), .resolution(let id, _): id
    case .order, .reversal: nil
    }
  }

  package var order: OrderKey? {
    switch cause {
    case .exchange: nil
    case .resolution(_, let key), .order(let key, _), .reversal(_, let key, _): key
    }
  }

  package var reverses: Int64? {
    if case .reversal(let id, _, _) = cause { id } else { nil }
  }

  /// What a person gave as the reason; a station's movements have that of their kind.
  package var reason: String? {
    switch cause {
    case .exchange, .resolution: nil
    case .order(_, let reason), .reversal(_, _, let reason): reason
    }
  }

  /// Kept for the life of the ledger: no key moves anything twice.
  package var key: String {
    switch cause {
    case .exchange(let id), .resolution(let id, _): "\(id) \(kind.rawValue)"
    case .order(let key, _), .reversal(_, let key, _): key.text
    }
  }
}

/// On whose word points moved.
package enum LedgerActor: Hashable, Sendable, CustomStringConvertible {
  /// By a station's request or record.
  case station(StationID)
  /// By the bearer of a token, as the token names him.
  case person(String)

  package var description: String {
    switch self {
    case .station(let station): "station:\(station)"
    case .person(let name): "person:\(name)"
    }
  }

  /// - Returns: nil unless the text is what `description` gives.
  package init?(_ text: String) {
    let parts = text.utf8.split(
      separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "station":
      guard let station = StationID(parts[1]) else { return nil }
      self = .station(station)
    case "person": self = .person(parts[1])
    default: return nil
    }
  }
}
