// Decides whether a presented code opens the door, and for every refusal says why.
import StationProtocol

/// The entry machine of one access point: it holds what was last shown there and how often
/// refusals came. What the whole station knows (clock, marks, people inside) it is handed.
package struct Entry: Equatable, Sendable {
  /// The same bytes within this time of their last reading are one presentation.
  static let presentationGap: Duration = .seconds(3)
  /// Refusals in a minute that are recorded one by one; further ones are counted.
  static let recordedRefusals = 10
  static let refusalWindow: Duration = .seconds(60)

  private var lastShown: Shown?
  private var window: Window?

  private struct Shown: Equatable, Sendable {
    var bytes: CodeDigest
    var at: Instant
    var judged: Instant
    /// Why it was refused, where it was.
    var denial: Denial?

    /// A phone is held to the reader until the door opens: what stood in the way may have gone.
    func deservesAnotherLook(at now: Instant) -> Bool {
      denial?.canPass == true && now - judged >= Entry.presentationGap
    }
  }

  private struct Window: Equatable, Sendable {
    var ends: Instant
    var refusals: Int
  }

  package enum Decision: Equatable, Sendable {
    /// The same presentation goes on.
    case ignored
    /// The code is good, and already holds this door open: say so again, nothing else.
    case confirmed
    case granted(MemberID, mark: ReplayMark)
    /// The fault is there where the code is malformed.
    case refused(Denial, MemberID?, CodeDigest, fault: CodeFault? = nil)
  }

  /// What a decision depends on beyond the code itself.
  package struct Circumstances: Equatable, Sendable {
    package var policy: EntryPolicy
    /// The time by which codes are judged; nil where the station does not know it.
    package var time: WallTime?
    package var localMinute: Int
    package var marks: ReplayMarks
    package var inside: Int64
    /// The code for which this door is released at this moment.
    package var openFor: CodeDigest?
  }

  package init() {}

  package mutating func decide(
    _ presentation: Presentation, _ circumstances: Circumstances, at now: Instant
  ) -> Decision {
    let goesOn = lastShown.flatMap {
      $0.bytes == presentation.bytes && now - $0.at < Self.presentationGap ? $0 : nil
    }
    if var shown = goesOn, !shown.deservesAnotherLook(at: now) {
      shown.at = now
      lastShown = shown
      return .ignored
    }
    let decision = Self.judge(presentation, circumstances)
    var denial: Denial?
    if case .refused(let ground, _, _, _) = decision { denial = ground }
    lastShown = Shown(bytes: presentation.bytes, at: now, judged: now, denial: denial)
    // The same answer to the same presentation is no new attempt.
    return goesOn != nil && goesOn?.denial == denial ? .ignored : decision
  }

  /// The grounds in their order; the first that holds is the answer.
  private static func judge(
    _ presentation: Presentation, _ circumstances: Circumstances
  ) -> Decision {
    let claims: MemberClaims
    let code: CodeDigest
    switch presentation.verdict {
    case .refused(let refusal):
      return .refused(Denial(refusal), nil, presentation.bytes, fault: refusal.fault)
    case .genuine(let genuine, let digest):
      claims = genuine
      code = digest
    }
    guard let time = circumstances.time else { return .refused(.clockUntrusted, nil, code) }
    switch circumstances.policy.code.judge(claims, at: time) {
    case .failure(let refusal): return .refused(Denial(refusal), nil, code)
    case .success(let member):
      if code == circumstances.openFor { return .confirmed }
      let denial: Denial? =
        if circumstances.marks.contains(code) {
          .replayed
        } else if !circumstances.policy.hours.areOpen(atMinute: circumstances.localMinute) {
          .closed
        } else if let capacity = circumstances.policy.capacity, circumstances.inside >= capacity {
          .full
        } else {
          nil
        }
      if let denial { return .refused(denial, member, code) }
      let until = (claims.expires ?? time) + circumstances.policy.code.leeway
      return .granted(member, mark: ReplayMark(code: code, until: until))
    }
  }

  // MARK: - The rate of recorded refusals

  /// Counts a refusal.
  /// - Returns: whether it gets a record of its own.
  package mutating func countRefusal(at now: Instant) -> Bool {
    var current = window ?? Window(ends: now + Self.refusalWindow, refusals: 0)
    current.refusals += 1
    window = current
    return current.refusals <= Self.recordedRefusals
  }

  /// When the current minute of refusals ends.
  package var deadline: Instant? { window?.ends }

  /// Ends the minute if it is over.
  /// - Returns: how many refusals had no record of their own.
  package mutating func closeWindow(at now: Instant) -> Int64? {
    guard let current = window, current.ends <= now else { return nil }
    window = nil
    let surplus = current.refusals - Self.recordedRefusals
    return surplus > 0 ? min(Int64(surplus), Record.mostRefusals) : nil
  }
}

extension Denial {
  /// Whether the same code may be good a moment later.
  fileprivate var canPass: Bool {
    switch self {
    case .paused, .clockUntrusted, .notYetValid, .suspended, .closed, .notReserved, .passedBack,
      .interlocked, .full, .lockedDown, .maintenance:
      true
    case .malformed, .unsupportedAlgorithm, .unknownKey, .badSignature, .unknownCard, .wrongPIN,
      .expired, .tooLongLived, .noSubject, .revoked, .replayed:
      false
    }
  }
}
