// What the service wants a station to be, until it wants something else, and what the station says
// of that.

/// `config/desired`: a state that the service wants, not an event. The broker keeps it, so it has
/// neither nonce nor life; a revision that is older than the one in force is refused, so that
/// nobody who has kept a message can bring an earlier wish back.
package struct DesiredConfiguration: Equatable, Sendable {
  /// Rises with each change, from 1.
  package var revision: Int64
  /// Nobody but maintainers comes in, at any door. Leaving is never hindered. Holds whatever becomes
  /// of the settings.
  package var isLockedDown: Bool
  /// nil where the service sets nothing, and the board's file alone holds.
  package var settings: WantedSettings?

  package init(revision: Int64, isLockedDown: Bool, settings: WantedSettings? = nil) {
    self.revision = revision
    self.isLockedDown = isLockedDown
    self.settings = settings
  }
}

/// `config/reported`: what is in force at a station, and what it refused since.
package struct ReportedConfiguration: Equatable, Sendable {
  /// The revision that is in force; 0 where the service has never wanted anything.
  package var revision: Int64
  package var isLockedDown: Bool
  package var settings: SettingsReport
  /// The last message that was refused since the daemon came up, and why.
  package var refusal: Refusal?

  package struct Refusal: Equatable, Sendable {
    package var fault: ConfigurationFault
    /// The revision that it claimed; nil where that cannot be told or believed.
    package var revision: Int64?

    package init(_ fault: ConfigurationFault, revision: Int64? = nil) {
      self.fault = fault
      self.revision = revision
    }
  }

  package init(
    revision: Int64, isLockedDown: Bool, settings: SettingsReport = SettingsReport(),
    refusal: Refusal? = nil
  ) {
    self.revision = revision
    self.isLockedDown = isLockedDown
    self.settings = settings
    self.refusal = refusal
  }
}

/// Why a station refuses a configuration.
package enum ConfigurationFault: String, CaseIterable, Sendable {
  /// An older revision than the one in force, or the same with another content.
  case older
  /// Without a signature by one of the service's keys.
  case unsigned
  /// Not a configuration that this version can read.
  case unreadable
}

/// The settings that hold at a station, and what became of those that do not.
package struct SettingsReport: Equatable, Sendable {
  /// nil where the board's file alone holds.
  package var inForce: InForce?
  /// The newest settings that the station did not take, or took and gave up again; nil where there
  /// are none since those in force.
  package var setback: Setback?

  package struct InForce: Equatable, Sendable {
    package var revision: Int64
    package var digest: PayloadDigest
    /// They hold, and are given up again unless the station is well with them.
    package var isOnTrial: Bool

    package init(revision: Int64, digest: PayloadDigest, isOnTrial: Bool) {
      self.revision = revision
      self.digest = digest
      self.isOnTrial = isOnTrial
    }
  }

  package struct Setback: Equatable, Sendable {
    package var revision: Int64
    package var cause: SettingsSetback
    /// At most `mostReasons`.
    package var reasons: [SettingsReason]

    package static let mostReasons = 16

    package init(revision: Int64, _ cause: SettingsSetback, _ reasons: [SettingsReason] = []) {
      self.revision = revision
      self.cause = cause
      self.reasons = reasons
    }
  }

  package init(inForce: InForce? = nil, setback: Setback? = nil) {
    self.inForce = inForce
    self.setback = setback
  }
}

/// Why settings do not hold that the service wants.
package enum SettingsSetback: String, CaseIterable, Sendable {
  /// They contradict themselves, the board, or the list of keys: nothing of them was taken.
  case refused
  /// A part of the station failed with them that had not failed before: given up.
  case unwell
  /// The daemon ended twice before it had been well with them: given up.
  case restarts
}

/// One fault of settings, and where.
package struct SettingsReason: Equatable, Sendable {
  /// The section's head, as in `[slot 1]`; nil for the settings as a whole.
  package var place: String?
  package var key: String?
  /// A sentence for a person.
  package var text: String

  /// In bytes of UTF-8, of each of the three.
  package static let longest = 512

  package init(place: String? = nil, key: String? = nil, _ text: String) {
    self.place = place
    self.key = key
    self.text = text
  }
}

extension DesiredConfiguration: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ desired: DesiredConfiguration?, by coder: inout Coder
  ) throws(Coder.Failure) -> DesiredConfiguration {
    let revision = try coder.number("rev", desired?.revision, 1...(.max))
    let isLockedDown = try coder.member("lockDown", desired?.isLockedDown)
    let settings = try coder.optional("settings", desired?.settings)
    try coder.demand((settings?.revision ?? 0) <= revision, of: "settings")
    return DesiredConfiguration(
      revision: revision, isLockedDown: isLockedDown, settings: settings)
  }
}

extension ReportedConfiguration: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ reported: ReportedConfiguration?, by coder: inout Coder
  ) throws(Coder.Failure) -> ReportedConfiguration {
    let nothing = SettingsReport()
    let settings = reported?.settings == nothing ? nil : reported?.settings
    return ReportedConfiguration(
      revision: try coder.number("rev", reported?.revision),
      isLockedDown: try coder.member("lockDown", reported?.isLockedDown),
      settings: try coder.optional("settings", settings) ?? nothing,
      refusal: try coder.optional("refused", reported?.refusal))
  }
}

extension ReportedConfiguration.Refusal: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ refusal: ReportedConfiguration.Refusal?, by coder: inout Coder
  ) throws(Coder.Failure) -> ReportedConfiguration.Refusal {
    ReportedConfiguration.Refusal(
      try coder.member("fault", refusal?.fault),
      revision: try coder.optionalNumber("rev", refusal?.revision, 1...(.max)))
  }
}

extension SettingsReport: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ report: SettingsReport?, by coder: inout Coder
  ) throws(Coder.Failure) -> SettingsReport {
    SettingsReport(
      inForce: try coder.optional("inForce", report?.inForce),
      setback: try coder.optional("setback", report?.setback))
  }
}

extension SettingsReport.InForce: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ inForce: SettingsReport.InForce?, by coder: inout Coder
  ) throws(Coder.Failure) -> SettingsReport.InForce {
    SettingsReport.InForce(
      revision: try coder.number("rev", inForce?.revision, 1...(.max)),
      digest: try coder.member("digest", inForce?.digest),
      isOnTrial: try coder.flag("trial", inForce?.isOnTrial))
  }
}

extension SettingsReport.Setback: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ setback: SettingsReport.Setback?, by coder: inout Coder
  ) throws(Coder.Failure) -> SettingsReport.Setback {
    SettingsReport.Setback(
      revision: try coder.number("rev", setback?.revision, 1...(.max)),
      try coder.member("cause", setback?.cause),
      try coder.optionalList("reasons", setback?.reasons, ListBounds(most: mostReasons)) ?? [])
  }
}

extension SettingsReason: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ reason: SettingsReason?, by coder: inout Coder
  ) throws(Coder.Failure) -> SettingsReason {
    let place = try coder.optional("place", reason?.place)
    let key = try coder.optional("key", reason?.key)
    return SettingsReason(place: place, key: key, try coder.member("text", reason?.text))
  }
}

extension ConfigurationFault: MemberWord {}
extension SettingsSetback: MemberWord {}
