// Makes the codes that a person shows to the simulated board: good ones, and all the wrong ones.

import Keys
import MemberCode
import StationProtocol
import Time

/// A demo's stand-in for the union app. It holds the issuer's private key, so it exists in
/// simulated boards alone.
struct CodeDesk {
  /// A kind of code that can be shown.
  enum Kind: Hashable, Sendable, CaseIterable {
    case good
    /// The last good one once more.
    case same
    case wrong(WrongCode)

    static let allCases: [Kind] = [.good, .same] + WrongCode.allCases.map(wrong)

    init?(word: String) {
      guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
      self = kind
    }

    /// As the page and its texts call it: `board.code.WORD`.
    var word: String {
      switch self {
      case .good: "good"
      case .same: "same"
      case .wrong(let code): code.rawValue
      }
    }
  }

  private static let life = Duration.seconds(60)

  private let issuer: CodeIssuer
  private let wrongCodes: WrongCodeMaker
  let members: [MemberID]
  private(set) var last: [UInt8]?

  /// - Parameters:
  ///   - key: a PEM private key that the stations trust.
  ///   - members: not empty.
  init(key: [UInt8], members: [MemberID]) throws(KeyError) {
    precondition(!members.isEmpty, "there is nobody to issue codes to")
    let key = try SigningKey(pem: key)
    issuer = CodeIssuer(key)
    wrongCodes = WrongCodeMaker(key)
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
    case .same: return last
    case .wrong(let kind): return wrongCodes.code(kind, for: member, at: now)
    }
  }
}
