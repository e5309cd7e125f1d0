// A code that was shown at a reader.
import StationProtocol

/// A code at a reader, with what its signature said.
package struct Presentation: Equatable, Sendable {
  /// The same bytes within this time of their last reading are one presentation.
  static let gap: Duration = .seconds(3)

  /// Names exactly these bytes: the same phone held still shows them again and again.
  package var bytes: CodeDigest
  package var verdict: Verdict
  /// The characters of a genuine code: with them the service checks it again before anything is
  /// sold. Doors have no use for them.
  package var text: CodeText?

  package enum Verdict: Equatable, Sendable {
    /// The signature is good. `code` names the signed content, however it was wrapped; `terms` are
    /// what the key that made it may sign.
    /// Indirect, because a presentation is handed on many times before it opens a door, and read
    /// only once or twice.
    indirect case genuine(MemberClaims, code: CodeDigest, terms: IssuerTerms = .unlimited)
    case refused(CodeRefusal)
  }

  package init(bytes: CodeDigest, verdict: Verdict, text: CodeText? = nil) {
    self.bytes = bytes
    self.verdict = verdict
    self.text = text
  }
}
