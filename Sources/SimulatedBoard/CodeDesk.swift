// Makes the codes that a person shows to the simulated board: good ones, and all the wrong ones.

import Linux
import MemberCode
import StationProtocol

/// A demo's stand-in for the union app. It holds the issuer's private key, so it exists in
/// simulated boards alone.
struct CodeDesk {
  /// What can be shown.
  enum Kind: String, CaseIterable, Sendable {
    case good
    /// Well signed, but its time is long over.
    case expired
    /// Good in every way but for the key, which no station knows.
    case foreign
    /// Text that is no code at all.
    case garbage
    /// The last good one once more.
    case same
  }

  private static let life = Duration.seconds(60)
  private static let hour: Int64 = 3_600_000

  private let issuer: CodeIssuer
  private let stranger = CodeIssuer(SigningKey.generate())
  let members: [MemberID]
  private(set) var last: [UInt8]?

  /// - Parameters:
  ///   - key: a PEM private key that the stations trust.
  ///   - members: not empty.
  init(key: [UInt8], members: [MemberID]) throws(KeyError) {
    precondition(!members.isEmpty, "there is nobody to issue codes to")
    issuer = CodeIssuer(try SigningKey(pem: key))
    self.members = members
  }

  /// - Returns: nil where `same` is asked for and nothing good has been shown yet.
  mutating func code(
    _ kind: Kind, for member: MemberID, at now: WallTime
  ) throws(CodeIssueError) -> [UInt8]? {
    switch kind {
    case .good:
      let code = Array(try issuer.issue(member, life: Self.life, at: now).utf8)
      last = code
      return code
    case .expired:
      let then = WallTime(milliseconds: now.milliseconds - Self.hour)
      return Array(try issuer.issue(member, life: Self.life, at: then).utf8)
    case .foreign: return Array(try stranger.issue(member, life: Self.life, at: now).utf8)
    case .garbage: return Array("https://example.org/\(Hex.text(Randomness.bits, digits: 16))".utf8)
    case .same: return last
    }
  }
}
