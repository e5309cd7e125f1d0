// What is compared in a proof, and with what: the same for every engine.
import StationProtocol

extension LedgerProof {
  /// What the movements of one exchange sum to.
  package struct Moved: Equatable, Sendable {
    package var hold: Int64
    package var post: Int64
    package var release: Int64
    /// Charge and shortfall together.
    package var unheld: Int64

    package init(hold: Int64 = 0, post: Int64 = 0, release: Int64 = 0, unheld: Int64 = 0) {
      self.hold = hold
      self.post = post
      self.release = release
      self.unheld = unheld
    }

    package mutating func add(_ kind: Movement.Kind, _ amount: Int64) {
      switch kind {
      case .hold: hold += amount
      case .post: post += amount
      case .release: release += amount
      case .charge, .shortfall: unheld += amount
      case .issue, .grant, .reversal: break
      }
    }
  }

  /// A stored record that tells how an exchange ended.
  package struct EndRecord: Equatable, Sendable {
    package var station: StationID
    package var stream: StreamID
    package var seq: UInt64
    package var exchange: Exchange
    package var outcome: ExchangeOutcome

    package init(
      station: StationID, stream: StreamID, seq: UInt64, exchange: Exchange,
      outcome: ExchangeOutcome
    ) {
      self.station = station
      self.stream = stream
      self.seq = seq
      self.exchange = exchange
      self.outcome = outcome
    }
  }

  /// What a listed discrepancy is about.
  package struct Listed: Hashable, Sendable {
    private var station: StationID
    private var exchange: Exchange
    private var outcome: ExchangeOutcome

    package init(_ discrepancy: Discrepancy) {
      (station, exchange) = (discrepancy.station, discrepancy.exchange)
      outcome = discrepancy.outcome
    }

    package init(_ record: EndRecord) {
      (station, exchange, outcome) = (record.station, record.exchange, record.outcome)
    }
  }

  /// Collects what is wrong. Some of each kind are named, the rest is counted.
  package struct Findings: Equatable, Sendable {
    private static let mostNamed = 20
    /// The kinds in the order of the proof.
    private var named: [[Finding]] = Array(repeating: [], count: 7)
    private var rest = Array(repeating: Int64(0), count: 7)

    package init() {}

    package var all: [Finding] {
      zip(named, rest).flatMap { named, rest in rest > 0 ? named + [.more(rest)] : named }
    }

    package mutating func add(_ finding: Finding) {
      let kind =
        switch finding {
        case .sum, .more: 0
        case .balance: 1
        case .held: 2
        case .exchange: 3
        case .record: 4
        case .reversal: 5
        case .order: 6
        }
      if named[kind].count < Self.mostNamed {
        named[kind].append(finding)
      } else {
        rest[kind] += 1
      }
    }

    package mutating func add(sum: Int64) {
      if sum != 0 { add(.sum(sum)) }
    }

    package mutating func compare(_ account: Account, holds: Int64, moved: Int64) {
      if holds != moved { add(.balance(account, holds: holds, moved: moved)) }
    }

    package mutating func compare(_ station: StationID, holds: Int64, open: Int64) {
      if holds != open { add(.held(station, holds: holds, open: open)) }
    }

    /// Whether the movements of an exchange are those of its state.
    package mutating func judge(_ entry: LedgerExchange, _ moved: Moved) {
      let price = entry.exchange.price.number
      let good: [Moved] =
        switch entry.state {
        case .held: [Moved(hold: price)]
        case .posted(let amount):
          [Moved(hold: price, post: amount, release: price - amount), Moved(unheld: amount)]
        case .void: [Moved(), Moved(hold: price, release: price)]
        case .refused: [Moved()]
        }
      guard !good.contains(moved) else { return }
      add(
        .exchange(
          entry.exchange.id,
          "it is \(entry.state.kind.rawValue) at \(price), but set aside \(moved.hold), posted "
            + "\(moved.post), gave back \(moved.release), charged without a hold \(moved.unheld)"))
    }

    /// Whether the ledger settled what a record told it, or a person was told why not.
    package mutating func judge(
      _ record: EndRecord, _ entry: LedgerExchange?, isListed: Bool
    ) {
      guard !isListed, let fault = LedgerProof.fault(of: record, entry) else { return }
      add(.record(record.station, record.stream, seq: record.seq, fault))
    }
  }

  /// - Returns: why what a record tells does not go with its exchange; nil where it does.
  package static func fault(of record: EndRecord, _ entry: LedgerExchange?) -> String? {
    guard let entry, entry.station == record.station else {
      return "its exchange is not in the ledger"
    }
    guard entry.outcome == record.outcome else {
      return "the ledger has another end of its exchange"
    }
    let isPosted = entry.state.kind == .posted
    // Who pays for what fell is a person's to decide, or was.
    if record.outcome.isCharged, entry.isUnproven || entry.resolution != nil { return nil }
    return isPosted == record.outcome.isCharged ? nil : "its exchange was not settled as it says"
  }
}
