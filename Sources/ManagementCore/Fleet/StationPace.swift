// How much of one station the service takes at a time, so that none fills the store or the loop.
import Time

/// What a station may send: rows, bytes and messages, each with a burst that a backlog of weeks
/// fits into and a rate that a busy station never reaches. Beyond it the station is taken more
/// slowly: its batches wait here, a few of them, and are neither read nor acknowledged before their
/// time.
///
/// Ends of exchanges have one too, for each that has no hold is something that a person has to
/// decide: a machine sells less than one article in a second.
///
/// What cannot be read has a budget of its own, for it is kept as it came: a station that sends
/// garbage for ever fills no disk. Beyond the budget it is counted and acknowledged, without its
/// text.
package struct StationPace: Equatable, Sendable {
  /// Batches that wait at most. A station has four under way, and sends them again when it hears
  /// nothing; more than this no honest one sends.
  static let mostWaiting = 16
  /// A station writes fewer than 10 records a second, of some 200 bytes.
  private var rows: TokenBucket
  private var bytes: TokenBucket
  private var messages: TokenBucket
  private var ends: TokenBucket
  private var unreadableRows: TokenBucket
  private var unreadableBytes: TokenBucket
  /// In the order in which they came.
  private(set) var waiting: [InboundPayload] = []

  package init(at now: Instant) {
    rows = TokenBucket(most: 100_000, perSecond: 500, at: now)
    bytes = TokenBucket(most: 16 << 20, perSecond: 64 << 10, at: now)
    messages = TokenBucket(most: 4_000, perSecond: 50, at: now)
    ends = TokenBucket(most: 512, perSecond: 1, at: now)
    unreadableRows = TokenBucket(most: 256, perSecond: 1, at: now)
    unreadableBytes = TokenBucket(most: 256 << 10, perSecond: 64, at: now)
  }

  package enum Admission: Equatable, Sendable {
    /// The item may be looked into at once.
    case atOnce
    /// The item waits, now or already.
    case later
    /// More than may wait: the station still has it, and sends it again.
    case never
  }

  /// A batch has come.
  package mutating func admit(_ payload: InboundPayload, at now: Instant) -> Admission {
    if waiting.isEmpty, isOpen(at: now) {
      take(payload, at: now)
      return .atOnce
    }
    if waiting.contains(where: { $0.digest == payload.digest }) { return .later }
    guard waiting.count < Self.mostWaiting else { return .never }
    waiting.append(payload)
    return .later
  }

  /// The first batch that waits, where its time has come.
  package mutating func next(at now: Instant) -> InboundPayload? {
    guard !waiting.isEmpty, isOpen(at: now) else { return nil }
    let payload = waiting.removeFirst()
    take(payload, at: now)
    return payload
  }

  /// Its records were read.
  /// - Parameter ends: how many of them tell of the end of an exchange.
  package mutating func take(rows count: Int, ends: Int, at now: Instant) {
    rows.take(Int64(count), at: now)
    self.ends.take(Int64(ends), at: now)
  }

  /// Something that cannot be read is to be kept.
  /// - Returns: whether there is room for its text.
  mutating func keepUnreadable(_ count: Int, at now: Instant) -> Bool {
    guard unreadableRows.isOpen(at: now), unreadableBytes.isOpen(at: now) else { return false }
    unreadableRows.take(1, at: now)
    unreadableBytes.take(Int64(count), at: now)
    return true
  }

  /// When the first that waits may be looked into.
  package var opens: Instant? {
    waiting.isEmpty ? nil : [rows, bytes, messages, ends].map(\.opens).max()
  }

  private mutating func isOpen(at now: Instant) -> Bool {
    let isRoomy = rows.isOpen(at: now)
    let isLight = bytes.isOpen(at: now)
    let isOrderly = ends.isOpen(at: now)
    return messages.isOpen(at: now) && isRoomy && isLight && isOrderly
  }

  private mutating func take(_ payload: InboundPayload, at now: Instant) {
    messages.take(1, at: now)
    bytes.take(Int64(payload.bytes.count), at: now)
  }
}
