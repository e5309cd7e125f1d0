// What a station writes down: one thing that happened, at one moment, kept until it is acknowledged.
import Time

/// A record of a station's journal. Its place in the stream is not part of it: the first
/// sequence number stands in the batch or in the store's key.
package struct Record: Equatable, Sendable {
  package var at: WallTime
  /// Whether the wall clock could be believed when this was written.
  package var isTrusted: Bool
  package var body: Body

  package init(at: WallTime, isTrusted: Bool, body: Body) {
    self.at = at
    self.isTrusted = isTrusted
    self.body = body
  }

  /// More refusals than any reader can bring about in a minute. A larger count is no record: sums
  /// of such counts must never overflow, whatever a station says.
  package static let mostRefusals: Int64 = 1_000_000
  /// The serial numbers by which a motor is told to turn. 0 is for questions that turn none.
  package static let serials: ClosedRange<Int64> = 1...255

  package enum Body: Equatable, Sendable {
    /// The daemon came up: its boot number in this stream, how it had ended, its version.
    case started(boot: Int64, after: Ending, version: String)
    /// The note says what a manager should know of it beyond the grant.
    case entryGranted(AccessPointID, member: MemberID, Credential, note: GrantNote? = nil)
    /// The fault is there exactly where the reason is `malformed`.
    case entryRefused(
      AccessPointID, reason: Denial, fault: CodeFault? = nil, member: MemberID?, Credential)
    /// Refusals above the rate that is recorded one by one; at most `mostRefusals`.
    case refusalsCounted(AccessPointID, count: Int64)
    /// Messages of the broker that were refused on one ground since the last such record; 1 to
    /// `mostRefusals`.
    case messagesRefused(MessageRefusal, count: Int64)
    case doorOpened(AccessPointID, cause: OpenCause)
    case doorClosed(AccessPointID)
    case doorLocked(AccessPointID, cause: LockCause)
    case exitRequested(AccessPointID)
    /// What stands at the door's reader now holds for everyone, and why it changed.
    case modeChanged(AccessPointID, DoorMode, cause: ModeCause)
    /// Someone went through the beams; `inside` is the count afterwards. A tailgate is a passage
    /// in that perhaps nobody let in.
    case passage(AccessPointID, Passage, inside: Int64, isTailgate: Bool = false)
    /// Passages that were not counted, because no door had been open; at most `mostRefusals`.
    case passagesRefused(AccessPointID, count: Int64)
    /// An entry of the ledger of corrections; `inside` is the count afterwards.
    case occupancyCorrected(by: Int64, cause: CorrectionCause, inside: Int64)
    case occupancyDay(OccupancyDay)
    case relaySwitched(Relay, isOn: Bool, cause: RelayCause)
    /// What the sensors said up to this moment.
    case measured(Measurement)
    /// A member showed a code for an article: this is intended, and nothing has moved yet.
    case exchangeIntended(Exchange, code: CodeDigest)
    /// The price is set aside. The motor is told by this serial number once this is durable.
    case exchangeDispensing(ExchangeID, serial: Int64)
    /// It is over; the service posts or voids what it set aside.
    case exchangeEnded(Exchange, ExchangeOutcome)
    /// Something was shown at the machine and no exchange began; the slot is there where one was
    /// chosen, the fault exactly where the reason is `malformed`.
    case exchangeRefused(
      SlotID?, reason: ExchangeRefusal, fault: CodeFault? = nil, member: MemberID?, code: CodeDigest
    )
    /// Such refusals above the rate that is recorded one by one; at most `mostRefusals`.
    case exchangeRefusalsCounted(Int64)
    /// Somebody counted what is in a slot, or filled it; this is the stock from now on.
    case slotCounted(SlotID, stock: Int64, bestBefore: Int?)
    case slotQuarantined(SlotID, QuarantineCause)
    /// Somebody has looked at it.
    case slotReleased(SlotID)
    case alarmRaised(Alarm, AccessPointID?)
    case alarmCleared(Alarm, AccessPointID?)
    /// The wall clock moved against the monotonic one, by this many milliseconds.
    case clockStepped(milliseconds: Int64)
    /// Records that will never come: sequence numbers `from` to `to` of this stream.
    case gap(from: UInt64, to: UInt64, reason: GapReason)
    /// A row of the store that could no longer be read; it keeps its sequence number.
    case unreadable
  }
}

