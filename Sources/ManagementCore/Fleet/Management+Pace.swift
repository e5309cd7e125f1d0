// Batches of records at the pace of their station.
import JSON
import StationProtocol
import Time

extension Management {
  mutating func admit(
    _ payload: InboundPayload, of station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    switch pace(station, now, { $0.admit(payload, at: now.instant) }) {
    case .atOnce: return take(records: payload, of: station, now)
    case .later:
      if !slowed.contains(station) { slowed.append(station) }
      nextPaced = pacedNext
      return []
    case .never: return exceed(station, bytes: payload.bytes.count, now)
    }
  }

  /// Takes what has waited for its time, one batch of each station after the other.
  mutating func takePaced(_ now: Now) -> [ManagementEffect] {
    var effects: [ManagementEffect] = []
    var hasMore = true
    while hasMore {
      hasMore = false
      for station in slowed.sorted() {
        guard let payload = pace(station, now, { $0.next(at: now.instant) }) else { continue }
        hasMore = true
        effects += take(records: payload, of: station, now)
      }
    }
    slowed.removeAll { paces[$0]?.waiting.isEmpty ?? true }
    nextPaced = pacedNext
    return effects
  }

  private var pacedNext: Instant? { slowed.compactMap { paces[$0]?.opens }.min() }

  private mutating func take(
    records payload: InboundPayload, of station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    do throws(JSONError) {
      let batch = try RecordBatch(json: payload.bytes)
      let (inbound, passedOver) = inbound(batch, payload.digest, from: station, now)
      pace(station, now) {
        $0.take(rows: batch.records.count, ends: inbound.endCount, at: now.instant)
      }
      let effects: [ManagementEffect] = [.store(.batch(inbound))]
      return passedOver > 0 ? effects + exceed(station, bytes: passedOver, now) : effects
    } catch {
      return malformed(Topic.out(station).path, payload.bytes, of: station, error, now)
    }
  }

  /// A message that is not what its topic asks for.
  mutating func malformed(
    _ path: String, _ payload: [UInt8], of station: StationID, _ error: JSONError, _ now: Now
  ) -> [ManagementEffect] {
    let effects = note(.malformed(station, what: path, reason: error.description), now)
    let kept = Array(payload.prefix(Record.longestJSON))
    guard pace(station, now, { $0.keepUnreadable(kept.count, at: now.instant) }) else {
      return effects + exceed(station, bytes: payload.count, now)
    }
    return effects + [.store(.malformed(station, payload: kept, reason: "\(path): \(error)"))]
  }

  /// Reads each record for itself, so that one that cannot be read blocks no other.
  /// - Returns: the batch, and the bytes of those whose text is not kept.
  private mutating func inbound(
    _ batch: RecordBatch, _ digest: PayloadDigest, from station: StationID, _ now: Now
  ) -> (InboundBatch, passedOver: Int) {
    var passedOver = 0
    let contents = batch.records.map { json -> InboundBatch.Content in
      do throws(JSONError) {
        return .record(try Record(json: json), json: StoredEvent.text(of: json))
      } catch {
        if Record.isOfLaterKind(json) {
          return .unreadable(json: json, reason: error.description)
        }
        let kept = Array(json.prefix(Record.longestJSON))
        guard pace(station, now, { $0.keepUnreadable(kept.count, at: now.instant) }) else {
          passedOver += json.count
          return .passedOver
        }
        let cut = kept.count < json.count ? " (cut, it had \(json.count) bytes)" : ""
        return .unreadable(json: kept, reason: "\(error)\(cut)")
      }
    }
    let inbound = InboundBatch(
      station: station, stream: batch.stream, first: batch.first, contents: contents,
      isKept: batch.isKept, digest: digest)
    return (inbound, passedOver)
  }

  /// A station sends more than its share.
  private mutating func exceed(
    _ station: StationID, bytes: Int, _ now: Now
  ) -> [ManagementEffect] {
    note(.overShare(station, bytes: bytes), now) + find(.sendsTooMuch, at: station, now)
  }

  private mutating func pace<Value>(
    _ station: StationID, _ now: Now, _ body: (inout StationPace) -> Value
  ) -> Value {
    body(&paces[station, default: StationPace(at: now.instant)])
  }
}
