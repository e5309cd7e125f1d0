// Decides whether what was shown opens the door, and for every refusal says why.
import StationProtocol
import Time

/// The entry machine of one access point: it holds what was last shown there, how often refusals
/// came and how many tries were wrong. What the whole station knows (clock, marks, lists, people
/// inside) it is handed.
package struct Entry: Equatable, Sendable {
  package var tries = WrongTries()
  private var lastShown: Shown?
  package var refusals = RefusalWindow()

  private struct Shown: Equatable, Sendable {
    var bytes: CodeDigest
    var at: Instant
    var judged: Instant
    /// Why it was refused, where it was.
    var denial: Denial?

    /// A phone is held to the reader until the door opens: what stood in the way may have gone.
    func deservesAnotherLook(at now: Instant) -> Bool {
      denial?.canPass == true && now - judged >= Presentation.gap
    }
  }

  package enum Decision: Equatable, Sendable {
    /// The same presentation goes on.
    case ignored
    /// The code is good, and already holds this door open: say so again, nothing else.
    case confirmed
    /// The mark is there where a code was shown: it is used up now.
    case granted(EntryRequest, mark: ReplayMark?, note: GrantNote?)
    case refused(Refusal)
  }

  package struct Refusal: Equatable, Sendable {
    package var denial: Denial
    package var credential: Credential
    /// The member whose credential it is, where that can be told.
    package var member: MemberID?
    /// There where a code is malformed.
    package var fault: CodeFault?
    /// The credential was good, and the one that is shown under threat.
    package var isDuress: Bool

    package init(
      _ denial: Denial, _ credential: Credential, member: MemberID? = nil,
      fault: CodeFault? = nil, isDuress: Bool = false
    ) {
      self.denial = denial
      self.credential = credential
      self.member = member
      self.fault = fault
      self.isDuress = isDuress
    }
  }

  package init() {}

  package mutating func decide(
    _ attempt: EntryAttempt, _ context: EntryContext
  ) -> Decision {
    let now = context.now
    guard let bytes = attempt.digest else {
      lastShown = nil
      return judge(attempt, context)
    }
    let goesOn = lastShown.flatMap {
      $0.bytes == bytes && now - $0.at < Presentation.gap ? $0 : nil
    }
    if var shown = goesOn, !shown.deservesAnotherLook(at: now) {
      shown.at = now
      lastShown = shown
      return .ignored
    }
    let decision = judge(attempt, context)
    var denial: Denial?
    if case .refused(let refusal) = decision { denial = refusal.denial }
    lastShown = Shown(bytes: bytes, at: now, judged: now, denial: denial)
    // The same answer to the same presentation is no new attempt.
    return goesOn != nil && goesOn?.denial == denial ? .ignored : decision
  }

  private func judge(_ attempt: EntryAttempt, _ context: EntryContext) -> Decision {
    switch attempt {
    case .code(let presentation): return judge(presentation, context)
    case .card(let presentation):
      let credential = Credential.card(presentation.digest)
      guard !mustWait(context) else {
        return .refused(Refusal(.paused, credential))
      }
      guard let member = context.directory.member(with: presentation.card) else {
        return .refused(Refusal(.unknownCard, credential))
      }
      return judge(listed(member, credential, context), context)
    case .pin(let attempt, _):
      // Also the right one: or the pause would tell which one that was.
      guard !mustWait(context) else {
        return .refused(Refusal(.paused, .pin))
      }
      switch attempt {
      case .wrong: return .refused(Refusal(.wrongPIN, .pin))
      case .right(let member):
        return judge(listed(member, .pin, context), context)
      case .duress(let member):
        var request = listed(member, .pin, context)
        request.isDuress = true
        return judge(request, context)
      }
    case .typed(let hash):
      // Also the right one, as with a PIN.
      guard !mustWait(context) else { return .refused(Refusal(.paused, .typed(nil))) }
      guard let typed = context.typed else {
        return .refused(Refusal(.wrongTypedCode, .typed(nil)))
      }
      return judge(typed, hash.digest, context)
    }
  }

  /// A code that was typed tells nobody's name: it is judged by its window and its uses, and then by
  /// the rules that hold for everybody.
  private func judge(
    _ typed: KeptCode, _ digest: CodeDigest, _ context: EntryContext
  ) -> Decision {
    let credential = Credential.typed(typed.code.id)
    guard let time = context.time else { return .refused(Refusal(.clockUntrusted, credential)) }
    if digest == context.openFor { return .confirmed }
    if let denial = typed.denial(at: time) { return .refused(Refusal(denial, credential)) }
    return judge(
      EntryRequest(member: nil, credential: credential, code: digest), until: nil, context)
  }

  private func mustWait(_ context: EntryContext) -> Bool {
    context.isHeld || tries.isPaused(at: context.now)
  }

  /// A card and a PIN do not expire, but hours and reservations need a time to go by.
  private func judge(_ request: EntryRequest, _ context: EntryContext) -> Decision {
    let policy = context.policy
    guard context.time != nil || (policy.hours.isConstant && policy.reservation == .off)
    else {
      return .refused(Refusal(.clockUntrusted, request.credential, member: request.member))
    }
    return judge(request, until: nil, context)
  }

  /// The request of a member who is known by the list alone.
  private func listed(
    _ member: MemberID, _ credential: Credential, _ context: EntryContext
  ) -> EntryRequest {
    let profile = context.directory.profile(of: member)
    return EntryRequest(
      member: member, credential: credential, isMaintainer: profile.isMaintainer,
      needsTime: profile.needsTime)
  }

  private func judge(_ presentation: Presentation, _ context: EntryContext) -> Decision {
    let claims: MemberClaims
    let code: CodeDigest
    let terms: IssuerTerms
    switch presentation.verdict {
    case .refused(let refusal):
      return .refused(
        Refusal(Denial(refusal), .code(presentation.digest), fault: refusal.fault))
    case .genuine(let genuine, let digest, let issuer):
      claims = genuine
      code = digest
      terms = issuer
    }
    let policy = context.policy.code
    guard let time = context.time else {
      return .refused(
        Refusal(.clockUntrusted, .code(code), member: policy.holder(of: claims, terms, at: nil)))
    }
    switch policy.judge(claims, terms, at: time) {
    case .failure(let refusal):
      return .refused(
        Refusal(Denial(refusal), .code(code), member: policy.holder(of: claims, terms, at: time)))
    case .success(let member):
      if code == context.openFor { return .confirmed }
      var request = listed(member, .code(code), context)
      request.code = code
      request.isDuress = claims.traits.contains(.duress)
      request.isMaintainer = request.isMaintainer || claims.traits.contains(.maintainer)
      request.needsTime = request.needsTime || claims.traits.contains(.extended)
      let until = (claims.expires ?? time) + policy.leeway
      return judge(request, until: until, context)
    }
  }

  /// - Parameter until: when the code that was shown has expired; nil where none was.
  private func judge(
    _ request: EntryRequest, until: WallTime?, _ context: EntryContext
  ) -> Decision {
    switch EntryRule.judge(request, context) {
    case .failure(let refusal):
      return .refused(
        Refusal(
          refusal.denial, request.credential, member: request.member,
          isDuress: request.isDuress && refusal.denial != .revoked && refusal.denial != .replayed))
    case .success(let note):
      let mark = until.flatMap { until in
        request.code.map { ReplayMark(code: $0, until: until) }
      }
      return .granted(request, mark: mark, note: note)
    }
  }
}

extension Denial {
  /// Whether the same credential may be good a moment later.
  fileprivate var canPass: Bool {
    switch self {
    case .paused, .clockUntrusted, .typedCodeEarly, .notYetValid, .suspended, .closed, .notReserved,
      .passedBack,
      .interlocked, .full, .lockedDown, .maintenance, .readerHeld:
      true
    case .malformed, .unsupportedAlgorithm, .unknownKey, .badSignature, .unknownCard, .wrongPIN,
      .wrongTypedCode, .typedCodeOver, .typedCodeUsed, .issuerEnded, .expired, .tooLongLived,
      .noSubject, .wrongAudience, .beyondIssuer, .revoked,
      .replayed:
      false
    }
  }
}
