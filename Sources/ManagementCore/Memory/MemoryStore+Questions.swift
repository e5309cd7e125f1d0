// The store in memory: what is asked of stations, members and events.
import StationProtocol
import Time

extension MemoryStore {
  package func events(after id: Int64, limit: Int) -> [StoredEvent] {
    // Ids are consecutive from 1, so an id is also a place in the array.
    Array(stored.dropFirst(Int(max(0, id))).prefix(limit))
  }

  package func events(matching filter: EventFilter, limit: Int) -> [StoredEvent] {
    Array(
      stored.reversed().lazy.filter { event in
        (filter.before.map { event.id < $0 } ?? true)
          && (filter.station.map { $0 == event.station } ?? true)
          && (filter.kind.map { $0 == event.kind } ?? true)
      }.prefix(limit))
  }

  package func events(of member: MemberID, before: Int64?, limit: Int) -> [StoredEvent] {
    (eventsOfMembers[member] ?? []).reversed().lazy.filter { id in before.map { id < $0 } ?? true }
      .prefix(limit).map { stored[Int($0) - 1] }
  }

  package func lastEventID() -> Int64 { stored.last?.id ?? 0 }

  package func stations() -> [StationRegistration] {
    registrations.map {
      StationRegistration(
        id: $0.key, names: $0.value, retirement: retirements[$0.key],
        zone: book.zone(of: $0.key))
    }
    .sorted { $0.id < $1.id }
  }

  package func retire(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) -> Bool {
    guard registrations[station] != nil else { return false }
    retirements[station] =
      isRetired ? Retirement(actor: actor, at: now.wall, reason: reason) : nil
    book.note(.retirement(station, isRetired, reason: reason, by: actor, at: now))
    return true
  }

  package func name(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) {
    registrations[station] = names
    book.note(.naming(station, names, by: actor, at: now))
  }

  package func setZone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) {
    if registrations[station] == nil { registrations[station] = StationNames(station) }
    book.setZones[station] = zone
    book.note(.zone(zone, of: station, by: actor, at: now))
  }

  package func measured(of station: StationID, hours range: Range<Int64>) -> [MeasuredHour] {
    (hours[station] ?? [:]).values.filter { range.contains($0.place.hour) }
      .sorted { $0.place < $1.place }
  }

  package func tallies(of station: StationID, hours range: Range<Int64>) -> [HourTally] {
    (tallies[station] ?? [:]).filter { range.contains($0.key) }.flatMap { hour, amounts in
      amounts.map { HourTally(hour: hour, count: $0, amount: $1) }
    }.sorted { ($0.hour, $0.count.rawValue) < ($1.hour, $1.count.rawValue) }
  }

  package func counts(onDay day: Int) -> [StationID: VisitCounts] {
    var counts: [StationID: VisitCounts] = [:]
    for (key, value) in days where key.day == day { counts[key.station] = value }
    return counts
  }

  package func enrol(_ member: Member, by actor: String) -> Bool {
    guard book.members[member.id] == nil else { return false }
    book.members[member.id] = member
    book.note(.enrolment(member, by: actor))
    return true
  }

  package func member(_ id: MemberID) -> Member? { book.members[id] }

  package func members(
    matching search: MemberSearch?, after id: MemberID?, limit: Int
  ) -> [Member] {
    let later = book.members.values.filter { member in
      (id.map { member.id > $0 } ?? true) && (search?.matches(member) ?? true)
    }
    return Array(later.sorted { $0.id < $1.id }.prefix(limit))
  }

  package func setStatus(
    _ status: Member.Status, of id: MemberID, reason: String?, by actor: String, at now: Now
  ) -> Bool {
    guard book.members[id] != nil else { return false }
    book.members[id]?.status = status
    book.note(.status(status, of: id, reason: reason, by: actor, at: now))
    return true
  }

  package func note(_ entry: AuditEntry) { book.note(entry) }

  package func audit(of member: MemberID?, before: Int64?, limit: Int) -> [AuditEntry] {
    Array(
      book.audit.reversed().lazy.filter { entry in
        (before.map { entry.id < $0 } ?? true) && (member == nil || entry.member == member)
      }.prefix(limit))
  }

  package func quarantine(after id: Int64, limit: Int) -> [Quarantined] {
    Array(unreadable.lazy.filter { $0.id > id }.prefix(limit))
  }

  package func quarantine(before: Int64?, limit: Int) -> [Quarantined] {
    Array(
      unreadable.reversed().lazy.filter { one in before.map { one.id < $0 } ?? true }
        .prefix(limit))
  }
}
