// What the service wants a station to be, until it wants something else, and what the station says
// of that.

/// `config/desired`: a state that the service wants, not an event. The broker keeps it, so it has
/// neither nonce nor life; a revision that is older than the one in force is refused, so that
/// nobody who has kept a message can bring an earlier wish back.
package struct DesiredConfiguration: Equatable, Sendable {
  /// Rises with each change, from 1.
  package var revision: Int64
  /// Nobody but maintainers comes in, at any door. Leaving is never hindered.
  package var isLockedDown: Bool

  package init(revision: Int64, isLockedDown: Bool) {
    self.revision = revision
    self.isLockedDown = isLockedDown
  }
}

/// `config/reported`: what is in force at a station, and what it refused since.
package struct ReportedConfiguration: Equatable, Sendable {
  /// The revision that is in force; 0 where the service has never wanted anything.
  package var revision: Int64
  package var isLockedDown: Bool
  /// The last that was refused since the daemon came up, and why.
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

  package init(revision: Int64, isLockedDown: Bool, refusal: Refusal? = nil) {
    self.revision = revision
    self.isLockedDown = isLockedDown
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

extension DesiredConfiguration: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ desired: DesiredConfiguration?, by coder: inout Coder
  ) throws(Coder.Failure) -> DesiredConfiguration {
    DesiredConfiguration(
      revision: try coder.number("rev", desired?.revision, 1...(.max)),
      isLockedDown: try coder.member("lockDown", desired?.isLockedDown))
  }
}

extension ReportedConfiguration: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ reported: ReportedConfiguration?, by coder: inout Coder
  ) throws(Coder.Failure) -> ReportedConfiguration {
    ReportedConfiguration(
      revision: try coder.number("rev", reported?.revision),
      isLockedDown: try coder.member("lockDown", reported?.isLockedDown),
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

extension ConfigurationFault: MemberWord {}
