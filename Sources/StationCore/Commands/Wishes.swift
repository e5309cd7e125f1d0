// The configuration that the service wants, as far as a station obeys it while it runs.
import StationProtocol

/// The last revision that was taken, kept across restarts. An older one is refused, also after the
/// broker was restored: a wish has no time of its own.
package struct Wishes: Equatable, Sendable {
  /// nil where the service has never wanted anything.
  package private(set) var desired: DesiredConfiguration?
  private var refusal: ReportedConfiguration.Refusal?
  /// The report last published on this session: a flood of refused wishes is answered once.
  private var reported: ReportedConfiguration?

  mutating func boot(_ desired: DesiredConfiguration?) { self.desired = desired }

  /// - Returns: whether it is another one than before.
  mutating func take(_ wanted: DesiredConfiguration, _ step: inout Step) -> Bool {
    guard let before = desired else { return accept(wanted, &step) }
    if wanted == before { return false }
    guard wanted.revision > before.revision else {
      refuse(.older, revision: wanted.revision)
      return false
    }
    return accept(wanted, &step)
  }

  mutating func refuse(_ fault: ConfigurationFault, revision: Int64? = nil) {
    refusal = ReportedConfiguration.Refusal(fault, revision: revision)
  }

  private mutating func accept(_ wanted: DesiredConfiguration, _ step: inout Step) -> Bool {
    desired = wanted
    step.remember([.desired(wanted)], .urgent)
    return true
  }

  var isLockedDown: Bool { desired?.isLockedDown ?? false }

  var memory: [RecoveryChange] { desired.map { [.desired($0)] } ?? [] }

  /// A station of which nobody ever wanted anything has nothing to say.
  mutating func publish(_ around: Surroundings, _ step: inout Step) {
    guard around.uplink != nil, desired != nil || refusal != nil else { return }
    let current = ReportedConfiguration(
      revision: desired?.revision ?? 0, isLockedDown: isLockedDown, refusal: refusal)
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
