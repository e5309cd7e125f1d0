// How a door is meant to be used, and from that the mode that holds at a moment.
import StationProtocol

/// The behaviour of a door while the management service cannot be reached.
package enum UplinkPolicy: Equatable, Sendable {
  /// Codes decide as ever: they need no network.
  case codes
  /// After this time the door stands open, during opening hours only, with an alarm.
  case free(after: Duration)
}

/// All that the mode of a door depends on.
package struct ModeInputs: Equatable, Sendable {
  package var program: DoorSchedule
  /// The lock-down button is engaged.
  package var isLockedDown: Bool
  /// The service wants lock-down.
  package var isLockedDownByService: Bool
  /// The maintenance key is turned, at this door or for all of them.
  package var isInMaintenance: Bool
  /// The free hours hold; no where the time is not known.
  package var isFreeHour: Bool
  /// The station is open; no where the time is not known.
  package var isOpenHour: Bool
  /// Someone was let in since these free hours began.
  package var hasFirstPerson: Bool
  /// The uplink has been away for longer than policy bears with.
  package var isCutOff: Bool
  /// The service has opened the door to everyone, and its time is not over.
  package var isFreedByService: Bool

  package init(
    program: DoorSchedule = .codes, isLockedDown: Bool = false,
    isLockedDownByService: Bool = false, isInMaintenance: Bool = false,
    isFreeHour: Bool = false, isOpenHour: Bool = false, hasFirstPerson: Bool = false,
    isCutOff: Bool = false, isFreedByService: Bool = false
  ) {
    self.program = program
    self.isLockedDown = isLockedDown
    self.isLockedDownByService = isLockedDownByService
    self.isInMaintenance = isInMaintenance
    self.isFreeHour = isFreeHour
    self.isOpenHour = isOpenHour
    self.hasFirstPerson = hasFirstPerson
    self.isCutOff = isCutOff
    self.isFreedByService = isFreedByService
  }

  /// The mode, and what brings it about. What shuts the door comes before what opens it, and a
  /// hand at the station before the service, and both before what was configured.
  package var resolution: ModeResolution {
    if isLockedDown { return ModeResolution(.lockDown, .input) }
    if isLockedDownByService { return ModeResolution(.lockDown, .command) }
    if program == .lockDown { return ModeResolution(.lockDown, .configured) }
    if isInMaintenance { return ModeResolution(.maintenance, .input) }
    switch program {
    case .maintenance: return ModeResolution(.maintenance, .configured)
    case _ where isFreedByService: return ModeResolution(.freeAccess, .command)
    case .free: return ModeResolution(.freeAccess, .configured)
    case .schedule where isFreeHour: return ModeResolution(.freeAccess, .schedule)
    case .firstPerson where isFreeHour && hasFirstPerson:
      return ModeResolution(.freeAccess, .firstPerson)
    case .codes, .schedule, .firstPerson, .lockDown: break
    }
    if isCutOff, isOpenHour { return ModeResolution(.freeAccess, .uplink) }
    return ModeResolution(.codeOnly, program == .codes ? .configured : .schedule)
  }
}

package struct ModeResolution: Equatable, Sendable {
  package var mode: DoorMode
  package var cause: ModeCause

  package init(_ mode: DoorMode, _ cause: ModeCause) {
    self.mode = mode
    self.cause = cause
  }
}
