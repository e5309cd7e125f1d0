// The total of an energy meter: what was used from one reading to the next, and which to believe.
import StationProtocol
import Time

/// Follows the total that a meter shows. One reading that does not fit is a glitch until more
/// agree with it: a total that is lower, or further ahead than any mains carries, belongs to another
/// counter only when several readings in a row go on from it and the meter was away before it, or
/// begins near zero as a new one does. What was never counted is not known, and never used.
package struct EnergyTotal: Equatable, Sendable {
  package enum Outcome: Equatable, Sendable {
    /// Watt hours since the reading before that was believed.
    case used(Int64)
    /// Another counter; what was used before it was first seen is not known.
    case replaced(used: Int64)
    /// Not believed yet, and not counted.
    case doubtful
  }

  /// Readings in a row that make another counter.
  package static let agreeing: Int64 = 5
  /// So much longer must they agree where nothing says that the meter began anew.
  package static let patience: Duration = .seconds(3600)
  /// With fewer readings behind it a total may itself be the glitch.
  private static let settled: Int64 = 3
  /// In watt hours; a meter that is new, or was set back, shows no more.
  private static let fresh: Int64 = 1000

  /// The total at which the counter begins anew; nil where that is not known.
  private let modulus: Int64?
  private var believed: Mark?
  private var rival: Rival?
  private var wasSilent = false

  fileprivate struct Mark: Equatable, Sendable {
    var value: Int64
    var at: Instant
    /// Readings that went on from each other.
    var readings: Int64
  }

  private struct Rival: Equatable, Sendable {
    var mark: Mark
    var since: Instant
    var used: Int64
    /// The meter was away, or the total is that of a new one.
    var beganAnew: Bool
  }

  package init(modulus: Int64?) { self.modulus = modulus }

  /// The meter could not be read.
  package mutating func silent() { wasSilent = true }

  package mutating func read(_ value: Int64, at now: Instant) -> Outcome {
    defer { wasSilent = false }
    guard let mark = believed else {
      believed = Mark(value: value, at: now, readings: 1)
      return .used(0)
    }
    if let used = used(from: mark, to: value, at: now) {
      believed = mark.next(value, now)
      rival = nil
      return .used(used)
    }
    return doubt(value, at: now, against: mark)
  }

  private mutating func doubt(_ value: Int64, at now: Instant, against mark: Mark) -> Outcome {
    var one: Rival
    if let rival, let used = used(from: rival.mark, to: value, at: now) {
      one = rival
      one.mark = rival.mark.next(value, now)
      one.used += used
    } else {
      one = Rival(
        mark: Mark(value: value, at: now, readings: 1), since: now, used: 0,
        beganAnew: wasSilent || value < Self.fresh)
    }
    guard isAnother(one, than: mark, at: now) else {
      rival = one
      return .doubtful
    }
    believed = one.mark
    rival = nil
    return .replaced(used: one.used)
  }

  private func isAnother(_ one: Rival, than mark: Mark, at now: Instant) -> Bool {
    if mark.readings < Self.settled { return one.mark.readings > mark.readings }
    guard one.mark.readings >= Self.agreeing else { return false }
    return one.beganAnew || now - one.since >= Self.patience
  }

  /// - Returns: nil where it cannot be the same counter.
  private func used(from mark: Mark, to value: Int64, at now: Instant) -> Int64? {
    let time = now - mark.at
    if let used = EnergyCounter.used(from: mark.value, to: value, over: time) { return used }
    guard let modulus else { return nil }
    return EnergyCounter.used(from: mark.value, to: value + modulus, over: time)
  }
}

extension EnergyTotal.Mark {
  fileprivate func next(_ value: Int64, _ now: Instant) -> EnergyTotal.Mark {
    EnergyTotal.Mark(value: value, at: now, readings: min(readings + 1, EnergyTotal.agreeing))
  }
}
