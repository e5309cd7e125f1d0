// Ends of exchanges that stations have kept, stored after a backup was restored.
import ManagementCore
import SQLite
import Time

extension RecordIntake {
  /// What a store of before had acknowledged, and this one never had or has lost.
  func store(kept batch: InboundBatch, _ now: Now) throws(DatabaseError) -> StoreOutcome {
    let key = StreamKey(station: batch.station, stream: batch.stream)
    let stream = try stream(key)
    var outcome = StoreOutcome(station: batch.station, stream: batch.stream)
    outcome.kept = batch.numbers.upperBound
    let zone = try zone(of: batch.station) ?? now.rules
    for (seq, content) in zip(batch.numbers, batch.contents) {
      guard case .record(let record, let json) = content,
        case .exchange(.ended(let exchange, let end)) = record.body
      else {
        if !content.json.isEmpty {
          try keep(content.json, StoreReasons.notKept, key, seq, &outcome, now)
        }
        continue
      }
      guard try !isMeasured(seq, stream),
        let id = try insert(record.kind, json, stream, Int64(seq), now)
      else {
        try compare(json, key, stream.number, seq, &outcome, now)
        continue
      }
      outcome.add(
        record,
        StoredEvent(
          id: id, station: key.station, stream: key.stream, seq: seq, received: now.wall,
          kind: record.kind, json: json), received: now, in: zone)
      // It may be of a stream of before, which this store has never heard of.
      if try book.owner(of: exchange.id.stream) == nil {
        _ = try self.stream(StreamKey(station: key.station, stream: exchange.id.stream))
      }
      outcome.discrepancies += try book.end(
        exchange, end, from: key.station, in: key.stream, at: now)
    }
    return outcome
  }
}
