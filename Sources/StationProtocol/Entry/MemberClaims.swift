// What a member code says once its signature is known to be good, and the rule for its validity.
import Time

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
    tokenID: [UInt8]? = nil, traits: MemberTraits = .none
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

  /// Nothing is said: what `[]` means, for which the compiler goes through an array.
  package static let none: MemberTraits = []
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

  package static let all: MemberTraits = [.maintainer, .extended, .duress]

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
  /// The key was good, and its issuer's time is over.
  case issuerEnded
  case notYetValid
  case expired
  /// Valid for longer than a code may be, or without an issue or expiry time.
  case tooLongLived
  /// Names no member, or one whose name is not a pseudonym (`MemberID`).
  case noSubject
  /// Made for another place than this one.
  case wrongAudience
  /// Signed by a key that may not sign this: another issuer's members, or a trait that it may not
  /// give.
  case beyondIssuer

  /// Every ground, with every fault of the first one.
  package static let allCases: [CodeRefusal] =
    CodeFault.allCases.map(malformed) + [
      .unsupportedAlgorithm, .unknownKey, .badSignature, .issuerEnded, .notYetValid, .expired,
      .tooLongLived, .noSubject, .wrongAudience, .beyondIssuer,
    ]

  /// The fault of a malformed code.
  package var fault: CodeFault? {
    if case .malformed(let fault) = self { fault } else { nil }
  }
}

/// How long a code may live, how far two clocks may differ, and for whom codes are meant here.
package struct CodePolicy: Equatable, Sendable {
  package var longestLife: Duration
  package var leeway: Duration
  /// Whom a code may name as its audience, beside the word that its issuer's terms hold; nil where
  /// nobody asks. A code that names none is meant for every place.
  package var audiences: [String]?

  /// - Parameters:
  ///   - longestLife: from issue to expiry; 120 s unless configured.
  ///   - leeway: granted at both ends for the difference of two clocks.
  package init(
    longestLife: Duration = .seconds(120), leeway: Duration = .seconds(5),
    audiences: [String]? = nil
  ) {
    self.longestLife = longestLife
    self.leeway = leeway
    self.audiences = audiences
  }

  /// Judges claims whose signature is good.
  /// - Parameter terms: of the key that made the signature.
  /// - Returns: the member, or the first ground on which the code is refused.
  package func judge(
    _ claims: MemberClaims, _ terms: IssuerTerms = .unlimited, at time: WallTime
  ) -> Result<MemberID, CodeRefusal> {
    if let ends = terms.ends, time >= ends { return .failure(.issuerEnded) }
    let latestStart = time + leeway
    if let start = claims.notBefore, start > latestStart { return .failure(.notYetValid) }
    if let start = claims.issued, start > latestStart { return .failure(.notYetValid) }
    if let expires = claims.expires, expires + leeway <= time { return .failure(.expired) }
    guard let issued = claims.issued, let expires = claims.expires,
      expires - issued <= longestLife
    else { return .failure(.tooLongLived) }
    return identify(claims, terms)
  }

  /// Whom a code names, whenever it was made: the grounds that no clock is needed for.
  package func identify(
    _ claims: MemberClaims, _ terms: IssuerTerms = .unlimited
  ) -> Result<MemberID, CodeRefusal> {
    guard let subject = claims.subject, let member = MemberID(subject) else {
      return .failure(.noSubject)
    }
    if let audience = claims.audience, audience != terms.audience, let audiences,
      !audiences.contains(audience)
    {
      return .failure(.wrongAudience)
    }
    guard terms.allow(member, claims.traits) else { return .failure(.beyondIssuer) }
    return .success(member)
  }

  /// The member of a code whose signature is good, also where the code is no good any more: whose
  /// it was is what a manager is asked about a refusal.
  /// - Parameter time: nil where no clock is trusted.
  /// - Returns: nil also where the key that made the signature may have ended, since anybody may
  ///   have it by now.
  package func holder(
    of claims: MemberClaims, _ terms: IssuerTerms, at time: WallTime?
  ) -> MemberID? {
    if let ends = terms.ends, time.map({ $0 >= ends }) ?? true { return nil }
    guard case .success(let member) = identify(claims, terms) else { return nil }
    return member
  }

  /// The word of a code on the time, where it may give one: it would have been accepted when it
  /// was issued. One that was never valid, or lives for too long, moves no clock.
  package func witness(_ claims: MemberClaims, _ terms: IssuerTerms) -> TimeWitness? {
    guard let issued = claims.issued, let expires = claims.expires,
      case .success(let member) = judge(claims, terms, at: issued)
    else { return nil }
    return TimeWitness(
      member: member, issued: issued, ends: expires + leeway, isForAll: terms.tellsTime)
  }
}

/// The word of a good code on the time: whoever signed it did so no earlier than `issued`.
package struct TimeWitness: Equatable, Sendable {
  package var member: MemberID
  package var issued: WallTime
  /// From here on the code is not accepted.
  package var ends: WallTime
  /// The witness speaks of the time at which the codes of others are judged as well
  /// (`IssuerTerms.tellsTime`).
  package var isForAll: Bool

  package init(member: MemberID, issued: WallTime, ends: WallTime, isForAll: Bool = true) {
    self.member = member
    self.issued = issued
    self.ends = ends
    self.isForAll = isForAll
  }
}
