// The PINs of members, hashed, by the numbers that they type at a keypad.
import MemberCode
import StationCore
import StationProtocol

/// Compares what was typed. One entry costs the same time whether there is such a number or not,
/// and whether its member has a second PIN or not: a stranger learns nothing by waiting.
struct PINBook: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    var member: MemberID
    var pin: PINHash
    /// Typed under threat.
    var duress: PINHash?
  }

  /// Numbers a member can type.
  static let numberDigits = 1...8

  private var entries: [String: Entry] = [:]
  /// The hash that is compared where there is no PIN to compare.
  private let decoy: PINHash

  init(_ entries: [String: Entry] = [:]) {
    self.entries = entries
    guard let decoy = Self.decoy else { preconditionFailure("the decoy is no hash") }
    self.decoy = decoy
  }

  /// A hash of no PIN at all: zero bytes of hash match nothing.
  private static let decoy = PINHash(
    text: "$argon2id$v=19$m=8192,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA"
      + "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")

  var isEmpty: Bool { entries.isEmpty }

  /// What names the number that was typed; nil where nothing before a `*` can be one.
  static func number(_ keys: String) -> TypedNumber? {
    let parts = keys.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, numberDigits.contains(parts[0].utf8.count) else { return nil }
    let digest = SHA256.digest(Array("number \(parts[0])".utf8))
    return TypedNumber(bits: digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// - Parameter keys: a member's number, `*`, the PIN, and `#` where the keypad sends it.
  func compare(_ keys: String) -> PINAttempt {
    let parts = keys.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return .wrong }
    let pin = Array((parts[1].hasSuffix("#") ? parts[1].dropLast() : parts[1]).utf8)
    guard PINHash.isPIN(pin) else { return .wrong }
    let entry = entries[String(parts[0])]
    let isRight = (entry?.pin ?? decoy).matches(pin)
    let isDuress = (entry?.duress ?? decoy).matches(pin)
    guard let entry else { return .wrong }
    if isDuress { return .duress(entry.member) }
    return isRight ? .right(entry.member) : .wrong
  }
}