/// How the previous life of the daemon ended.
package enum Ending: String, CaseIterable, Sendable {
  case newStore = "new-store"
  case clean
  case unclean
}

/// What was shown at a reader. A PIN leaves no trace that it could be guessed from.
package enum Credential: Hashable, Sendable {
  /// A member code, by the digest of what was signed, or of what was read where nothing was.
  case code(CodeDigest)
  /// A card, by the digest of its format and number.
  case card(CodeDigest)
  case pin

  /// How records call it.
  package enum Kind: String, CaseIterable, Sendable {
    case code
    case card
    case pin
  }

  package var kind: Kind {
    switch self {
    case .code: .code
    case .card: .card
    case .pin: .pin
    }
  }

  package var digest: CodeDigest? {
    switch self {
    case .code(let digest), .card(let digest): digest
    case .pin: nil
    }
  }

  /// - Returns: nil where a digest is missing, or where a PIN has one.
  package init?(_ kind: Kind, _ digest: CodeDigest?) {
    switch (kind, digest) {
    case (.code, let digest?): self = .code(digest)
    case (.card, let digest?): self = .card(digest)
    case (.pin, nil): self = .pin
    default: return nil
    }
  }
}

/// What a manager should know of a grant; of several the first.
package enum GrantNote: String, CaseIterable, Sendable {
  /// The member showed that he was being forced. Nothing at the door tells.
  case duress
  /// A maintainer came in although others would have been refused.
  case override
  /// By the station's count this member was inside already.
  case passedBack = "passed-back"
  /// More are inside than should be.
  case overCapacity = "over-capacity"
}

/// Why an entry is refused: one closed list, shown to the worker and to the manager.
/// The grounds are examined in this order.
package enum Denial: String, CaseIterable, Sendable {
  case malformed
  case unsupportedAlgorithm = "unsupported-algorithm"
  case unknownKey = "unknown-key"
  case badSignature = "bad-signature"
  /// A card that nobody here has.
  case unknownCard = "unknown-card"
  /// A member number and a PIN that do not belong together.
  case wrongPIN = "wrong-pin"
  /// Too many wrong cards or PINs in a row; codes are never paused.
  case paused
  /// The station does not know the time well enough to judge a code.
  case clockUntrusted = "clock-untrusted"
  /// The key is one that this station knows, and its issuer's time is over.
  case issuerEnded = "issuer-ended"
  case notYetValid = "not-yet-valid"
  case expired
  case tooLongLived = "too-long-lived"
  case noSubject = "no-subject"
  /// Made for another place.
  case wrongAudience = "wrong-audience"
  /// Signed by an issuer that may not sign for this member, or not for this trait.
  case beyondIssuer = "beyond-issuer"
  /// The member's codes are not believed any more.
  case revoked
  /// This code has opened a door before.
  case replayed
  /// The membership rests.
  case suspended
  /// Outside the opening hours.
  case closed
  /// At this time the room is for those who have reserved it.
  case notReserved = "not-reserved"
  /// By the station's count this member is inside already.
  case passedBack = "passed-back"
  /// The other door of a pair is not shut.
  case interlocked
  /// As many are inside as may be.
  case full
  /// Nobody is let in.
  case lockedDown = "locked-down"
  /// Only maintainers are let in.
  case maintenance

  package init(_ refusal: CodeRefusal) {
    self =
      switch refusal {
      case .malformed: .malformed
      case .unsupportedAlgorithm: .unsupportedAlgorithm
      case .unknownKey: .unknownKey
      case .badSignature: .badSignature
      case .issuerEnded: .issuerEnded
      case .notYetValid: .notYetValid
      case .expired: .expired
      case .tooLongLived: .tooLongLived
      case .noSubject: .noSubject
      case .wrongAudience: .wrongAudience
      case .beyondIssuer: .beyondIssuer
      }
  }
}

