// The shell's part of sending, in a test: what leaves, and by what an answer names it.
import StationProtocol

@testable import StationCore

/// What a station has sent. Each payload has a digest of its own, and the same payload the same.
struct Sending {
  private(set) var batches: [SentBatch] = []

  /// The events by which the core hears what has left.
  mutating func take(_ effects: [Effect], of stream: StreamID) -> [Event] {
    var events: [Event] = []
    for effect in effects {
      switch effect {
      case .link(.publishRecords(let range)):
        events += send(range, of: stream).map { .link(.batchSent($0)) }
      case .link(.publishKeptEnd(let end)):
        let batch = Self.batch(end.seq...end.seq, of: end.stream, isKept: true)
        batches.append(batch)
        events.append(.link(.batchSent(batch)))
      case .link(.ask(let request)):
        events.append(.exchange(.asked(request.id, Self.digest(of: request.id))))
      default: break
      }
    }
    return events
  }

  private mutating func send(_ range: ClosedRange<UInt64>, of stream: StreamID) -> [SentBatch] {
    let most = RecordBatch.mostRecords
    let sent = stride(from: range.lowerBound, through: range.upperBound, by: most).map { first in
      Self.batch(first...min(range.upperBound, first + UInt64(most) - 1), of: stream)
    }
    batches += sent
    return sent
  }

  static func batch(
    _ numbers: ClosedRange<UInt64>, of stream: StreamID, isKept: Bool = false
  ) -> SentBatch {
    let digest = PayloadDigest(
      high: stream.bits << 1 | (isKept ? 1 : 0),
      low: numbers.lowerBound << 32 | numbers.upperBound)
    let batch = RecordBatch(
      stream: stream, first: numbers.lowerBound, records: numbers.map { _ in [] }, isKept: isKept)
    return SentBatch(batch, digest)
  }

  /// The digest of the question of this id (FNV-1a).
  static func digest(of question: RequestID) -> PayloadDigest {
    let hash = question.text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return PayloadDigest(high: 0, low: hash)
  }

  /// An acknowledgement that names every batch of the stream that was sent, unless others are
  /// named.
  func acknowledgement(
    _ upto: UInt64, of stream: StreamID, conflict: UInt64? = nil, kept: UInt64? = nil,
    naming batches: [SentBatch]? = nil
  ) -> Event {
    let named = batches ?? self.batches.filter { $0.stream == stream }
    return .link(
      .acknowledged(
        Acknowledgement(
          stream: stream, upto: upto, conflict: conflict, kept: kept,
          batches: named.map(\.digest))))
  }
}
