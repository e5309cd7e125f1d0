// A code that was shown at a reader.
import StationProtocol

/// A code at a reader, with what its signature said.
package struct Presentation: Equatable, Sendable {
  /// The same code within this time of its last reading is one presentation.
  static let gap: Duration = .seconds(3)

  /// Names what is shown, as the same phone held still shows it again and again: the signed content
  /// of a genuine code, and the bytes of any other.
  package var digest: CodeDigest
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

  package init(digest: CodeDigest, verdict: Verdict, text: CodeText? = nil) {
    self.digest = digest
    self.verdict = verdict
    self.text = text
  }
}