/// Why a station refuses a message that the broker brought.
package enum MessageRefusal: String, CaseIterable, Sendable {
  /// On a topic that is not one of this station's.
  case unknownTopic = "unknown-topic"
  /// Kept by the broker from an earlier time: nothing that a station obeys may be.
  case retained
  /// Too large, not JSON, or not what its topic asks for.
  case unreadable
  /// An acknowledgement of another stream, or of records that were never written.
  case foreignAcknowledgement = "foreign-acknowledgement"
}

/// On whose behalf a door leaf opened.
package enum OpenCause: String, CaseIterable, Sendable {
  case granted
  case exit
  case forced
  /// It stood open when the station began to look.
  case found
  /// The fire signal had released it.
  case fire
  /// It was open to everyone.
  case free
}

/// Why the strike was secured again.
package enum LockCause: String, CaseIterable, Sendable {
  case closed
  case timeout
  /// Free access is over, or the fire signal was reset.
  case ended
}

/// Who a door opens to at this moment.
package enum DoorMode: String, CaseIterable, Sendable {
  /// Whoever shows a good code, card or PIN.
  case codeOnly = "code-only"
  case freeAccess = "free-access"
  /// Nobody but a maintainer comes in. Leaving is never hindered.
  case lockDown = "lock-down"
  /// Work is being done: only maintainers come in.
  case maintenance
}

/// What changed a door's mode.
package enum ModeCause: String, CaseIterable, Sendable {
  /// So it is configured; said at the start where it is not `code-only`.
  case configured
  case schedule
  /// The first person of the day came.
  case firstPerson = "first-person"
  /// A button or a key switch at the station.
  case input
  /// The link to the service was lost for long, or is back.
  case uplink
}

/// What the beam pair saw.
package enum Passage: String, CaseIterable, Sendable {
  case inward = "in"
  case outward = "out"
  case turnBack = "turn-back"
  /// Something passed, but which way cannot be told.
  case ambiguous
}

