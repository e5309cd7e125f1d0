// Sends what stores that were set aside still hold, each under its own stream.
import Linux
import StationProtocol

/// One batch after the other, and each again until the service has it: what was counted while
/// another version ran, or while the disk was full, reaches the service beside what happens now.
final class RemainderSender {
  /// How long the service may be silent before a batch is sent again.
  private static let patience: Duration = .seconds(30)

  private let loop: EventLoop
  private let journal: Journal
  private let link: StationLink
  private var isUp = false
  private var sent: (stream: StreamID, upto: UInt64)?
  /// Acknowledgements of these are not the core's, however late they come.
  private var streams: Set<StreamID> = []
  private var again: Timer?

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
    sent = (stream, first + UInt64(records.count) - 1)
    link.publish(stream: stream, first: first, records: records)
    again?.cancel()
    again = loop.schedule(after: Self.patience) { [weak self] in self?.look() }
  }

  /// - Returns: whether it is about such a store. One of kept ends is the core's, also where these
  ///   are of the same stream.
  func takes(_ ack: Acknowledgement) -> Bool {
    guard ack.kept == nil, streams.contains(ack.stream) else { return false }
    guard let sent, sent.stream == ack.stream else { return true }
    journal.trimRemainder(through: min(ack.upto, sent.upto), of: ack.stream)
    if ack.upto >= sent.upto {
      self.sent = nil
      again?.cancel()
      look()
    }
    return true
  }
}
