// Checks the settings of stations: whole or not at all, never older ones, and given up for good.
import StationCore
import StationProtocol
import Time

/// Knows what the service has wanted, and follows records, reports and what a station shows; of how
/// a station decides it knows nothing.
struct SettingsChecker {
  private var wanted: [PayloadDigest: WantedSettings] = [:]
  private var wrong: Set<PayloadDigest> = []
  private var stations: [Desk]
  private(set) var taken = 0
  private(set) var givenUp = 0
  /// Slots that have come or gone in the last step: their book begins anew.
  private(set) var moved: [SlotID] = []

  /// One station, as it looks from outside.
  private struct Desk {
    var file: ShownFacility?
    /// The settings that hold; nil where that cannot be known until the station says so.
    var present: SettingsStanding? = SettingsStanding()
    /// The settings that hold after a power cut at this moment.
    var durable: SettingsStanding? = SettingsStanding()
    /// Records on their way to the disk, with what holds by them.
    var pending: [Pending] = []
    var alarms: [StandingAlarm] = []
    var isConnected = false
    var isRunning = false
    var startedAt = Instant(nanoseconds: 0)
  }

  private struct Pending {
    var seq: UInt64
    var record: ConfigurationRecord
    var standing: SettingsStanding?
  }

  private struct StandingAlarm: Equatable {
    var alarm: Alarm
    var point: AccessPointID?
  }

  /// Alarms of parts that may fail because of settings.
  static let parts: Set<Alarm> = [
    .linesLost, .strikeFault, .inputChatter, .readerLost, .counterLost, .beamDark, .sensorLost,
    .meterLost, .machineLost, .dropSensorFaulty, .slotFaulty, .storeLost, .issuerKeysLost,
    .listFaulty,
  ]

  /// Settings are on trial for so long at least, but for what a clock may differ.
  static let trial: Duration = .seconds(59)

  init(stations: Int) { self.stations = Array(repeating: Desk(), count: stations) }

  mutating func configure(_ station: Int, _ configuration: StationConfiguration) {
    stations[station].file = ShownFacility(configuration)
  }

  // MARK: - What the service wants

  mutating func gives(_ settings: WantedSettings) { wanted[settings.digest] = settings }

  /// They contradict the board, and every station must refuse them.
  mutating func mustNotHold(_ settings: WantedSettings) { wrong.insert(settings.digest) }

  // MARK: - What is seen of a station

  /// - Returns: what is wrong with a step.
  mutating func step(
    _ station: Int, _ event: Event, _ effects: [Effect], at now: Instant
  ) -> String? {
    var rewritten: [Pending] = []
    moved = []
    switch event {
    case .booted: (stations[station].alarms, stations[station].isConnected) = ([], false)
    case .link(.uplinkOpened): stations[station].isConnected = true
    case .link(.uplinkClosed): stations[station].isConnected = false
    case .storeReplaced, .link(.streamRenewed):
      swap(&rewritten, &stations[station].pending)
    default: break
    }
    for effect in effects {
      if case .store(.journal(let entry)) = effect {
        if let complaint = follow(station, event, entry, &rewritten, now) { return complaint }
      }
      if case .command(.publishReported(let reported)) = effect,
        let complaint = compare(station, reported)
      {
        return complaint
      }
      if ShownFacility.isSeen(in: effect), let odd = shown(at: station)?.contradiction(in: effect) {
        return complain(station, "shows \(odd), which is not what is in force")
      }
    }
    return nil
  }

  private mutating func follow(
    _ station: Int, _ event: Event, _ entry: JournalEntry, _ rewritten: inout [Pending],
    _ now: Instant
  ) -> String? {
    switch entry.record.body {
    case .alarm(.raised(let alarm, let point)):
      stations[station].alarms.append(StandingAlarm(alarm: alarm, point: point))
    case .alarm(.cleared(let alarm, let point)):
      stations[station].alarms.removeAll { $0 == StandingAlarm(alarm: alarm, point: point) }
    case .configuration(let record):
      // A store that was lost has its last records written once more.
      if let first = rewritten.first, first.record == record {
        rewritten.removeFirst()
        stations[station].pending.append(
          Pending(seq: entry.seq, record: record, standing: first.standing))
        return nil
      }
      let before = shown(at: station)?.slots
      if let complaint = judge(station, event, record, at: now) { return complaint }
      move(station, from: before, to: shown(at: station)?.slots)
      stations[station].pending.append(
        Pending(seq: entry.seq, record: record, standing: stations[station].present))
    default: break
    }
    return nil
  }

  private mutating func move(
    _ station: Int, from before: [SlotID: ShownFacility.Offer]?,
    to after: [SlotID: ShownFacility.Offer]?
  ) {
    let built = stations[station].file.map { Set($0.slots.keys) } ?? []
    guard let before, let after else { return moved += built.sorted() }
    moved += Set(before.keys).symmetricDifference(after.keys).sorted()
  }

