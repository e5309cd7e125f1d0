// The settings that hold at a station by its records, and the records that may follow.
import StationProtocol
import Time

/// The settings in force, those to go back to, and the newest that do not hold.
struct SettingsStanding: CustomStringConvertible {
  struct Held: Equatable {
    var revision: Int64
    var digest: PayloadDigest

    init(_ revision: Int64, _ digest: PayloadDigest) {
      self.revision = revision
      self.digest = digest
    }
  }

  private struct Setback: Equatable {
    var revision: Int64
    var cause: SettingsSetback
    /// The digest of what was refused under this number; nil where that is not known.
    var digest: PayloadDigest?
  }

  private(set) var inForce: Held?
  private var isOnTrial = false
  private var before: Held?
  private var setback: Setback?
  /// Parts that had failed before; nil where that is not known.
  private var known: Set<Alarm>?
  /// Since when settings are on trial.
  private(set) var since = Instant(nanoseconds: 0)
  /// How often the daemon has ended without order.
  var ends = 0
  /// Nothing of it was taken from hearsay.
  private(set) var isKnown = true
  private var isBeforeKnown = true

  init(isKnown: Bool = true) { self.isKnown = isKnown }

  /// The word of a station, where nothing is known from before.
  init(_ report: SettingsReport) {
    inForce = report.inForce.map { Held($0.revision, $0.digest) }
    isOnTrial = report.inForce?.isOnTrial ?? false
    setback = report.setback.map { Setback(revision: $0.revision, cause: $0.cause) }
    isBeforeKnown = !isOnTrial
    // As many as it takes: how often it has ended is not known either.
    ends = 2
  }

  var description: String {
    let back = setback.map { ", not \($0.revision): \($0.cause)" } ?? ""
    return "\(inForce?.revision ?? 0)\(isOnTrial ? " on trial" : "")\(back)"
  }

  func reads(as other: SettingsStanding) -> Bool {
    (inForce, isOnTrial) == (other.inForce, other.isOnTrial)
      && (setback?.revision, setback?.cause) == (other.setback?.revision, other.setback?.cause)
  }

  // MARK: - Records

  /// - Returns: why that is wrong.
  mutating func take(_ held: Held, _ failed: Set<Alarm>, at now: Instant) -> String? {
    if isKnown {
      if let inForce, held.revision <= inForce.revision {
        return "takes the settings \(held.revision) after \(inForce.revision)"
      }
      if let setback, held.revision < setback.revision {
        return "takes the settings \(held.revision) after \(setback.revision)"
      }
      if let setback, held.revision == setback.revision, setback.cause != .refused {
        return "takes the settings \(held.revision) again, which it has given up"
      }
    }
    if !isOnTrial { (before, known, isBeforeKnown) = (inForce, isKnown ? failed : nil, isKnown) }
    (inForce, isOnTrial, setback, since, ends, isKnown) = (held, true, nil, now, 0, true)
    return nil
  }

  mutating func confirm(_ revision: Int64, _ failed: Set<Alarm>) -> String? {
    guard isKnown else { return nil }
    guard inForce?.revision == revision, isOnTrial else {
      return "confirms the settings \(revision), which are not on trial"
    }
    if let known, let part = failed.subtracting(known).sorted().first {
      return "confirms the settings \(revision), and \(part.rawValue) stands"
    }
    isOnTrial = false
    return nil
  }

  mutating func refuse(_ revision: Int64, _ back: Int64, _ digest: PayloadDigest?) -> String? {
    guard isKnown else { return nil }
    guard back == inForce?.revision ?? 0, revision > back else {
      return "refuses the settings \(revision) and says that \(back) hold"
    }
    let next = Setback(revision: revision, cause: .refused, digest: digest)
    if let setback, setback == next || setback.revision > revision {
      return "refuses the settings \(revision) a second time"
    }
    setback = next
    return nil
  }

  /// - Parameter isExcused: no part need have failed.
  mutating func giveUp(
    _ revision: Int64, _ back: Int64, _ cause: SettingsSetback, _ failed: Set<Alarm>,
    isExcused: Bool
  ) -> String? {
    guard isKnown else { return nil }
    guard inForce?.revision == revision, isOnTrial else {
      return "gives up the settings \(revision), which are not on trial"
    }
    if isBeforeKnown, back != before?.revision ?? 0 {
      return "goes back to the settings \(back), and \(before?.revision ?? 0) held before"
    }
    let isUnwell = cause == .unwell && known.map { !failed.isSubset(of: $0) } ?? true
    if !isExcused, !isUnwell { return "gives up the settings \(revision), and nothing has failed" }
    if setback.map({ $0.revision < revision }) ?? true {
      setback = Setback(revision: revision, cause: cause)
    }
    isKnown = isBeforeKnown
    (inForce, isOnTrial, known, ends) = (before, false, nil, 0)
    return nil
  }
}
