// What a station does about the modes of its doors: who may come in at all at this time.
import Time

extension Station {
  /// While a mode goes by the hour, the clocks are looked at this often at least: local time may
  /// jump between two seasons, and someone may set the clock.
  static let modeInterval: Duration = .seconds(60)

  /// Finds the mode of each door, tells the door, and writes down what has changed.
  mutating func resolveModes(_ step: inout Step) {
    let switches = ModeSwitches(isLockedDown: isLockedDown, isInMaintenance: isInMaintenance)
    // Most stations know no other reasons than these two, and come here with every event.
    guard configuration.entry.modesDependOnTime || switches != resolvedFor else { return }
    resolvedFor = switches
    let isFreeHour = isFreeHour(step.now)
    let isOpenHour = holds(configuration.entry.hours, step.now)
    let isCutOff = cutOffAt.map { $0 <= step.now.instant } ?? false
    for index in points.indices {
      if !isFreeHour { points[index].hasFirstPerson = false }
      let id = points[index].id
      let resolution = ModeInputs(
        program: configuration.entry.program(of: id), isLockedDown: isLockedDown,
        isInMaintenance: isInMaintenance, isFreeHour: isFreeHour, isOpenHour: isOpenHour,
        hasFirstPerson: points[index].hasFirstPerson, isCutOff: isCutOff
      ).resolution
      let before = points[index].resolution.mode
      points[index].resolution = resolution
      guard resolution.mode != before else { continue }
      atDoor(id, &step) { $0.stayFree(resolution.mode == .freeAccess, at: $1) }
      step.journal(.door(.modeChanged(id, resolution.mode, cause: resolution.cause)), .urgent)
      step.changedParts.insert(.door(id))
    }
    step.set(
      .lockDown, nil, stands: points.contains { $0.resolution.mode == .lockDown })
    step.set(
      .freeWithoutUplink, nil,
      stands: points.contains {
        $0.resolution.mode == .freeAccess && $0.resolution.cause == .uplink
      })
    modesDueAt = nextLook(step.now)
  }

  /// What modes depend on besides time, hours and the uplink.
  struct ModeSwitches: Equatable, Sendable {
    var isLockedDown: Bool
    var isInMaintenance: Bool
  }

  /// Somebody who looks after the station has come, or goes. A key that is found turned at a start
  /// was left there: only a hand that turns it says that the clock is right.
  mutating func turnKey(_ isOn: Bool, _ step: inout Step) {
    let isTurnedNow = isOn && !isInMaintenance && isKeyHeard
    isInMaintenance = isOn
    isKeyHeard = true
    guard isOn else { return takeCardBack(&step) }
    endDuress(&step)
    if isTurnedNow, clock.accept(step.now) {
      step.effects.append(.remember(clock.changes(at: step.now)))
    }
  }

  /// Whether the free hours hold; no where the time is not known: a door that stands open by a
  /// wrong clock is open to anyone.
  func isFreeHour(_ now: Now) -> Bool { holds(configuration.entry.freeHours, now) }

  private func holds(_ schedule: Schedule, _ now: Now) -> Bool {
    guard let time = clock.judgementTime(now) else { return false }
    return schedule.holds(at: LocalTime(time, utcOffsetSeconds: now.utcOffsetSeconds))
  }

  /// When the station has been cut off for too long; nil where that matters to no door.
  private var cutOffAt: Instant? {
    guard uplink == nil, case .free(let patience) = configuration.entry.uplink else { return nil }
    return uplinkLostAt.map { $0 + patience }
  }

  /// When a mode may next change by itself.
  private func nextLook(_ now: Now) -> Instant? {
    let cutOff = cutOffAt.flatMap { $0 > now.instant ? $0 : nil }
    return [cutOff, nextHours(now)].compactMap { $0 }.min()
  }

  /// When the hours that some door's mode goes by may next change.
  private func nextHours(_ now: Now) -> Instant? {
    let policy = configuration.entry
    let usesFreeHours = points.contains {
      [.schedule, .firstPerson].contains(policy.program(of: $0.id))
    }
    let schedules =
      (usesFreeHours ? [policy.freeHours] : []) + (policy.uplink == .codes ? [] : [policy.hours])
    guard schedules.contains(where: { !$0.isConstant }) else { return nil }
    guard let time = clock.judgementTime(now) else { return now.instant + Self.modeInterval }
    let local = LocalTime(time, utcOffsetSeconds: now.utcOffsetSeconds)
    let intoMinute = Duration.milliseconds((time.milliseconds % 60_000 + 60_000) % 60_000)
    let changes = schedules.compactMap { $0.minutesToChange(after: local) }
      .map { Duration.seconds($0 * 60) - intoMinute }
    return now.instant + min(Self.modeInterval, changes.min() ?? Self.modeInterval)
  }
}
