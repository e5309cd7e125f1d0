// How far a command has come, and why one is not carried out.

/// How far a station has come with a command.
package enum CommandState: String, CaseIterable, Sendable {
  /// The station has it, and writes down that it is about to carry it out.
  case received
  /// The station is carrying it out, and will say how it ended.
  case running
  /// Carried out.
  case done
  /// Begun, or about to be, and not carried out.
  case failed
  /// Never begun: the station does not take it.
  case rejected
  /// Never begun: its time had run out, or it was made for an earlier life of the station.
  case expired
  /// Begun, and the daemon ended before it was written down how it went. Never done again.
  case unknown

  /// Whether nothing follows any more.
  package var isFinal: Bool {
    switch self {
    case .received, .running: false
    case .done, .failed, .rejected, .expired, .unknown: true
    }
  }
}

/// Why a command is not carried out.
package enum OrderFault: String, CaseIterable, Sendable {
  /// The station has no such access point, relay, slot or machine.
  case noSuchPart = "no-such-part"
  /// Longer, or more, than this station's configuration lets a command do.
  case outOfBounds = "out-of-bounds"
  /// The lock is made for pulses, and cannot stay released.
  case pulseLock = "pulse-lock"
  /// Lock-down holds: end it first.
  case lockedDown = "locked-down"
  /// The other door of the lobby stands open, or may come to.
  case interlocked
  /// The wires of the part cannot be read, so nothing that is told to it can be believed.
  case linesLost = "lines-lost"
  /// The cause of the alarm still holds.
  case conditionStands = "condition-stands"
  /// Only a hand at the station ends this.
  case handOnly = "hand-only"
  /// No such alarm stands, or the part is as it should be already.
  case nothingToDo = "nothing-to-do"
  /// The access point keeps as many codes as it can: remove one first.
  case poolFull = "pool-full"
  /// The part is being used or maintained, or too many commands are under way.
  case busy
  /// The store was lost or began anew before it could be written down.
  case storeLost = "store-lost"
  /// The file on the board could not be written.
  case notWritten = "not-written"
  /// No answer came in time; found by the service.
  case noAnswer = "no-answer"
}

/// A part of a station that a self-test looks at.
package enum TestedPart: String, CaseIterable, Sendable {
  /// The wires of an access point, or of the station.
  case lines
  case contact
  /// The lock, as far as its feedback tells.
  case lock
  case reader
  case counter
  case beams
  /// The clock is vouched for.
  case clock
  /// Records outlive the daemon.
  case store
  /// A key of an issuer can be used.
  case issuers
  case sensors
  case meters
  case machine
  /// Whether an article falls can be seen.
  case dropSensor = "drop-sensor"
  case mains
  case fireLine = "fire-line"
}

extension CommandState: MemberWord {}
extension OrderFault: MemberWord {}
extension TestedPart: MemberWord {}
