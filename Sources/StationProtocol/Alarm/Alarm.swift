// What needs attention, and how soon.

/// A condition that needs attention at a station.
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
  /// Mains power is lost: the station runs on its battery.
  case mainsLost = "mains-lost"
  /// The leak sensor on the floor is wet.
  case waterLeak = "water-leak"
  /// An input changes faster than a contact can.
  case inputChatter = "input-chatter"
  case readerLost = "reader-lost"
  /// The service lets nobody in by this reader.
  case readerHeld = "reader-held"
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
  /// A sensor of the room's air says nothing usable.
  case sensorLost = "sensor-lost"
  /// An energy meter says nothing usable.
  case meterLost = "meter-lost"
  /// Colder than it should be for long: pipes freeze, and people came to get warm.
  case tooCold = "too-cold"
  case tooHot = "too-hot"
  /// More carbon dioxide in the air than there should be for long: too many people for the
  /// ventilation, or it is off.
  case staleAir = "stale-air"
  /// More fine dust in the air than there should be for long: the street's air, or a dirty filter.
  case dustyAir = "dusty-air"
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
  /// The settings that the service wants do not hold: they were refused, or given up.
  case settingsRefused = "settings-refused"
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
  /// The certificate of the station's board ends soon, and was not renewed; found by the service.
  case certificateEnding = "certificate-ending"
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
    case .fireLineOpen, .fireLineShort, .strikeFault, .contactFault, .linesLost, .mainsLost,
      .waterLeak,
      .inputChatter,
      .readerLost, .beamBlocked, .beamDark, .counterLost, .sensorLost, .meterLost, .tooCold,
      .tooHot, .staleAir, .dustyAir, .machineLost, .machineOpen, .dropSensorFaulty, .slotFaulty,
      .clockUntrusted,
      .journalFilling, .storeLost, .storeCopied, .storeNewer, .issuerKeysLost, .listFaulty,
      .settingsRefused, .sendsTooMuch, .certificateEnding:
      .fault
    case .slotEmpty, .heldOpenWarning, .capacityFirst, .capacitySecond, .capacityFull,
      .readerHeld:
      .notice
    }
  }
}