  private mutating func judge(
    _ station: Int, _ event: Event, _ record: ConfigurationRecord, at now: Instant
  ) -> String? {
    let desk = stations[station]
    let failed = Set(desk.alarms.map(\.alarm)).intersection(Self.parts)
    var heard: WantedSettings?
    if case .command(.desired(let desired)) = event { heard = desired.settings }
    var standing = desk.present ?? SettingsStanding(isKnown: false)
    let complaint: String?
    switch record {
    case .taken(let revision):
      guard let held = heard.flatMap({ wanted[$0.digest] }), held.revision == revision else {
        return complain(station, "takes the settings \(revision), which nobody has sent so")
      }
      if wrong.contains(held.digest) {
        return complain(station, "takes the settings \(revision), which contradict the board")
      }
      taken += 1
      complaint = standing.take(
        SettingsStanding.Held(held.revision, held.digest), failed, at: now)
    case .confirmed(let revision):
      let isTooEarly = now - max(standing.since, desk.startedAt) < Self.trial
      if standing.isKnown, isTooEarly {
        return complain(station, "confirms the settings \(revision) before their time")
      }
      if !desk.isConnected {
        return complain(station, "confirms the settings \(revision), and is cut off")
      }
      complaint = standing.confirm(revision, failed)
    case .setBack(let revision, let back, .refused):
      complaint = standing.refuse(revision, back, heard?.digest)
      if let digest = heard?.digest, wanted[digest] != nil, !wrong.contains(digest) {
        return complain(station, "refuses the settings \(revision), which are right")
      }
    case .setBack(let revision, let back, let cause):
      givenUp += 1
      let isExcused = cause == .unwell ? !desk.isConnected : standing.ends > 1
      complaint = standing.giveUp(revision, back, cause, failed, isExcused: isExcused)
    }
    stations[station].present = standing.isKnown ? standing : nil
    return complaint.map { complain(station, $0) }
  }

  /// Compares a report with the records.
  private mutating func compare(_ station: Int, _ reported: ReportedConfiguration) -> String? {
    let said = SettingsStanding(reported.settings)
    if let held = said.inForce, wanted[held.digest]?.revision != held.revision {
      return complain(station, "reports the settings \(held.revision), which nobody has sent so")
    }
    guard let present = stations[station].present else {
      stations[station].present = said
      return nil
    }
    guard said.reads(as: present) else {
      return complain(station, "reports \(said), and by its records has \(present)")
    }
    return nil
  }

  // MARK: - Disks and power

  mutating func durable(_ station: Int, _ seq: UInt64, _ row: [UInt8]) {
    guard case .configuration(let record)? = (try? Record(json: row))?.body,
      let place = stations[station].pending.firstIndex(where: {
        $0.seq == seq && $0.record == record
      })
    else { return }
    stations[station].durable = stations[station].pending[place].standing
    stations[station].pending.removeFirst(place + 1)
  }

  /// Whether a row may be about settings; most are not, and need not be read.
  static func isOfSettings(_ row: [UInt8]) -> Bool {
    let key = Array("\"kind\":\"settings-".utf8)
    return row.indices.contains { row[$0...].starts(with: key) }
  }

  mutating func cut(_ station: Int) {
    stations[station].pending = []
    stations[station].durable?.ends += 1
    stations[station].isRunning = false
  }

  mutating func stopped(_ station: Int) { stations[station].isRunning = false }

  mutating func started(_ station: Int, at now: Instant) {
    stations[station].present = stations[station].durable
    stations[station].startedAt = now
    stations[station].isRunning = true
  }

  /// A daemon that runs tells the new store what holds, and nobody sees when that is durable; one
  /// that starts on a new store knows nothing.
  mutating func storeLost(_ station: Int) {
    stations[station].durable = stations[station].isRunning ? nil : SettingsStanding()
    if !stations[station].isRunning { stations[station].pending = [] }
  }

  // MARK: - The end

  /// - Parameters:
  ///   - settings: what the service wants.
  ///   - reported: what it has heard last.
  func finish(
    _ station: Int, _ settings: WantedSettings?, _ reported: ReportedConfiguration?
  ) -> String? {
    guard let settings else { return nil }
    let report = reported?.settings
    let holds =
      report?.inForce
      == SettingsReport.InForce(
        revision: settings.revision, digest: settings.digest, isOnTrial: false)
    return holds || report?.setback?.revision == settings.revision
      ? nil : complain(station, "never says what became of the settings \(settings.revision)")
  }

  /// The prices that hold, in the order of their slots.
  func prices(at station: Int) -> [(slot: SlotID, price: Int64)] {
    (shown(at: station)?.slots ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value.price) }
  }

  private func shown(at station: Int) -> ShownFacility? {
    guard let file = stations[station].file, let present = stations[station].present else {
      return nil
    }
    guard let held = present.inForce else { return file }
    return wanted[held.digest].map { file.with($0.sections) }
  }

  private func complain(_ station: Int, _ text: String) -> String {
    "station \(station + 1) \(text)"
  }
}
