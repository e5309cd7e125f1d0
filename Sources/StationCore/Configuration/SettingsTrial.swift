// Takes the settings that the service wants, tries them, and gives them up where they do harm.
import StationProtocol
import Time

/// The settings of a station. New ones are judged whole before anything of them holds, written down
/// in one transaction, and hold on trial: where a part of the station fails within a minute that had
/// not failed before, where the broker is not reached any more, or where the daemon ends twice
/// without order, those before hold again. Settings that were given up are never taken again.
package struct SettingsTrial: Equatable, Sendable {
  /// How long settings are on trial.
  package static let period: Duration = .seconds(60)
  /// The daemon may end this often without order before they are given up.
  static let mostFailures: Int64 = 2

  private(set) var kept = KeptSettings()
  /// When the trial ends; nil while there is none.
  private(set) var deadline: Instant?

  /// The consequence for the station.
  enum Change: Equatable, Sendable {
    /// Another facility holds from now on.
    case adopt(Facility)
    case none
  }

  /// Faults of the station's own parts, which settings can bring about. The weather, the mains and
  /// what people do to doors are not among them.
  static let faults: Set<Alarm> = [
    .linesLost, .strikeFault, .inputChatter, .readerLost, .counterLost, .beamDark, .sensorLost,
    .meterLost, .machineLost, .dropSensorFaulty, .slotFaulty, .storeLost, .issuerKeysLost,
    .listFaulty,
  ]

  // MARK: - What the service wants

  /// - Returns: nil where they are older than those known, or others under the same number.
  mutating func take(
    _ wanted: WantedSettings, _ book: SettingsBook, _ around: Surroundings, _ step: inout Step
  ) -> Change? {
    if let inForce = kept.inForce {
      if wanted.revision == inForce.revision { return wanted == inForce ? Change.none : nil }
      guard wanted.revision > inForce.revision else { return nil }
    }
    if let setback = kept.setback, wanted.revision <= setback.revision {
      // The board's file may be another one since they were refused.
      guard wanted.revision == setback.revision else { return nil }
      guard setback.cause == .refused else { return Change.none }
    }
    switch book.facility(with: wanted.sections) {
    case .problems(let problems):
      refuse(wanted, problems, &step)
      return Change.none
    case .facility(let facility):
      let known = step.alarms.active.map(\.alarm).filter(Self.faults.contains)
      kept.trial = KeptSettings.Trial(
        before: kept.trial.map(\.before) ?? kept.inForce,
        known: kept.trial?.known ?? known,
        wasConnected: around.uplink != nil)
      kept.inForce = wanted
      kept.setback = nil
      deadline = step.now.instant + Self.period
      write(.taken(revision: wanted.revision), &step)
      return .adopt(facility)
    }
  }

  private mutating func refuse(
    _ wanted: WantedSettings, _ problems: [SettingsBook.Problem], _ step: inout Step
  ) {
    let setback = SettingsReport.Setback(
      revision: wanted.revision, .refused, Self.reasons(problems.map(SettingsReason.init)))
    guard setback != kept.setback else { return }
    kept.setback = setback
    write(
      .setBack(revision: wanted.revision, to: kept.inForce?.revision ?? 0, .refused), &step)
  }

  /// As many as a report has room for.
  private static func reasons(_ all: [SettingsReason]) -> [SettingsReason] {
    let most = SettingsReport.Setback.mostReasons
    guard all.count > most else { return all }
    return all.prefix(most - 1) + [SettingsReason("and \(all.count - most + 1) more")]
  }

  // MARK: - The trial

  /// Follows the passing of time.
  mutating func pass(
    _ book: SettingsBook, _ around: Surroundings, _ step: inout Step
  ) -> Change {
    guard let deadline, deadline <= step.now.instant, let trial = kept.trial else { return .none }
    self.deadline = nil
    var reasons = step.alarms.active.filter {
      Self.faults.contains($0.alarm) && !trial.known.contains($0.alarm)
    }.map { active in
      SettingsReason(
        place: active.accessPoint.map { "[access-point \($0)]" },
        "the alarm \(active.alarm.rawValue) was raised")
    }
    if trial.wasConnected, around.uplink == nil {
      reasons.append(SettingsReason("the broker is not reached any more"))
    }
    guard reasons.isEmpty else { return giveUp(.unwell, reasons, book, &step) }
    kept.trial = nil
    write(.confirmed(revision: kept.inForce?.revision ?? 0), &step)
    return .none
  }

  /// The settings before hold again.
  private mutating func giveUp(
    _ cause: SettingsSetback, _ reasons: [SettingsReason], _ book: SettingsBook,
    _ step: inout Step
  ) -> Change {
    guard let trial = kept.trial, let given = kept.inForce else { return .none }
    // Newer ones may have been refused meanwhile, and stay so.
    let newer = kept.setback.flatMap { $0.revision > given.revision ? $0 : nil }
    kept = KeptSettings(
      inForce: trial.before,
      setback: newer
        ?? SettingsReport.Setback(revision: given.revision, cause, Self.reasons(reasons)))
    deadline = nil
    write(.setBack(revision: given.revision, to: kept.inForce?.revision ?? 0, cause), &step)
    return hold(book, &step)
  }

  /// The facility that holds now by the store; where the board's file has become another one that it does not
  /// fit, the file alone does.
  private mutating func hold(_ book: SettingsBook, _ step: inout Step) -> Change {
    if let inForce = kept.inForce {
      switch book.facility(with: inForce.sections) {
      case .facility(let facility): return .adopt(facility)
      case .problems(let problems):
        kept.inForce = nil
        kept.trial = nil
        deadline = nil
        refuse(inForce, problems, &step)
      }
    }
    guard case .facility(let facility) = book.facility() else { return .none }
    return .adopt(facility)
  }

  // MARK: - Starts

  mutating func boot(
    _ recovered: KeptSettings?, after ending: Ending, _ book: SettingsBook, _ step: inout Step
  ) -> Change {
    guard let recovered else { return .none }
    kept = recovered
    step.set(.settingsRefused, nil, stands: kept.setback != nil)
    if kept.trial != nil, ending != .clean {
      kept.trial?.failures += 1
      if kept.trial?.failures == Self.mostFailures {
        return giveUp(.restarts, [], book, &step)
      }
      step.remember([.settings(kept)], .urgent)
    }
    if kept.trial != nil { deadline = step.now.instant + Self.period }
    return kept.inForce == nil ? .none : hold(book, &step)
  }

  /// The changes of which a new store has to be told.
  var memory: [RecoveryChange] { kept == KeptSettings() ? [] : [.settings(kept)] }

  // MARK: - What is told

  /// The record, and the memory in its transaction.
  private func write(_ record: ConfigurationRecord, _ step: inout Step) {
    step.journal(.configuration(record), .urgent, [.settings(kept)])
    step.set(.settingsRefused, nil, stands: kept.setback != nil)
  }
}
