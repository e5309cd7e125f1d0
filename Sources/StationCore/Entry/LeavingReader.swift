// What a reader on the room's side makes of what it is shown: who leaves, by name.
import StationProtocol
import Time

/// Tells who wants to leave. Only the signature and whose it is, the list or the PIN count: an
/// expired or used code is as good as any, because leaving is nothing that can be refused.
package struct LeavingReader: Equatable, Sendable {
  private var last: (digest: CodeDigest, at: Instant)?

  package static func == (one: LeavingReader, other: LeavingReader) -> Bool {
    one.last?.digest == other.last?.digest && one.last?.at == other.last?.at
  }

  package enum Decision: Equatable, Sendable {
    /// The same rubbish goes on.
    case ignored
    /// The same phone is still held there: the door stays released.
    case goesOn
    case leaves(MemberID)
    case refused(Entry.Refusal)
  }

  package init() {}

  package mutating func judge(
    _ attempt: EntryAttempt, _ directory: MemberDirectory, at now: Instant
  ) -> Decision {
    let isRepeated = last.map {
      $0.digest == attempt.digest && now - $0.at < Presentation.gap
    }
    last = attempt.digest.map { ($0, now) }
    switch identify(attempt, directory) {
    case .success(let member): return isRepeated == true ? .goesOn : .leaves(member)
    case .failure(let unknown): return isRepeated == true ? .ignored : .refused(unknown.refusal)
    }
  }

  private struct Unknown: Error {
    var refusal: Entry.Refusal
    init(_ denial: Denial, _ credential: Credential, fault: CodeFault? = nil) {
      refusal = Entry.Refusal(denial, credential, fault: fault)
    }
  }

  private func identify(
    _ attempt: EntryAttempt, _ directory: MemberDirectory
  ) -> Result<MemberID, Unknown> {
    switch attempt {
    case .code(let presentation):
      switch presentation.verdict {
      case .refused(let refusal):
        return .failure(
          Unknown(Denial(refusal), .code(presentation.digest), fault: refusal.fault))
      case .genuine(let claims, let code, let terms):
        // A key that may not sign for a member does not say that the member leaves either.
        return CodePolicy().identify(claims, terms).mapError { Unknown(Denial($0), .code(code)) }
      }
    case .card(let presentation):
      guard let member = directory.member(with: presentation.card) else {
        return .failure(Unknown(.unknownCard, .card(presentation.digest)))
      }
      return .success(member)
    case .pin(.right(let member), _), .pin(.duress(let member), _): return .success(member)
    // It opens a way in, and nobody's name goes with it.
    case .typed: return .failure(Unknown(.wrongTypedCode, .typed(nil)))
    case .pin(.wrong, _): return .failure(Unknown(.wrongPIN, .pin))
    }
  }
}
