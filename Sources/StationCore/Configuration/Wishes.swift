// The configuration that the service wants, as far as a station obeys it while it runs.
import StationProtocol
import Time

/// The last revision that was taken, kept across restarts. An older one is refused, also after the
/// broker was restored: a wish has no time of its own.
package struct Wishes: Equatable, Sendable {
  /// nil where the service has never wanted anything.
  package private(set) var desired: DesiredConfiguration?
  package private(set) var settings = SettingsTrial()
  private var refusal: ReportedConfiguration.Refusal?
  /// The report last published on this session: a flood of refused wishes is answered once.
  private var reported: ReportedConfiguration?

  mutating func boot(
    _ recovered: Recovered, _ book: SettingsBook, _ step: inout Step
  ) -> SettingsTrial.Change {
    desired = recovered.desired
    return settings.boot(recovered.settings, after: recovered.ending, book, &step)
  }

  /// Lock-down holds whatever becomes of the settings.
  mutating func take(
    _ wanted: DesiredConfiguration, _ book: SettingsBook, _ around: Surroundings,
    _ step: inout Step
  ) -> SettingsTrial.Change {
    if let before = desired, wanted != before {
      guard wanted.revision > before.revision else {
        refuse(.older, revision: wanted.revision)
        return .none
      }
    }
    if wanted != desired {
      desired = wanted
      step.remember([.desired(wanted)], .urgent)
    }
    guard let wish = wanted.settings else { return .none }
    guard let change = settings.take(wish, book, around, &step) else {
      refuse(.older, revision: wanted.revision)
      return .none
    }
    return change
  }

  mutating func pass(
    _ book: SettingsBook, _ around: Surroundings, _ step: inout Step
  ) -> SettingsTrial.Change {
    settings.pass(book, around, &step)
  }

  var deadline: Instant? { settings.deadline }

  mutating func refuse(_ fault: ConfigurationFault, revision: Int64? = nil) {
    refusal = ReportedConfiguration.Refusal(fault, revision: revision)
  }

  var isLockedDown: Bool { desired?.isLockedDown ?? false }

  var memory: [RecoveryChange] { (desired.map { [.desired($0)] } ?? []) + settings.memory }

  /// A station of which nobody ever wanted anything has nothing to say.
  mutating func publish(_ around: Surroundings, _ step: inout Step) {
    guard around.uplink != nil, desired != nil || refusal != nil else { return }
    let current = ReportedConfiguration(
      revision: desired?.revision ?? 0, isLockedDown: isLockedDown,
      settings: settings.kept.report, refusal: refusal)
    guard current != reported else { return }
    reported = current
    step.effects.append(.command(.publishReported(current)))
  }

  /// The session before may not have got it through.
  mutating func publishAgain(_ around: Surroundings, _ step: inout Step) {
    reported = nil
    publish(around, &step)
  }
}
