// Checks the member codes that stations send with their questions.
import ManagementCore
import MemberCode
import StationProtocol

/// What a station believes is checked once more, by the service's own keys. How long a code lives is
/// for the station to judge, at the moment when it is shown; here it only must not be an old one.
package struct CodeProver: Sendable {
  /// How long after its end a code still counts. A question takes seconds; the rest is for clocks
  /// of stations and of this machine that differ.
  package static let grace: Duration = .seconds(600)

  private let verifier: CodeVerifier

  package init(_ keys: KeySet) { verifier = CodeVerifier(keys) }

  package func prove(_ code: CodeText, at station: StationID, _ time: WallTime) -> CodeProof {
    switch verifier.authenticate(Array(code.text.utf8)) {
    case .refused(let refusal, _): return .refused(refusal)
    case .genuine(let code):
      guard let expires = code.claims.expires else { return .refused(.tooLongLived) }
      if let ends = code.terms.ends, ends + Self.grace <= time { return .refused(.issuerEnded) }
      if expires + Self.grace <= time { return .refused(.expired) }
      let policy = CodePolicy(audiences: [station.text])
      switch policy.identify(code.claims, code.terms) {
      case .success(let member): return .genuine(member, code.digest)
      case .failure(let refusal): return .refused(refusal)
      }
    }
  }
}
