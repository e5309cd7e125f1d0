// The consumers of a record inside the transaction that stores it.
import StationProtocol
import Time

/// A record that has just been stored, and where.
package struct NewRecord {
  package let record: Record
  /// The id of the stored event; nil for a measurement.
  package let event: Int64?
  package let seq: UInt64
  package let stream: IngestStream
  /// Whether its station can have written it by now.
  package let isPossible: Bool
  /// A store of before had acknowledged it, and the station has kept it.
  package let isKept: Bool
  /// By which the station's days go.
  package let zone: Zone
  /// When it came.
  package let received: Now
  /// When it is stored: later than it came where it lay in quarantine.
  package let now: Now
}

/// The consumers of records, in the order in which they are handed one. What a consumer changes is
/// committed with the record or not at all, and each record comes to it once, whatever comes twice.
package enum RecordConsumer: CaseIterable, Sendable {
  /// Takes note of numbers that will never come.
  case gaps
  /// Has points follow how exchanges ended.
  case ledger
  /// Counts who came and went on each local day, and what is counted by the hour.
  case counts
  /// Adds each measurement to its hour.
  case measurements
  /// Takes note of codes: one is good at one station.
  case codes
  /// Takes note of whose events they are.
  case members
  /// Follows how far commands have come.
  case commands

  /// The families whose records the consumer is handed.
  private var families: Set<Record.Family> {
    switch self {
    case .gaps: [.stream]
    case .ledger: [.exchange]
    case .counts: [.entry, .occupancy, .exchange]
    case .measurements: [.climate]
    case .codes, .members: [.entry, .exchange]
    case .commands: [.command]
    }
  }

  private static let byFamily = Record.Family.allCases.map { family in
    allCases.filter { $0.families.contains(family) }
  }

  static func of(_ family: Record.Family) -> [RecordConsumer] { byFamily[family.rawValue] }
}

extension IngestBook {
  mutating func hand(
    _ new: NewRecord, to consumer: RecordConsumer, _ outcome: inout StoreOutcome
  ) throws(Failure) {
    switch consumer {
    case .gaps: Self.noteGap(new, &outcome)
    case .ledger: try settle(new, &outcome)
    case .counts: outcome.count(new.record, received: new.received, in: new.zone)
    case .measurements:
      guard case .climate(.measured) = new.record.body else { return }
      try add(MeasuredHour.hours(of: new.record, received: new.received), of: new.stream)
    case .codes:
      switch new.record.body {
      case .entry(.granted(_, _, .code(let code), _)), .exchange(.intended(_, let code)):
        outcome.codes.append(code)
      default: break
      }
    case .members:
      guard let event = new.event, let member = new.record.member else { return }
      try note(event: event, of: member)
    case .commands:
      guard case .command(let record) = new.record.body,
        let command = try advance(
          record.id, of: new.stream.key.station, CommandNews(record), at: new.now)
      else { return }
      outcome.commands.append(command)
    }
  }

  private static func noteGap(_ new: NewRecord, _ outcome: inout StoreOutcome) {
    guard case .stream(.gap(let from, let to, _)) = new.record.body else { return }
    guard new.isPossible, to < new.seq else {
      return outcome.disbelieved.append(ClaimReasons.gap)
    }
    new.stream.reached.add(from...to)
    outcome.gaps.append(from...to)
  }

  private mutating func settle(
    _ new: NewRecord, _ outcome: inout StoreOutcome
  ) throws(Failure) {
    guard case .exchange(.ended(let exchange, let end)) = new.record.body else { return }
    let key = new.stream.key
    // It may be of a stream of before, which this store has never heard of.
    if new.isKept, try ledger.owner(of: exchange.id.stream) == nil {
      _ = try stream(StreamKey(key.station, exchange.id.stream))
    }
    outcome.discrepancies += try ledger.end(
      exchange, end, from: key.station, in: key.stream, at: new.now)
  }
}
