// The modes of the doors: who may come in at all at this time.
import StationProtocol
import Time

/// Finds the mode of each door, from two switches, the hours and the uplink.
struct Modes: Equatable, Sendable {
  /// While a mode goes by the hour, the clocks are looked at this often at least: local time may
  /// jump between two seasons, and someone may set the clock.
  private static let interval: Duration = .seconds(60)

  private var policy: EntryPolicy
  private var points: [Point]
  /// The lock-down button is engaged.
  var isLockedDown = false
  /// The service wants lock-down.
  var isLockedDownByService = false
  /// The maintenance key is turned.
  private(set) var isInMaintenance = false
  /// Something was heard of the key since the start; before that nobody has turned it.
  private var isKeyHeard = false
  /// When the modes are to be looked at again, whatever happens.
  private(set) var dueAt: Instant?
  /// How often the service has opened or shut a door to everyone.
  private var freedoms = 0
  /// For what the modes were last found; nil before the first time.
  private var resolvedFor: Switches?

  private struct Point: Equatable, Sendable {
    let id: AccessPointID
    /// Someone was let in since the free hours began.
    var hasFirstPerson = false
    /// Until when the service has opened the door to everyone; a restart ends that.
    var freeUntil: Instant?
  }

  /// The switches on which modes depend besides time, hours and the uplink.
  private struct Switches: Equatable, Sendable {
    var isLockedDown: Bool
    var isInMaintenance: Bool
    var isLockedDownByService: Bool
    /// `Modes.freedoms` as it was then.
    var freedoms: Int
  }

  init(_ points: [AccessPointID], _ policy: EntryPolicy) {
    self.points = points.map { Point(id: $0) }
    self.policy = policy
  }

  /// Other hours and programs hold from now on; every mode is looked at anew.
  mutating func adopt(_ policy: EntryPolicy) {
    guard policy != self.policy else { return }
    self.policy = policy
    resolvedFor = nil
    dueAt = nil
  }

  /// The service opens a door to everyone, or with nil does so no more.
  /// - Returns: whether that is another state than before.
  @discardableResult
  mutating func setFree(_ id: AccessPointID, until: Instant?) -> Bool {
    guard let index = points.firstIndex(where: { $0.id == id }),
      points[index].freeUntil != until
    else { return false }
    points[index].freeUntil = until
    freedoms += 1
    return true
  }

  /// A key that is found turned at a start was left there.
  /// - Returns: whether a hand has turned it on just now.
  mutating func turnKey(_ isOn: Bool) -> Bool {
    defer { (isInMaintenance, isKeyHeard) = (isOn, true) }
    return isOn && !isInMaintenance && isKeyHeard
  }

  /// Someone was let in.
  mutating func noteArrival(at id: AccessPointID, _ around: Surroundings, _ now: Now) {
    guard isFreeHour(around, now), let index = points.firstIndex(where: { $0.id == id }) else {
      return
    }
    points[index].hasFirstPerson = true
  }

  /// - Returns: one mode for each door, in their order; nil where none can have changed.
  mutating func resolve(_ around: Surroundings, _ now: Now) -> [ModeResolution]? {
    endFreedoms(at: now.instant)
    let switches = Switches(
      isLockedDown: isLockedDown, isInMaintenance: isInMaintenance,
      isLockedDownByService: isLockedDownByService, freedoms: freedoms)
    // Most stations know no other reasons than these, and come here with every event.
    guard policy.modesDependOnTime || switches != resolvedFor else { return nil }
    resolvedFor = switches
    if isLockedDown || isLockedDownByService { endFreedoms() }
    let isFreeHour = isFreeHour(around, now)
    if !isFreeHour { for index in points.indices { points[index].hasFirstPerson = false } }
    let isOpenHour = holds(policy.hours, around, now)
    let isCutOff = cutOffAt(around).map { $0 <= now.instant } ?? false
    dueAt = nextLook(around, now)
    return points.map { point in
      ModeInputs(
        program: policy.program(of: point.id), isLockedDown: isLockedDown,
        isLockedDownByService: isLockedDownByService, isInMaintenance: isInMaintenance,
        isFreeHour: isFreeHour, isOpenHour: isOpenHour,
        hasFirstPerson: point.hasFirstPerson, isCutOff: isCutOff,
        isFreedByService: point.freeUntil != nil
      ).resolution
    }
  }

  /// The end of a lock-down opens no door to everyone.
  private mutating func endFreedoms() {
    for index in points.indices { points[index].freeUntil = nil }
  }

  /// The time of what the service has opened to everyone may be over.
  private mutating func endFreedoms(at now: Instant) {
    guard let dueAt, dueAt <= now else { return }
    for index in points.indices {
      guard let until = points[index].freeUntil, until <= now else { continue }
      points[index].freeUntil = nil
      freedoms += 1
    }
  }

  /// Whether the free hours hold; no where the time is not known: a door that stands open by a
  /// wrong clock is open to anyone.
  private func isFreeHour(_ around: Surroundings, _ now: Now) -> Bool {
    holds(policy.freeHours, around, now)
  }

  private func holds(_ schedule: Schedule, _ around: Surroundings, _ now: Now) -> Bool {
    guard let time = around.clock.judgementTime(now) else { return false }
    return schedule.holds(at: LocalTime(time, utcOffsetSeconds: now.utcOffsetSeconds))
  }

  /// When the station has been cut off for too long; nil where that matters to no door.
  private func cutOffAt(_ around: Surroundings) -> Instant? {
    guard around.uplink == nil, case .free(let patience) = policy.uplink else { return nil }
    return around.uplinkLostAt.map { $0 + patience }
  }

  /// When a mode may next change by itself.
  private func nextLook(_ around: Surroundings, _ now: Now) -> Instant? {
    let cutOff = cutOffAt(around).flatMap { $0 > now.instant ? $0 : nil }
    return ([cutOff, nextHours(around, now)] + points.map(\.freeUntil)).compactMap { $0 }.min()
  }

  /// When the hours that some door's mode goes by may next change.
  private func nextHours(_ around: Surroundings, _ now: Now) -> Instant? {
    let usesFreeHours = points.contains {
      [.schedule, .firstPerson].contains(policy.program(of: $0.id))
    }
    let schedules =
      (usesFreeHours ? [policy.freeHours] : []) + (policy.uplink == .codes ? [] : [policy.hours])
    guard schedules.contains(where: { !$0.isConstant }) else { return nil }
    guard let time = around.clock.judgementTime(now) else { return now.instant + Self.interval }
    let local = LocalTime(time, utcOffsetSeconds: now.utcOffsetSeconds)
    let intoMinute = Duration.milliseconds((time.milliseconds % 60_000 + 60_000) % 60_000)
    let changes = schedules.compactMap { $0.minutesToChange(after: local) }
      .map { Duration.seconds($0 * 60) - intoMinute }
    return now.instant + min(Self.interval, changes.min() ?? Self.interval)
  }
}
