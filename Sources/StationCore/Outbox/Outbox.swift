// Which records the service still lacks, and when to send them again.
import StationProtocol
import Time

/// The bounds of the outbox.
package struct OutboxLimits: Equatable, Sendable {
  /// The most records that wait for the service; the oldest then give way.
  package var mostRecords: UInt64
  /// How many give way at once, so that one record speaks for all of them.
  package var foldedAtOnce: UInt64

  package init(mostRecords: UInt64 = 200_000, foldedAtOnce: UInt64 = 1000) {
    precondition(foldedAtOnce >= 1 && mostRecords > foldedAtOnce, "an outbox must hold something")
    self.mostRecords = mostRecords
    self.foldedAtOnce = foldedAtOnce
  }
}

/// The window over a stream: numbers are handed out in order, sent once durable, sent again
/// until acknowledged, and never used twice. The rows themselves are the store's.
package struct Outbox: Equatable, Sendable {
  /// The most records that are sent and not acknowledged.
  static let window: UInt64 = 256
  /// How long the service may be silent before everything unacknowledged is sent again.
  static let patience: Duration = .seconds(5)
  /// Each further silence is given twice the time, up to this: a service may stay away for days,
  /// and a station pays for what it sends.
  static let longestPatience: Duration = .seconds(60)

  package private(set) var stream: StreamID
  /// The first number that is not acknowledged.
  package private(set) var floor: UInt64
  /// The number of the next record.
  package private(set) var next: UInt64
  /// The last number that is durable.
  package private(set) var durable: UInt64
  /// The last number that was sent in this session.
  private var sent: UInt64
  private var batches = SentBatches()
  /// The most records that wait for the disk. One that hangs for longer must not fill the memory.
  static let mostPending = 10_000
  /// Entries that are handed to the store and not yet durable, in order.
  private var pending: [JournalEntry] = []
  /// Numbers of records that were given up because the disk hangs, until a record tells of them.
  private var passedOver: ClosedRange<UInt64>?
  /// How exchanges ended, as far as the service has not acknowledged it: these are money, and must
  /// never give way. No exchange starts without an uplink, so there are few.
  private(set) var settlements: [Settlement] = []
  private var isUp = false
  private var resendAt: Instant?
  private var patience = Self.patience
  private let limits: OutboxLimits
  /// Whether so much waits that someone should look after the link.
  private var isFilling = false
  /// The store was told to begin a new stream. Until it has, no number of the old one is given up:
  /// the store takes all that is left over into the new stream.
  private var isRenewing = false

  package init(limits: OutboxLimits) {
    self.limits = limits
    stream = StreamID(bits: 0)
    floor = 1
    next = 1
    durable = 0
    sent = 0
  }

  package mutating func recover(_ recovered: Recovered) {
    stream = recovered.stream
    floor = recovered.floor
    next = recovered.next
    durable = recovered.next - 1
    sent = recovered.floor - 1
    settlements = recovered.settlements
  }

  package mutating func append(
    _ record: Record, _ lane: Lane, _ changes: [RecoveryChange]
  ) -> JournalEntry {
    let entry = JournalEntry(seq: next, record: record, lane: lane, changes: changes)
    next += 1
    pending.append(entry)
    if record.kind == .exchange(.ended) {
      settlements.append(Settlement(seq: entry.seq, record: record))
    }
    return entry
  }

  /// Whether a record can be handed to the store. Once too many wait for it, none is until half of
  /// them are durable, but the steps of an exchange, which are money, and of a command, which is
  /// done only once its intent is durable. Both are few.
  package func takes(_ kind: Record.Kind) -> Bool {
    switch kind {
    case .exchange(.intended), .exchange(.dispensing), .exchange(.ended), .command: true
    default: pending.count < (passedOver == nil ? Self.mostPending : Self.mostPending / 2)
    }
  }

  /// A record is given up: its number stays free.
  package mutating func passOver() {
    passedOver = (passedOver?.lowerBound ?? next)...next
    next += 1
  }

  /// The numbers that were given up, to be told of.
  package mutating func takePassedOver() -> ClosedRange<UInt64>? {
    defer { passedOver = nil }
    return passedOver
  }

  package mutating func journaled(through seq: UInt64) {
    guard seq > durable, seq < next else { return }
    durable = seq
    pending.removeAll { $0.seq <= seq }
  }

  /// The store began anew: what was not durable yet is written again, under new numbers. What
  /// was said of the old stream's numbers is not true of the new one.
  package mutating func restart(on stream: StreamID) -> [JournalEntry] {
    let kept = settlements.filter { settlement in
      !pending.contains { $0.seq == settlement.seq }
    }
    let lost =
      kept.map { JournalEntry(seq: $0.seq, record: $0.record, lane: .urgent) }
      + pending.filter { $0.record.kind != .stream(.gap) }
    settlements = []
    self.stream = stream
    floor = 1
    next = 1
    durable = 0
    sent = 0
    pending = []
    passedOver = nil
    batches.removeAll()
    resendAt = nil
    isRenewing = false
    return lost.map { append($0.record, $0.lane, $0.changes) }
  }

  /// The store is to begin a new stream with what the service has not acknowledged.
  package mutating func renew() { isRenewing = true }

  /// The same store goes on with a new stream, in which the rows that were left have the numbers
  /// from 1 on. What had not reached the store by then is written again, behind them.
  /// - Parameter last: the number of the last of those rows; 0 where none was left.
  package mutating func renewed(on stream: StreamID, through last: UInt64) -> [JournalEntry] {
    // The store numbers its rows from the floor on without a hole.
    let shift = durable >= last ? durable - last : 0
    let lost = pending.filter { $0.seq > durable && $0.record.kind != .stream(.gap) }
    settlements = settlements.filter { $0.seq > shift && $0.seq <= durable }
    for index in settlements.indices { settlements[index].seq -= shift }
    self.stream = stream
    floor = 1
    next = last + 1
    durable = last
    sent = 0
    pending = []
    passedOver = nil
    batches.removeAll()
    resendAt = nil
    isRenewing = false
    return lost.map { append($0.record, $0.lane, $0.changes) }
  }

  package mutating func uplinkOpened() {
    isUp = true
    sent = floor - 1
    resendAt = nil
    patience = Self.patience
  }

  package mutating func uplinkClosed() {
    isUp = false
    resendAt = nil
  }

  /// A batch has left; one of another stream is not this outbox's.
  package mutating func noteSent(_ batch: SentBatch) {
    if batch.stream == stream { batches.add(batch) }
  }

  /// What an acknowledgement comes to.
  package enum Answer: Equatable, Sendable {
    /// The service lacks nothing less than before.
    case nothing
    /// Rows up to and including this one may be deleted.
    case trim(through: UInt64)
    /// The acknowledgement speaks of another stream, or of batches that were not sent; nothing
    /// follows.
    case foreign
    /// The acknowledgement speaks of records of this stream that were never written: somebody
    /// else has used it. Rows up to and including this one may be deleted, where there are such.
    case beyond(trim: UInt64?)
    /// From a number on, this stream means other records to the service. Rows up to and including
    /// this one may be deleted, where there are such.
    case conflict(trim: UInt64?)
  }

  package mutating func acknowledged(_ ack: Acknowledgement, at now: Instant) -> Answer {
    guard ack.stream == stream else { return .foreign }
    if isRenewing { return .nothing }
    guard !ack.batches.isEmpty else {
      hearOfService(at: now)
      return .nothing
    }
    // A conflict over what was acknowledged before is an old message.
    let conflict = ack.conflict.flatMap { $0 >= floor ? $0 : nil }
    guard batches.include(anyOf: ack.batches) else {
      guard ack.upto < floor, conflict == nil else { return .foreign }
      // What is deleted was acknowledged by another message.
      hearOfService(at: now)
      return .nothing
    }
    let isOurs = conflict.map { batches.include($0, in: ack.batches) } ?? false
    let trim = stored(
      ack.batches, upto: conflict.map { min(ack.upto, $0 - 1) } ?? ack.upto, at: now)
    if isOurs { return .conflict(trim: trim) }
    guard ack.upto <= durable || conflict != nil else { return .beyond(trim: trim) }
    return trim.map { .trim(through: $0) } ?? .nothing
  }

  /// - Returns: the last row that may be deleted; nil where there is none.
  private mutating func stored(
    _ digests: [PayloadDigest], upto: UInt64, at now: Instant
  ) -> UInt64? {
    batches.acknowledge(digests, upto: upto)
    let reached = batches.reach(from: floor)
    guard reached > floor else {
      hearOfService(at: now)
      return nil
    }
    patience = Self.patience
    floor = reached
    batches.forget(below: floor)
    let last = floor - 1
    settlements.removeAll { $0.seq <= last }
    sent = max(sent, last)
    resendAt = sent >= floor ? now + patience : nil
    return last
  }

  /// The service is there, and lacks what was sent: do not wait out a long silence.
  private mutating func hearOfService(at now: Instant) {
    patience = Self.patience
    resendAt = resendAt.map { min($0, now + patience) }
  }

  /// What to send now, and whether the service may have missed it, and more, before.
  package mutating func takeSendable(
    at now: Instant
  ) -> (range: ClosedRange<UInt64>, isRepeated: Bool)? {
    guard isUp, !isRenewing else { return nil }
    let isRepeated = resendAt.map { $0 <= now } ?? false
    if isRepeated {
      sent = floor - 1
      patience = min(patience * 2, Self.longestPatience)
    }
    let last = min(durable, floor + Self.window - 1)
    guard last > sent else { return nil }
    defer { sent = last }
    if isRepeated || resendAt == nil { resendAt = now + patience }
    return (sent + 1...last, isRepeated)
  }

  /// How full the outbox is, taken note of: nine tenths are worth an alarm, which stands until a
  /// quarter is free again, so that it does not come and go with each batch.
  /// - Returns: whether it is filling; nil where that is as before.
  package mutating func noteFilling() -> Bool? {
    let waiting = next - floor
    let now =
      isFilling ? waiting * 4 > limits.mostRecords * 3 : waiting * 10 >= limits.mostRecords * 9
    guard now != isFilling else { return nil }
    isFilling = now
    return now
  }

  /// How much room there is for what may wait or be missing.
  package enum Room: Equatable, Sendable {
    case plenty
    /// Half of the outbox waits for the service.
    case scarce
    /// The outbox is filling: the room that is left is for doors.
    case none
  }

  package var room: Room {
    if isFilling || passedOver != nil { return .none }
    return (next - floor) * 2 >= limits.mostRecords ? .scarce : .plenty
  }

  /// Gives way where too much waits.
  /// - Returns: the numbers that will never be sent, and the records among them that must be: they
  ///   are to be written again.
  package mutating func fold() -> (range: ClosedRange<UInt64>, again: [Record])? {
    guard !isRenewing, next - floor > limits.mostRecords, durable >= floor + limits.foldedAtOnce
    else { return nil }
    let folded = floor...floor + limits.foldedAtOnce - 1
    floor = folded.upperBound + 1
    batches.forget(below: floor)
    sent = max(sent, folded.upperBound)
    let again = settlements.filter { folded.contains($0.seq) }.map(\.record)
    settlements.removeAll { folded.contains($0.seq) }
    return (folded, again)
  }

  package var deadline: Instant? { isUp && !isRenewing ? resendAt : nil }
}
