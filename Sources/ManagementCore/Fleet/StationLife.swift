// What the service knows of one station at this moment: whether it is there and how it stands.
import JSON
import StationProtocol
import Time

/// The live side of a station. It comes from `status`, `birth` and `state`; counts come from
/// committed records.
package struct StationLife: Equatable, Sendable {
  package var names: StationNames
  /// nil while it is in use.
  package var retirement: Retirement?
  /// By which its days are counted; nil where those of the service are.
  package internal(set) var zone: Zone?
  /// That of the service's state when this station last changed.
  package internal(set) var revision: Int64 = 0
  /// The wish of the service; nil where it never wanted anything.
  package internal(set) var wish: Wish?
  /// The station's answer to that; nil until it has given one.
  package internal(set) var reported: ReportedConfiguration?
  package private(set) var status: StatusPayload?
  /// Whether the status is of the service's present link. An older one may have been overtaken
  /// while nobody listened.
  package private(set) var isStatusCurrent = false
  /// When the state that the status tells of began, as far as that can be believed.
  package private(set) var since: WallTime?
  package private(set) var birth: BirthPayload?
  package private(set) var doors: [AccessPointID: DoorPayload] = [:]
  package private(set) var occupancy: OccupancyPayload?
  /// The state of its thermometers; nil until it has spoken of them.
  package private(set) var climate: SensorsPayload?
  /// The state of its energy meters.
  package private(set) var energy: SensorsPayload?
  /// The state of its exchange machine; nil until it has spoken of it, and where it has none.
  package private(set) var vending: VendingPayload?
  /// The typed codes that are set at the station; nil where it has told none.
  package private(set) var codes: CodesPayload?
  /// What the station itself reports.
  package private(set) var alarms: [ActiveAlarm] = []
  /// What the service has found about it.
  package var findings = StationFindings()
  package private(set) var lastHeard: WallTime?
  private var sessions = SessionWatch()
  /// By stream, the latest last: beside its own, a station sends what stores that were set aside
  /// still hold.
  private var compared: [Compared] = []
  /// The station has said that it is there, and its birth is yet to come. A copy of its card may
  /// come back under the very session that the original was in last.
  private var isBirthDue = false
  /// Whether the station believed its clock when it last said so; nil before that.
  package private(set) var isClockTrusted: Bool?
  /// The counts of today and of the days beside it: a station's clock may be ahead at midnight,
  /// and the service's own may be set back over it.
  private var days: [Int: VisitCounts] = [:]

  /// The records of the present session that were stored, or compared with what is. Nothing beyond
  /// them is acknowledged: a station on a copy of its store sends other records under numbers
  /// that are taken, and must not delete them before it has heard so.
  private struct Compared: Equatable, Sendable {
    var stream: StreamID
    var progress: StreamProgress
    /// The numbers below are below the station's floor of this moment. Not so of a birth that the
    /// broker has kept: the floor has risen since.
    var isExact: Bool
  }

  /// The most streams of one session.
  private static let mostCompared = 8

  /// A station's clock that says less has never been set.
  private static let earliestCredible = WallTime(seconds: 1_600_000_000)

  package init(names: StationNames) { self.names = names }

  /// The service lost its own link, and with it the knowledge of every station's.
  package mutating func linkLost() {
    isStatusCurrent = false
    // Meanwhile another card may speak, under the same session.
    compared = []
    isBirthDue = false
  }

  /// Takes a status, unless it tells of an older session: a will may arrive after the station
  /// has come back.
  /// - Returns: what its session means.
  package mutating func take(
    _ new: StatusPayload, isRetained: Bool, at now: Now
  ) -> SessionWatch.Finding {
    let isThere = status?.isOnline == true && isStatusCurrent
    let finding =
      new.isOnline
      ? sessions.hear(new.session, isLive: !isRetained, at: now.instant)
      : sessions.hearEnd(
        of: new.session, isLive: !isRetained, isThere: isThere, at: now.instant)
    guard finding.verdict == .present else {
      // Somebody's session has ended, and whose is the other one nobody can say.
      if finding.isShared, finding.verdict == .past { isStatusCurrent = false }
      return finding
    }
    if status?.isOnline != new.isOnline || status?.session != new.session {
      since = isRetained ? beginning(of: new, at: now) : now.wall
    }
    if new.isOnline, !isRetained { isBirthDue = true }
    status = new
    isStatusCurrent = true
    // A will is published by the broker: nothing was heard of the station itself.
    if new.reason != .lost { hear(isRetained, now) }
    return finding
  }

  /// The best guess for a status that was sent at some time before. The time in a will is that
  /// of its session's start, so that what was heard later moves it on.
  private func beginning(of status: StatusPayload, at now: Now) -> WallTime? {
    [status.at, status.isOnline ? nil : lastHeard].compactMap { $0 }
      .filter { $0 >= Self.earliestCredible && $0 <= now.wall }.max()
  }

  /// Takes a birth, unless it is of an older session.
  /// - Returns: what its session means.
  package mutating func take(
    _ birth: BirthPayload, isRetained: Bool, at now: Now
  ) -> SessionWatch.Finding {
    if let present = sessions.present, birth.session.isOlder(than: present) {
      return SessionWatch.Finding(.past)
    }
    let finding = sessions.hear(birth.session, isLive: !isRetained, at: now.instant)
    guard finding.verdict == .present else { return finding }
    compare(from: birth, isRetained)
    self.birth = birth
    isClockTrusted = birth.isClockTrusted
    doors = doors.filter { birth.accessPoints.contains($0.key) }
    hear(isRetained, now)
    return finding
  }

  /// Something that the station sent was stored.
  /// - Returns: whether a view shows a difference.
  package mutating func take(_ outcome: StoreOutcome, at now: Now) -> Bool {
    if let stream = outcome.stream, let numbers = outcome.numbers {
      noteCompared(numbers, of: stream)
      for gap in outcome.gaps { noteCompared(gap, of: stream) }
    }
    var isShown = false
    if let zone = outcome.zone, self.zone != zone {
      self.zone = zone
      isShown = true
    }
    if !outcome.visits.isEmpty { isShown = true }
    for visit in outcome.visits { add(visit.counts, day: visit.day, at: now) }
    guard let isClockTrusted = outcome.isClockTrusted else { return isShown }
    if self.isClockTrusted != isClockTrusted { isShown = true }
    self.isClockTrusted = isClockTrusted
    hear(false, now)
    return isShown
  }

  /// Records of a stream were stored, or compared with what is.
  private mutating func noteCompared(_ numbers: ClosedRange<UInt64>, of stream: StreamID) {
    if let index = compared.firstIndex(where: { $0.stream == stream && $0.isExact }) {
      return compared[index].progress.add(numbers)
    }
    var fresh = Compared(
      stream: stream, progress: StreamProgress(upto: numbers.lowerBound - 1), isExact: true)
    fresh.progress.add(numbers)
    compare(fresh)
  }

  /// Numbers below a floor are not asked for any more.
  private mutating func compare(from birth: BirthPayload, _ isRetained: Bool) {
    let stream = birth.session.stream
    if self.birth?.session != birth.session || (isBirthDue && !isRetained) { compared = [] }
    if !isRetained { isBirthDue = false }
    var known =
      compared.first { $0.stream == stream }
      ?? Compared(stream: stream, progress: StreamProgress(), isExact: !isRetained)
    if birth.floor > 1 { known.progress.add(1...birth.floor - 1) }
    compare(known)
  }

  private mutating func compare(_ new: Compared) {
    compared.removeAll { $0.stream == new.stream }
    compared.append(new)
    compared.removeFirst(max(0, compared.count - Self.mostCompared))
  }

  /// How far records of this stream may be acknowledged at most.
  package func comparedUpto(_ stream: StreamID) -> UInt64 {
    compared.first { $0.stream == stream }?.progress.upto ?? 0
  }

  package mutating func take(_ state: StateMessage, isRetained: Bool, at now: Now) {
    switch state {
    case .door(let point, let payload): doors[point] = payload
    case .occupancy(let payload): occupancy = payload
    case .climate(let payload): climate = payload
    case .energy(let payload): energy = payload
    case .vending(let payload): vending = payload
    case .codes(let payload): codes = payload
    case .alarms(let payload): alarms = payload.active
    }
    hear(isRetained, now)
  }

  /// Adds what committed records count.
  private mutating func add(_ more: VisitCounts, day: Int, at now: Now) {
    let today = localDay(now)
    if days.keys.contains(where: { abs($0 - today) > 1 }) {
      days = days.filter { abs($0.key - today) <= 1 }
    }
    if abs(day - today) <= 1 { days[day, default: VisitCounts()] += more }
  }

  package mutating func recover(_ counts: VisitCounts, at now: Now) {
    days = [localDay(now): counts]
  }

  /// The counts of the local day that it is now.
  package func today(_ now: Now) -> VisitCounts { days[localDay(now)] ?? VisitCounts() }

  /// The day that it is now at its place.
  package func localDay(_ now: Now) -> Int { (zone ?? now.rules).localDay(of: now.wall) }

  /// When that day ends.
  package func dayEnds(_ now: Now) -> WallTime {
    (zone ?? now.rules).beginning(ofDay: localDay(now) + 1)
  }

  /// A retained message says nothing about when the station spoke.
  private mutating func hear(_ isRetained: Bool, _ now: Now) {
    if !isRetained { lastHeard = now.wall }
  }
}

/// The state of one part, as it arrived.
package enum StateMessage: Equatable, Sendable {
  case door(AccessPointID, DoorPayload)
  case occupancy(OccupancyPayload)
  case climate(SensorsPayload)
  case energy(SensorsPayload)
  case vending(VendingPayload)
  case codes(CodesPayload)
  case alarms(AlarmsPayload)

  package init(_ part: StatePart, json: [UInt8]) throws(JSONError) {
    switch part {
    case .door(let point): self = .door(point, try DoorPayload(json: json))
    case .occupancy: self = .occupancy(try OccupancyPayload(json: json))
    case .climate: self = .climate(try SensorsPayload(json: json))
    case .energy: self = .energy(try SensorsPayload(json: json))
    case .vending: self = .vending(try VendingPayload(json: json))
    case .codes: self = .codes(try CodesPayload(json: json))
    case .alarms: self = .alarms(try AlarmsPayload(json: json))
    }
  }
}
