// How exchanges ended, kept beyond the acknowledgement: a service on a backup asks for them again.
import StationProtocol
import Time

/// Sends the kept ends again, one after the other, to a store of the service that has not said
/// yet that it has them. Ends are money: without them a restored backup would give points back
/// for what fell. The rows are the station's store's; the one under way alone is here.
package struct KeptEnds: Equatable, Sendable {
  /// How long an end is kept after its acknowledgement.
  package static let period: Duration = .seconds(30 * 86_400)
  /// The most that are kept, the newest ones: years of a busy machine's days.
  package static let most: Int64 = 20_000
  /// How long an answer is waited for, doubled up to the longest with each silence.
  static let patience: Duration = .seconds(5)
  static let longestPatience: Duration = .seconds(60)

  /// A kept end by the place of its row.
  package struct Row: Equatable, Sendable {
    package var id: Int64
    package var end: KeptEnd

    package init(id: Int64, end: KeptEnd) {
      self.id = id
      self.end = end
    }
  }

  /// The store of the service that has every kept end; nil where nobody knows of one, as in a new
  /// store of the station, which may keep ends of the one before it.
  private(set) var known: StoreEpoch?
  private var sending: Sending?

  private struct Sending: Equatable, Sendable {
    let epoch: StoreEpoch
    /// The row under way; nil while the next one is read.
    var row: Row?
    /// The digest of the payload with which the row has left; nil until it has.
    var digest: PayloadDigest?
    var patience = KeptEnds.patience
    var resendAt: Instant?
  }

  package init() {}

  mutating func recover(_ epoch: StoreEpoch?) { known = epoch }

  /// An action that follows from an event.
  enum Action: Equatable, Sendable {
    case nothing
    /// The next row after this one is wanted.
    case read(after: Int64)
    case send(KeptEnd)
    /// From now on this is the store that has everything.
    case remember(StoreEpoch)
  }

  /// The service is there, on this store.
  mutating func hear(_ epoch: StoreEpoch, at now: Instant) -> Action {
    guard epoch != known else {
      sending = nil
      return .nothing
    }
    if sending?.epoch == epoch {
      return sending?.row == nil ? .nothing : send(at: now)
    }
    sending = Sending(epoch: epoch)
    return .read(after: 0)
  }

  /// The row that was asked for; nil where there is no further one.
  mutating func take(_ row: Row?, at now: Instant) -> Action {
    guard let sending, sending.row == nil else { return .nothing }
    guard let row else {
      self.sending = nil
      known = sending.epoch
      return .remember(sending.epoch)
    }
    self.sending?.row = row
    self.sending?.digest = nil
    self.sending?.patience = Self.patience
    return send(at: now)
  }

  /// A kept end has left; the same row always has the same payload.
  mutating func noteSent(_ batch: SentBatch) {
    guard let end = sending?.row?.end, end.stream == batch.stream,
      batch.numbers == end.seq...end.seq
    else { return }
    sending?.digest = batch.digest
  }

  /// Whether an acknowledgement has the number of the row under way, and names other payloads.
  func answersAnother(_ seq: UInt64, of stream: StreamID, as batches: [PayloadDigest]) -> Bool {
    guard let end = sending?.row?.end, end.stream == stream, end.seq == seq else { return false }
    return sending?.digest.map { !batches.contains($0) } ?? true
  }

  /// The service has stored kept ends.
  /// - Parameter batches: the payloads with which they came.
  mutating func stored(
    _ seq: UInt64, of stream: StreamID, as batches: [PayloadDigest]
  ) -> Action {
    guard let row = sending?.row, row.end.stream == stream, row.end.seq == seq,
      !answersAnother(seq, of: stream, as: batches)
    else { return .nothing }
    sending?.row = nil
    sending?.resendAt = nil
    return .read(after: row.id)
  }

  /// Other rows are kept from now on, and nobody knows which store of the service has them all.
  mutating func storeReplaced() { (known, sending) = (nil, nil) }

  /// Nothing is sent until the service is heard again.
  mutating func uplinkClosed() { sending?.resendAt = nil }

  mutating func wake(at now: Instant) -> Action {
    guard let resendAt = sending?.resendAt, resendAt <= now else { return .nothing }
    return send(at: now)
  }

  var deadline: Instant? { sending?.resendAt }

  private mutating func send(at now: Instant) -> Action {
    guard let sending, let row = sending.row else { return .nothing }
    self.sending?.resendAt = now + sending.patience
    self.sending?.patience = min(sending.patience * 2, Self.longestPatience)
    return .send(row.end)
  }
}
