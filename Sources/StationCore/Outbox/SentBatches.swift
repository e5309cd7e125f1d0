// The batches that are under way, and which of them the service has acknowledged.
import StationProtocol

/// A batch that has left the station.
package struct SentBatch: Equatable, Sendable {
  package let stream: StreamID
  package let numbers: ClosedRange<UInt64>
  /// Whether these are kept ends.
  package let isKept: Bool
  /// The digest of the payload.
  package let digest: PayloadDigest

  /// - Parameter digest: of the payload that was published.
  package init(_ batch: RecordBatch, _ digest: PayloadDigest) {
    stream = batch.stream
    numbers = batch.first...batch.last
    isKept = batch.isKept
    self.digest = digest
  }
}

/// The batches of one stream from its floor on. The floor rises over those alone that the service
/// has acknowledged by their digests: whoever owns the broker can have the service store and
/// acknowledge records that he has made up under numbers of this station, and hold back its own.
///
/// A batch stays here when the session ends: what the service says of it is as true in the next one.
package struct SentBatches: Equatable, Sendable {
  /// More batches than two rounds of sending have, where each has one record: the oldest give way.
  package static let most = 2 * Int(Outbox.window)

  private struct Entry: Equatable, Sendable {
    let numbers: ClosedRange<UInt64>
    let digest: PayloadDigest
    /// The last of its numbers that is acknowledged; nil where none is.
    var acknowledged: UInt64?
  }

  /// In the order in which they were sent last.
  private var entries: [Entry] = []

  package init() {}

  package var count: Int { entries.count }

  package mutating func add(_ batch: SentBatch) {
    var entry = Entry(numbers: batch.numbers, digest: batch.digest)
    if let index = entries.firstIndex(where: { $0.digest == batch.digest }) {
      entry = entries.remove(at: index)
    }
    entries.append(entry)
    if entries.count > Self.most { entries.removeFirst() }
  }

  /// Whether the service answers any of these batches.
  package func include(anyOf digests: [PayloadDigest]) -> Bool {
    entries.contains { digests.contains($0.digest) }
  }

  /// Whether one of the batches that the service answers has this number.
  package func include(_ number: UInt64, in digests: [PayloadDigest]) -> Bool {
    entries.contains { $0.numbers.contains(number) && digests.contains($0.digest) }
  }

  /// Takes note that batches are stored, each as far as this number.
  package mutating func acknowledge(_ digests: [PayloadDigest], upto: UInt64) {
    for index in entries.indices where digests.contains(entries[index].digest) {
      let numbers = entries[index].numbers
      guard numbers.lowerBound <= upto else { continue }
      let last = min(numbers.upperBound, upto)
      entries[index].acknowledged = max(entries[index].acknowledged ?? last, last)
    }
  }

  /// The first number from the floor on that is not acknowledged.
  package func reach(from floor: UInt64) -> UInt64 {
    var next = floor
    while let last = entries.lazy.filter({ $0.numbers.lowerBound <= next })
      .compactMap(\.acknowledged).max(), last >= next
    {
      next = last + 1
    }
    return next
  }

  /// Forgets what lies below the floor.
  package mutating func forget(below floor: UInt64) {
    entries.removeAll { $0.numbers.upperBound < floor }
  }

  package mutating func removeAll() { entries = [] }
}
