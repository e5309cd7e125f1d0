// Settings as a store remembers them across a restart.
import StationProtocol

/// The settings that hold, those to go back to, and the last that did not come to hold.
package struct KeptSettings: Equatable, Sendable {
  /// The settings that hold; nil where the board's file alone does.
  package var inForce: WantedSettings?
  /// nil once the station was well with those in force.
  package var trial: Trial?
  package var setback: SettingsReport.Setback?

  /// The trial of the settings that hold.
  package struct Trial: Equatable, Sendable {
    /// The settings that held before; nil where the board's file alone did.
    package var before: WantedSettings?
    /// Faults that stood already when they were taken.
    package var known: [Alarm]
    /// The station was connected with its broker.
    package var wasConnected: Bool
    /// How often the daemon has ended since, other than in an orderly way.
    package var failures: Int64

    package init(
      before: WantedSettings?, known: [Alarm], wasConnected: Bool, failures: Int64 = 0
    ) {
      self.before = before
      self.known = known
      self.wasConnected = wasConnected
      self.failures = failures
    }
  }

  package init(
    inForce: WantedSettings? = nil, trial: Trial? = nil, setback: SettingsReport.Setback? = nil
  ) {
    self.inForce = inForce
    self.trial = trial
    self.setback = setback
  }

  /// The newest revision of which the station knows.
  package var newest: Int64 { max(inForce?.revision ?? 0, setback?.revision ?? 0) }

  /// For `config/reported`.
  package var report: SettingsReport {
    SettingsReport(
      inForce: inForce.map {
        SettingsReport.InForce(revision: $0.revision, digest: $0.digest, isOnTrial: trial != nil)
      }, setback: setback)
  }
}

// How a store writes them: one JSON text, in the transaction of the record that tells of them.

extension KeptSettings: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ kept: KeptSettings?, by coder: inout Coder
  ) throws(Coder.Failure) -> KeptSettings {
    KeptSettings(
      inForce: try coder.optional("inForce", kept?.inForce),
      trial: try coder.optional("trial", kept?.trial),
      setback: try coder.optional("setback", kept?.setback))
  }
}

extension KeptSettings.Trial: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ trial: KeptSettings.Trial?, by coder: inout Coder
  ) throws(Coder.Failure) -> KeptSettings.Trial {
    KeptSettings.Trial(
      before: try coder.optional("before", trial?.before),
      known: try coder.list(
        "known", trial?.known, ListBounds(most: Alarm.allCases.count)),
      wasConnected: try coder.member("connected", trial?.wasConnected),
      failures: try coder.number("failures", trial?.failures))
  }
}
