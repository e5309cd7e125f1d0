// Sends what stores that were set aside still hold, each under its own stream.
import Linux
import StationCore
import StationProtocol
import Time

/// One batch after the other, and each again until the service has it: what was counted while
/// another version ran, or while the disk was full, reaches the service beside what happens now.
final class RemainderSender {
  /// The service has other records under numbers of such a store, which was used twice.
  var onCopy: () -> Void = {}
  /// The service acknowledges what was not sent of such a store.
  var onForeign: () -> Void = {}
  /// How long the service may be silent before a batch is sent again.
  private static let patience: Duration = .seconds(30)
  /// A new stream is begun at most once in this time, whatever acknowledgements say.
  private static let renewalInterval: Duration = .seconds(3600)

  private let loop: EventLoop
  private let journal: Journal
  private let link: StationLink
  private var isUp = false
  private var sent: Sent?
  /// Acknowledgements of these are not the core's, however late they come.
  private var streams: Set<StreamID> = []
  private var again: Timer?
  private var renewedAt: Instant?

  /// The rows that were sent, in batches.
  private struct Sent {
    let stream: StreamID
    let numbers: ClosedRange<UInt64>
    var batches = SentBatches()
    /// The first number that is not acknowledged.
    var floor: UInt64
  }

  init(loop: EventLoop, journal: Journal, link: StationLink) {
    self.loop = loop
    self.journal = journal
    self.link = link
  }

  func uplinkOpened() {
    isUp = true
    look()
  }

  func uplinkClosed() {
    isUp = false
    again?.cancel()
    sent = nil
  }

  /// Asks whether anything waits.
  func look() { if isUp { journal.readRemainder() } }

  func take(_ stream: StreamID, first: UInt64, records: [[UInt8]]) {
    guard isUp, !records.isEmpty else { return }
    streams.insert(stream)
    let numbers = first...first + UInt64(records.count) - 1
    var sent = Sent(stream: stream, numbers: numbers, floor: first)
    for batch in link.publish(stream: stream, first: first, records: records) {
      sent.batches.add(batch)
    }
    self.sent = sent
    again?.cancel()
    again = loop.schedule(after: Self.patience) { [weak self] in self?.look() }
  }

  /// - Returns: whether it is about such a store. One of kept ends is the core's, also where these
  ///   are of the same stream.
  func takes(_ ack: Acknowledgement) -> Bool {
    guard ack.kept == nil, streams.contains(ack.stream) else { return false }
    guard var sent, sent.stream == ack.stream else { return true }
    guard sent.batches.include(anyOf: ack.batches) else {
      if !ack.batches.isEmpty, ack.upto >= sent.floor { onForeign() }
      return true
    }
    sent.batches.acknowledge(
      ack.batches, upto: ack.conflict.map { min(ack.upto, $0 - 1) } ?? ack.upto)
    let reached = sent.batches.reach(from: sent.floor)
    if reached > sent.floor { journal.trimRemainder(through: reached - 1, of: ack.stream) }
    sent.floor = reached
    self.sent = sent
    // A conflict over what was acknowledged before is an old message.
    if let conflict = ack.conflict, sent.batches.include(conflict, in: ack.batches) {
      onCopy()
      leave(ack.stream)
    } else if reached > sent.numbers.upperBound {
      goOn()
    }
    return true
  }

  /// Other records have these numbers at the service: what is left is sent in a new stream. Until
  /// one may be begun, nothing of it is given up, and the service is asked as before.
  private func leave(_ stream: StreamID) {
    if let renewedAt, Clock.now - renewedAt < Self.renewalInterval { return }
    renewedAt = Clock.now
    journal.renewRemainder(stream)
    goOn()
  }

  private func goOn() {
    sent = nil
    again?.cancel()
    look()
  }
}
