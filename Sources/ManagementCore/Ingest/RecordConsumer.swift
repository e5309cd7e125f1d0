// The consumers of a record inside the transaction that stores it.
import StationProtocol
import Time

/// A record that has just been stored, and where.
package struct NewRecord {
  package let record: Record
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

/// Does something with the records of some families, in the order in which they are stored, and each
/// of them once whatever comes twice. What it changes is committed with the record, or not at all.
package protocol RecordConsumer: Sendable {
  /// Whose records it is handed.
  var families: Set<Record.Family> { get }
  func take<Book: IngestBook>(
    _ new: NewRecord, _ book: inout Book, _ outcome: inout StoreOutcome
  ) throws(Book.Failure)
}

package enum RecordConsumers {
  /// Every consumer of records.
  private static let all: [any RecordConsumer] = [
    GapConsumer(), LedgerConsumer(), CountConsumer(), MeasurementConsumer(), CodeConsumer(),
  ]

  private static let byFamily = Record.Family.allCases.map { family in
    all.filter { $0.families.contains(family) }
  }

  static func of(_ family: Record.Family) -> [any RecordConsumer] { byFamily[family.rawValue] }
}

/// Numbers that will never come.
private struct GapConsumer: RecordConsumer {
  let families: Set<Record.Family> = [.stream]

  func take<Book: IngestBook>(
    _ new: NewRecord, _ book: inout Book, _ outcome: inout StoreOutcome
  ) {
    guard case .stream(.gap(let from, let to, _)) = new.record.body else { return }
    guard new.isPossible, to < new.seq else {
      return outcome.disbelieved.append(ClaimReasons.gap)
    }
    new.stream.reached.add(from...to)
    outcome.gaps.append(from...to)
  }
}

/// Points follow how exchanges ended.
private struct LedgerConsumer: RecordConsumer {
  let families: Set<Record.Family> = [.exchange]

  func take<Book: IngestBook>(
    _ new: NewRecord, _ book: inout Book, _ outcome: inout StoreOutcome
  ) throws(Book.Failure) {
    guard case .exchange(.ended(let exchange, let end)) = new.record.body else { return }
    let key = new.stream.key
    // It may be of a stream of before, which this store has never heard of.
    if new.isKept, try book.ledger.owner(of: exchange.id.stream) == nil {
      _ = try book.stream(StreamKey(key.station, exchange.id.stream))
    }
    outcome.discrepancies += try book.ledger.end(
      exchange, end, from: key.station, in: key.stream, at: new.now)
  }
}

/// Who came and went on each local day.
private struct CountConsumer: RecordConsumer {
  let families: Set<Record.Family> = [.entry, .occupancy]

  func take<Book: IngestBook>(
    _ new: NewRecord, _ book: inout Book, _ outcome: inout StoreOutcome
  ) {
    outcome.count(new.record, received: new.received, in: new.zone)
  }
}

/// Adds each measurement to its hour.
private struct MeasurementConsumer: RecordConsumer {
  let families: Set<Record.Family> = [.climate]

  func take<Book: IngestBook>(
    _ new: NewRecord, _ book: inout Book, _ outcome: inout StoreOutcome
  ) throws(Book.Failure) {
    try book.add(MeasuredHour.hours(of: new.record, received: new.received), of: new.stream)
  }
}

/// The codes by which somebody came in or wanted something: one is good at one station.
private struct CodeConsumer: RecordConsumer {
  let families: Set<Record.Family> = [.entry, .exchange]

  func take<Book: IngestBook>(
    _ new: NewRecord, _ book: inout Book, _ outcome: inout StoreOutcome
  ) {
    switch new.record.body {
    case .entry(.granted(_, _, .code(let code), _)), .exchange(.intended(_, let code)):
      outcome.codes.append(code)
    default: break
    }
  }
}
