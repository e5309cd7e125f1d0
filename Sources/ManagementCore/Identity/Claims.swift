// The claim codes that are open: made for a station, good for a quarter of an hour, once.
import StationProtocol
import Time

/// Claims live in memory alone. A service that starts anew, or comes back from a backup, knows none:
/// no code counts twice, and a maintainer asks for another one.
package struct Claims: Sendable {
  /// How long a code is good.
  package static let life: Duration = .seconds(900)
  /// Wrong proofs under one name, after which its code is void: a name is known to whoever saw the
  /// board's request go by.
  package static let mostTries = 5
  /// Open codes at a time.
  package static let most = 64

  /// One code that was made and not used yet.
  package struct Open: Equatable, Sendable {
    package var station: StationID
    package var code: ClaimCode
    /// The person who asked for it.
    package var actor: String
    var ends: Instant
    var tries = 0
  }

  private var open: [ClaimName: Open] = [:]

  package init() {}

  /// Makes a code for a station; an earlier one for it is void.
  /// - Returns: false where too many are open, or one has the same name; nothing is changed then.
  package mutating func add(
    _ code: ClaimCode, for station: StationID, by actor: String, at now: Instant
  ) -> Bool {
    forget(at: now)
    let others = open.filter { $0.value.station != station }
    // A name that two codes share could be proved by neither.
    guard others.count < Self.most, others[code.name] == nil else { return false }
    open = others
    open[code.name] = Open(station: station, code: code, actor: actor, ends: now + Self.life)
    return true
  }

  /// The open claim of a name; nil where there is none, or its time is over.
  package mutating func find(_ name: ClaimName, at now: Instant) -> Open? {
    forget(at: now)
    return open[name]
  }

  /// Somebody knew the name of a claim and not its code.
  /// - Returns: true where the code is void from now on.
  package mutating func wrongProof(of name: ClaimName) -> Bool {
    guard open[name] != nil else { return false }
    open[name]?.tries += 1
    guard let tries = open[name]?.tries, tries >= Self.mostTries else { return false }
    open[name] = nil
    return true
  }

  /// Takes a claim out: it is used.
  package mutating func use(_ name: ClaimName) { open[name] = nil }

  private mutating func forget(at now: Instant) { open = open.filter { $0.value.ends > now } }
}
