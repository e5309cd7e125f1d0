// The outcome of something that a station sent.
import StationProtocol
import Time

/// The outcome of an item.
package struct StoreOutcome: Equatable, Sendable {
  package var station: StationID
  /// nil for what belongs to no stream.
  package var stream: StreamID?
  /// The end of the prefix of the stream that is stored without a hole.
  package var upto: UInt64
  /// The numbers of the batch that it was; nil for what is none, and for kept ends.
  package var numbers: ClosedRange<UInt64>?
  /// The payload of the batch or of the kept ends that it was.
  package var digest: PayloadDigest?
  /// Numbers that will never come, by records of this batch.
  package var gaps: [ClosedRange<UInt64>] = []
  /// The last number of the kept ends that it was.
  package var kept: UInt64?
  /// The row of quarantine that was read again; nil for every other item.
  package var again: Int64?
  /// The first number of them that meant another record before.
  package var conflict: UInt64?
  /// Why something that the station says of its stream was passed over.
  package var disbelieved: [String] = []
  /// Events that are new, in the order of their ids.
  package var events: [StoredEvent]
  /// Why something went into quarantine, once for each.
  package var quarantined: [String]
  /// By which the station's days go from now on; nil where nothing was said of it.
  package var zone: Zone?
  /// The answer to a question; nil for everything else.
  package var answer: Answer?
  /// The member codes by which somebody came in or wanted something.
  package internal(set) var codes: [CodeDigest] = []
  /// The commands that have come further.
  package internal(set) var commands: [OrderedCommand] = []
  /// What a record of this item told the ledger and does not fit.
  package var discrepancies: [Discrepancy] = []
  /// The visits of the station's new records, each day once: one day nearly always.
  package private(set) var visits: [DayTally] = []
  /// The counts of the station's new records, each hour and count once.
  package private(set) var tallies: [HourTally] = []
  /// What the last of the station's new records says of its clock; nil where there is none.
  package private(set) var isClockTrusted: Bool?

  /// Whether the outcome tells of a stream, a zone, a clock or a count, as that of an answer does
  /// not.
  var saysSomething: Bool {
    stream != nil || zone != nil || isClockTrusted != nil || !visits.isEmpty
  }

  package struct Answer: Equatable, Sendable {
    package var reply: StationReply
    package var finding: LedgerAnswer.Finding?

    package init(to request: InboundRequest, _ answer: LedgerAnswer) {
      reply = request.reply(answer.reply)
      finding = answer.finding
    }
  }

  package init(
    station: StationID, stream: StreamID?, upto: UInt64 = 0, events: [StoredEvent] = [],
    quarantined: [String] = []
  ) {
    self.station = station
    self.stream = stream
    self.upto = upto
    self.events = events
    self.quarantined = quarantined
  }

  /// A record of the station was stored, as this event; nil for a measurement, which is none.
  mutating func add(_ record: Record, _ event: StoredEvent?) {
    if let event { events.append(event) }
    // A record that is read again was said long ago.
    if again == nil { isClockTrusted = record.isTrusted }
  }

  /// Counts a new record to its day and its hour.
  /// - Parameter zone: of the station's place.
  mutating func count(_ record: Record, received now: Now, in zone: Zone) {
    var counts = VisitCounts()
    let hour = VisitCounts.hour(of: record, received: now)
    HourCount.each(of: record) { count, amount in
      counts.add(count, amount)
      if let index = tallies.lastIndex(where: { $0.hour == hour && $0.count == count }) {
        tallies[index].amount += amount
      } else {
        tallies.append(HourTally(hour: hour, count: count, amount: amount))
      }
    }
    guard !counts.isZero else { return }
    let day = VisitCounts.day(of: record, received: now, in: zone)
    if let index = visits.lastIndex(where: { $0.day == day }) {
      visits[index].counts += counts
    } else {
      visits.append(DayTally(day: day, counts: counts))
    }
  }
}
