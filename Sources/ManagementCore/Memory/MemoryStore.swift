// The management store in memory: the reference for every engine, and the simulator's own.
import StationProtocol
import Time

/// Keeps everything in plain collections. Deterministic: the same calls give the same ids.
package final class MemoryStore: ManagementStore {
  var stored: [StoredEvent] = []
  /// The ids of each member's events, in their order.
  var eventsOfMembers: [MemberID: [Int64]] = [:]
  var places: [Place: Int] = [:]
  var progress: [StreamKey: StreamProgress] = [:]
  var claims: [StreamKey: StreamClaims] = [:]
  var registrations: [StationID: StationNames] = [:]
  var retirements: [StationID: Retirement] = [:]
  var days: [DayKey: VisitCounts] = [:]
  /// By the hour, and then by the count.
  var tallies: [StationID: [Int64: [HourCount: Int64]]] = [:]
  var minutes: [Place: [UInt8]] = [:]
  var hours: [StationID: [MeasuredHour.Place: MeasuredHour]] = [:]
  /// The ledger, and the members whose points it knows of.
  var book = MemoryBook()
  var unreadable: [Quarantined] = []
  var lastUnreadable: Int64 = 0
  /// In the order in which they were given.
  var commands: [OrderedCommand] = []
  var commandKeys: [OrderKey: Int] = [:]
  /// In the order in which they were set.
  var typedCodes: [KeptCode] = []
  var wishesOfStations: [StationID: Wish] = [:]
  /// In the order of their revisions.
  var settingsOfStations: [StationID: [StationSettings]] = [:]
  /// In the order in which they were drafted.
  var allRollouts: [SettingsRollout] = []
  var rolloutKeys: [OrderKey: Int] = [:]
  /// In the order in which they were issued.
  var certificates: [StationCertificate] = []

  struct Place: Hashable {
    var key: StreamKey
    var seq: UInt64
  }

  struct DayKey: Hashable {
    var station: StationID
    var day: Int
  }

  /// - Parameter zones: the rules of a zone by its name.
  package init(
    zones: @escaping @Sendable (ZoneName) -> Zone? = { _ in nil }, limits: StationLimits = .none
  ) {
    book.zones = zones
    book.stationLimits = limits
  }

  /// A backup: what is stored in one of the two from now on is not in the other.
  package init(copyOf other: MemoryStore) {
    stored = other.stored
    eventsOfMembers = other.eventsOfMembers
    places = other.places
    progress = other.progress
    claims = other.claims
    registrations = other.registrations
    retirements = other.retirements
    days = other.days
    tallies = other.tallies
    minutes = other.minutes
    hours = other.hours
    book = other.book
    unreadable = other.unreadable
    lastUnreadable = other.lastUnreadable
    commands = other.commands
    commandKeys = other.commandKeys
    typedCodes = other.typedCodes
    wishesOfStations = other.wishesOfStations
    settingsOfStations = other.settingsOfStations
    allRollouts = other.allRollouts
    rolloutKeys = other.rolloutKeys
    certificates = other.certificates
  }

  /// The store has come back from a backup: of how far streams have come since it knows nothing.
  package func forgetClaims() { claims = [:] }

  package func store(_ items: [InboundItem], at now: Now) -> [StoreOutcome] {
    var ingest = MemoryIngest(store: self)
    return items.map { ingest.take($0, at: now) }
  }
}
