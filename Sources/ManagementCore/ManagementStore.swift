// What the management service keeps, whichever engine keeps it.
import JSON
import StationProtocol
import Time

/// The durable side of the service. What a person changes is written down with the name of the
/// actor in the same transaction. Each method is one transaction: it happens whole or not at
/// all. Engines: `MemoryStore` here, SQLite in the shell; one contract suite runs on every one.
package protocol ManagementStore: LedgerStore {
  /// Stores what stations sent, in order. An item that is there already changes nothing.
  /// - Returns: an outcome for each item, in order.
  func store(_ items: [InboundItem], at now: Now) throws(StoreFailure) -> [StoreOutcome]

  /// Stored events with ids above `id`, oldest first.
  func events(after id: Int64, limit: Int) throws(StoreFailure) -> [StoredEvent]
  /// Stored events, newest first, with ids below `before` where it is given.
  func events(matching filter: EventFilter, limit: Int) throws(StoreFailure) -> [StoredEvent]
  /// The id of the newest event; 0 where there is none.
  func lastEventID() throws(StoreFailure) -> Int64

  /// What is known of every station that ever spoke or was named, sorted by id.
  func stations() throws(StoreFailure) -> [StationRegistration]
  /// Names a station, known or not.
  func name(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) throws(StoreFailure)
  /// Takes a station out of use, or back into it; nothing of what was stored of it changes.
  /// - Returns: false where no such station is known.
  func retire(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool
  /// What a station's sensors measured in these hours since 1970-01-01 UTC, sorted; of nothing
  /// but what was stored.
  func measured(
    of station: StationID, hours: Range<Int64>
  ) throws(StoreFailure) -> [MeasuredHour]
  /// The zone in which a station's days are counted from now on, whatever it says of itself.
  /// - Parameter zone: nil takes what the station says.
  func setZone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) throws(StoreFailure)
  /// The counts of a day, by station; each counts its own days.
  func counts(onDay day: Int) throws(StoreFailure) -> [StationID: DayCounts]

  /// - Returns: false where the member is enrolled already.
  func enrol(_ member: Member, by actor: String) throws(StoreFailure) -> Bool
  func member(_ id: MemberID) throws(StoreFailure) -> Member?
  /// Members with ids above `id`, sorted.
  func members(after id: MemberID?, limit: Int) throws(StoreFailure) -> [Member]
  /// - Returns: false where there is no such member.
  func setStatus(
    _ status: Member.Status, of id: MemberID, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool

  /// Writes down what was done elsewhere, such as a code that was issued.
  func note(_ entry: AuditEntry) throws(StoreFailure)
  /// Who did what, newest first, with ids below `before` where it is given.
  /// - Parameter member: of this member alone; of everything where it is nil.
  func audit(
    of member: MemberID?, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [AuditEntry]

  /// What could not be read, newest first, with ids below `before` where it is given.
  func quarantine(before: Int64?, limit: Int) throws(StoreFailure) -> [Quarantined]
  /// The same, oldest first, with ids above `after`.
  func quarantine(after id: Int64, limit: Int) throws(StoreFailure) -> [Quarantined]
}

extension ManagementStore {
  /// The counts of the day that it is now at each station's place.
  package func countsOfToday(at now: Now) throws(StoreFailure) -> [StationID: DayCounts] {
    var counts: [StationID: DayCounts] = [:]
    var days: [Int: [StationID: DayCounts]] = [:]
    for station in try stations() {
      let day = (station.zone ?? now.rules).localDay(of: now.wall)
      if days[day] == nil { days[day] = try self.counts(onDay: day) }
      counts[station.id] = days[day]?[station.id]
    }
    return counts
  }
}