/// What needs attention at a station.
package enum Alarm: String, CaseIterable, Sendable, Comparable {
  case heldOpen = "held-open"
  /// The door stands open and will soon be an alarm; whoever stands there is told.
  case heldOpenWarning = "held-open-warning"
  case forcedOpen = "forced-open"
  case tamper
  /// The fire signal came; stands until it is reset by hand at the station.
  case fire
  /// The wires of the fire signal are interrupted.
  case fireLineOpen = "fire-line-open"
  /// The wires of the fire signal touch.
  case fireLineShort = "fire-line-short"
  /// The lock does not do what it is told, or moves untold.
  case strikeFault = "strike-fault"
  /// The door was granted many times and its contact never moved.
  case contactFault = "contact-fault"
  /// The lines of an access point cannot be read.
  case linesLost = "lines-lost"
  /// An input changes faster than a contact can.
  case inputChatter = "input-chatter"
  case readerLost = "reader-lost"
  case wrongTries = "wrong-tries"
  /// Someone opened a door while being forced to.
  case duress
  case emergency
  case lockDown = "lock-down"
  case freeWithoutUplink = "free-without-uplink"
  /// The first of two shares of the capacity is reached.
  case capacityFirst = "capacity-first"
  case capacitySecond = "capacity-second"
  case capacityFull = "capacity-full"
  /// A beam has been broken for too long to be a person.
  case beamBlocked = "beam-blocked"
  /// Both beams are dark: no light, no power, or covered.
  case beamDark = "beam-dark"
  case counterLost = "counter-lost"
  /// A thermometer says nothing usable.
  case sensorLost = "sensor-lost"
  /// An energy meter says nothing usable.
  case meterLost = "meter-lost"
  /// Colder than it should be for long: pipes freeze, and people came to get warm.
  case tooCold = "too-cold"
  case tooHot = "too-hot"
  /// The exchange machine does not answer.
  case machineLost = "machine-lost"
  /// The exchange machine's own door stands open.
  case machineOpen = "machine-open"
  /// Whether an article falls cannot be seen: nothing is sold.
  case dropSensorFaulty = "drop-sensor-faulty"
  /// A slot is in quarantine: somebody has to look at it and count.
  case slotFaulty = "slot-faulty"
  /// A slot is empty, or what is in it is out of date.
  case slotEmpty = "slot-empty"
  /// Nobody vouches for the clock, so codes cannot be judged.
  case clockUntrusted = "clock-untrusted"
  /// The journal has filled to nine tenths of what it may hold.
  case journalFilling = "journal-filling"
  /// The store was damaged or cannot be written; a new stream began.
  case storeLost = "store-lost"
  /// The service acknowledged what this station never wrote; a new stream began.
  case acknowledgementForeign = "acknowledgement-foreign"
  /// The service knows other records under this store's numbers: it was restored from a copy.
  case storeCopied = "store-copied"
  /// The store was written by a later version; it is kept, and another one is used meanwhile.
  case storeNewer = "store-newer"
  /// A trusted clock said an earlier time than it had said before.
  case clockSetBack = "clock-set-back"
  /// Many wrong cards or PINs within a day, however slowly they came.
  case guessing
  /// No usable issuer key: no member code can be verified.
  case issuerKeysLost = "issuer-keys-lost"
  /// A list of members or of revocations could not be read, whole or in part.
  case listFaulty = "list-faulty"
  /// The station says of its records or sessions what cannot be; found by the service.
  case claimsImplausible = "claims-implausible"
  /// One member code was accepted at two places; found by the service.
  case codeShared = "code-shared"
  /// An exchange ended without a hold whose code the service verified; found by the service.
  case exchangeUnproven = "exchange-unproven"
  /// The station asked for more points, holds or new members than one may in an hour; found by
  /// the service.
  case stationOverLimit = "station-over-limit"
  /// The station sends more than its share; found by the service.
  case sendsTooMuch = "sends-too-much"
  /// Two machines speak under one station's name.
  case nameShared = "name-shared"

  package static func < (one: Alarm, other: Alarm) -> Bool { one.rawValue < other.rawValue }

  /// How soon someone has to do something, the most urgent first.
  package enum Severity: String, CaseIterable, Sendable {
    /// Somebody may be in danger.
    case life
    /// Somebody may be inside, or on the way in, who should not be.
    case security
    /// Something does not work as it should; a technician looks after it.
    case fault
    /// Worth knowing; it passes by itself.
    case notice
  }

  package var severity: Severity {
    switch self {
    case .fire, .emergency, .duress: .life
    case .forcedOpen, .heldOpen, .tamper, .wrongTries, .lockDown, .freeWithoutUplink,
      .acknowledgementForeign, .clockSetBack, .guessing, .claimsImplausible, .codeShared,
      .exchangeUnproven, .stationOverLimit, .nameShared:
      .security
    case .fireLineOpen, .fireLineShort, .strikeFault, .contactFault, .linesLost, .inputChatter,
      .readerLost, .beamBlocked, .beamDark, .counterLost, .sensorLost, .meterLost, .tooCold,
      .tooHot, .machineLost, .machineOpen, .dropSensorFaulty, .slotFaulty, .clockUntrusted,
      .journalFilling, .storeLost, .storeCopied, .storeNewer, .issuerKeysLost, .listFaulty,
      .sendsTooMuch:
      .fault
    case .slotEmpty, .heldOpenWarning, .capacityFirst, .capacitySecond, .capacityFull: .notice
    }
  }
}

/// Why sequence numbers are missing from a stream.
package enum GapReason: String, CaseIterable, Sendable {
  /// The outbox was full; the oldest records gave way.
  case full
  /// The service was restored from a backup that is older than the station's floor.
  case restored
}
