// An exchange as the ledger knows it: what was set aside for it and what became of that.
import StationProtocol
import Time

/// The ledger keeps every exchange that it was ever asked about or told of, so that no id moves
/// points twice.
package struct LedgerExchange: Equatable, Sendable {
  /// Grows with each exchange; 0 before it is written.
  package var id: Int64
  package var station: StationID
  package var exchange: Exchange
  package var state: State
  /// The local day to which it counts against a member's limits.
  package var day: Int
  package var at: WallTime
  /// The balance that the station was told when it asked; nil where it did not ask, or the member
  /// is not known.
  package var told: Int64?
  /// What the station's record says of its end; nil before that record.
  package var outcome: ExchangeOutcome?
  /// When the first of record and resolution came.
  package var settled: WallTime?
  package var resolution: Resolution?
  /// The code by which the member asked; nil where nobody asked.
  package var code: CodeDigest?

  package enum State: Equatable, Sendable {
    /// The price lies aside. Can become `posted` or `void`, never by time.
    case held
    /// This much of it went to the station.
    case posted(Int64)
    /// Nothing is set aside, whatever was; a tombstone where nothing ever was. Can become `posted`
    /// by a person where it is unproven.
    case void
    /// Asked for and refused. Can become `posted` or `void` by a person where it is unproven.
    case refused(ExchangeRefusal)

    package enum Kind: String, CaseIterable, Sendable {
      case held
      case posted
      case void
      case refused
    }

    package var kind: Kind {
      switch self {
      case .held: .held
      case .posted: .posted
      case .void: .void
      case .refused: .refused
      }
    }

    /// Whether it counts against a member's limits.
    package var counts: Bool { kind == .held || kind == .posted }
  }

  /// What a person decided about a hold, and why.
  package struct Resolution: Equatable, Sendable {
    package var actor: String
    package var reason: String

    package init(actor: String, reason: String) {
      self.actor = actor
      self.reason = reason
    }
  }

  /// The station says that the article fell, and nothing was set aside for it: whoever has a
  /// station's login can say so of anybody. Nobody pays until a person decides.
  package var isUnproven: Bool {
    outcome?.isCharged == true && resolution == nil
      && (state.kind == .void || state.kind == .refused)
  }

  /// Whether its code has paid: a code pays once. One by which nothing was sold, because the ledger
  /// or the machine refused or the member thought better of it, is as good as before.
  package var usesUpCode: Bool {
    switch (state, outcome) {
    case (.refused, _), (.void, .refused), (.void, .cancelled): false
    case (.held, _), (.posted, _), (.void, _): true
    }
  }

  package init(
    id: Int64 = 0, station: StationID, exchange: Exchange, state: State, day: Int, at: WallTime,
    told: Int64? = nil, outcome: ExchangeOutcome? = nil, settled: WallTime? = nil,
    resolution: Resolution? = nil, code: CodeDigest? = nil
  ) {
    self.id = id
    self.station = station
    self.exchange = exchange
    self.state = state
    self.day = day
    self.at = at
    self.told = told
    self.outcome = outcome
    self.settled = settled
    self.resolution = resolution
    self.code = code
  }
}

/// A hold that nothing has resolved yet, or an article for which there was none.
package struct OpenHold: Equatable, Sendable {
  package var entry: LedgerExchange
  /// Whether the station has begun another stream since: its store was lost, and with it perhaps
  /// how this ended, so a person may have to decide.
  package var isOrphaned: Bool
  /// Whether the station's records from behind it are missing since the service came back on a
  /// backup: how it ended may be among them. Where the station has kept the end, it comes again.
  package var isInGap: Bool

  package init(_ entry: LedgerExchange, isOrphaned: Bool, isInGap: Bool = false) {
    self.entry = entry
    self.isOrphaned = isOrphaned
    self.isInGap = isInGap
  }

  package func age(at time: WallTime) -> Duration { max(.zero, time - entry.at) }
}

/// Something that stations told the ledger and that does not fit: moved as the rule says, and
/// listed for a person.
package struct Discrepancy: Equatable, Sendable {
  /// Grows with each; 0 before it is written.
  package var id: Int64
  package var kind: Kind
  package var station: StationID
  package var exchange: Exchange
  package var outcome: ExchangeOutcome
  /// What the member and the union's adjustments paid at once, of an article without a hold:
  /// nothing since a person decides about these.
  package var charged: Int64
  package var borne: Int64
  package var at: WallTime

  package enum Kind: String, CaseIterable, Sendable {
    /// An article is said to have fallen for which nothing was set aside, as after a backup was
    /// restored; nothing was moved, and a person decides.
    case withoutHold = "without-hold"
    /// A person had decided otherwise; nothing more was moved.
    case contradiction
    /// The record's member, article, slot or price is not that of the hold.
    case otherContents = "other-contents"
    /// A second record tells of another end; nothing more was moved.
    case secondOutcome = "second-outcome"
    /// The exchange belongs to another station; nothing was moved.
    case foreign
  }

  package init(
    id: Int64 = 0, _ kind: Kind, station: StationID, exchange: Exchange,
    outcome: ExchangeOutcome, charged: Int64 = 0, borne: Int64 = 0, at: WallTime
  ) {
    self.id = id
    self.kind = kind
    self.station = station
    self.exchange = exchange
    self.outcome = outcome
    self.charged = charged
    self.borne = borne
    self.at = at
  }
}
