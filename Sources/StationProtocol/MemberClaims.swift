// What a member code says once its signature is known to be good, and the rule for its validity.

/// The claims of a CWT (RFC 8392 section 3.1) that a station looks at. Times are NumericDates
/// turned into milliseconds.
package struct MemberClaims: Equatable, Sendable {
  package var issuer: String?
  package var subject: String?
  package var audience: String?
  package var expires: WallTime?
  package var notBefore: WallTime?
  package var issued: WallTime?
  /// The CWT id (`cti`), which makes two codes of one second differ.
  package var tokenID: [UInt8]?
  package var traits: MemberTraits

  package init(
    issuer: String? = nil, subject: String? = nil, audience: String? = nil,
    expires: WallTime? = nil, notBefore: WallTime? = nil, issued: WallTime? = nil,
    tokenID: [UInt8]? = nil, traits: MemberTraits = []
  ) {
    self.issuer = issuer
    self.subject = subject
    self.audience = audience
    self.expires = expires
    self.notBefore = notBefore
    self.issued = issued
    self.tokenID = tokenID
    self.traits = traits
  }
}

/// What a code says of whoever shows it, so that no station needs a list for it.
package struct MemberTraits: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Looks after stations, and comes in where others may not.
  package static let maintainer = MemberTraits(rawValue: 1)
  /// Needs the door for longer.
  package static let extended = MemberTraits(rawValue: 2)
  /// Shown under threat: opens like any other, and alarms in silence.
  package static let duress = MemberTraits(rawValue: 4)

  /// The words of the claim, in the order in which they are written.
  package static let words: [(word: String, trait: MemberTraits)] = [
    ("maintainer", .maintainer), ("extended", .extended), ("duress", .duress),
  ]

  /// - Returns: nil where the word is not one of them.
  package init?(word: String) {
    guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
    self = known.trait
  }

  package var words: [String] { Self.words.filter { contains($0.trait) }.map(\.word) }
}

/// Why a member code is not accepted, in the order in which the grounds are examined.
package enum CodeRefusal: Hashable, CaseIterable, Error, Sendable {
  /// Not base45, not CBOR, not a COSE_Sign1 that carries a CWT, or longer than a code may be.
  case malformed(CodeFault)
  /// Signed with something other than Ed25519 or ES256.
  case unsupportedAlgorithm
  /// Names a key that this station does not hold.
  case unknownKey
  case badSignature
  case notYetValid
  case expired
  /// Valid for longer than a code may be, or without an issue or expiry time.
  case tooLongLived
  /// Names no member, or one whose name is not a pseudonym (`MemberID`).
  case noSubject

  /// Every ground, with every fault of the first one.
  package static let allCases: [CodeRefusal] =
    CodeFault.allCases.map(malformed) + [
      .unsupportedAlgorithm, .unknownKey, .badSignature, .notYetValid, .expired, .tooLongLived,
      .noSubject,
    ]

  /// What is wrong with a code that is malformed.
  package var fault: CodeFault? {
    if case .malformed(let fault) = self { fault } else { nil }
  }
}

/// How long a code may live and how far two clocks may differ.
package struct CodePolicy: Equatable, Sendable {
  package var longestLife: Duration
  package var leeway: Duration

  /// - Parameters:
  ///   - longestLife: from issue to expiry; 120 s unless configured.
  ///   - leeway: granted at both ends for the difference of two clocks.
  package init(longestLife: Duration = .seconds(120), leeway: Duration = .seconds(5)) {
    self.longestLife = longestLife
    self.leeway = leeway
  }

  /// Judges claims whose signature is good.
  /// - Returns: the member, or the first ground on which the code is refused.
  package func judge(
    _ claims: MemberClaims, at time: WallTime
  ) -> Result<MemberID, CodeRefusal> {
    let starts = [claims.notBefore, claims.issued].compactMap { $0 }
    if let start = starts.max(), start > time + leeway { return .failure(.notYetValid) }
    if let expires = claims.expires, expires + leeway <= time { return .failure(.expired) }
    guard let issued = claims.issued, let expires = claims.expires,
      expires - issued <= longestLife
    else { return .failure(.tooLongLived) }
    guard let subject = claims.subject, let member = MemberID(subject) else {
      return .failure(.noSubject)
    }
    return .success(member)
  }
}
