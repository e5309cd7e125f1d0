// Checks the member codes that stations send with their questions.
import Linux
import ManagementCore
import MemberCode
import StationProtocol
import Time

/// What a station believes is checked once more, by the service's own keys. Whether a code is valid
/// at the moment when it is shown is for the station to judge, whose clock and rules may differ; here
/// it must not be an old one, nor one of a time to come, nor live for longer than any station allows.
package struct CodeProver: Sendable {
  /// How long after its end a code still counts. A question takes seconds; the rest is for clocks
  /// of stations and of this machine that differ.
  package static let grace: Duration = .seconds(600)

  /// The longest that a station can be told to accept (`longest-code-life`).
  static let longestLife: Duration = .seconds(86_400)

  private let verifier: CodeVerifier

  package init(_ keys: KeySet) { verifier = CodeVerifier(keys) }

  package func prove(_ code: CodeText, at station: StationID, _ time: WallTime) -> CodeProof {
    switch verifier.authenticate(Array(code.text.utf8)) {
    case .refused(let refusal, _): return .refused(refusal)
    case .genuine(let code):
      let claims = code.claims
      guard let expires = claims.expires, let issued = claims.issued,
        expires - issued <= Self.longestLife
      else { return .refused(.tooLongLived) }
      if max(issued, claims.notBefore ?? issued) > time + Self.grace {
        return .refused(.notYetValid)
      }
      if let ends = code.terms.ends, ends + Self.grace <= time { return .refused(.issuerEnded) }
      if expires + Self.grace <= time { return .refused(.expired) }
      let policy = CodePolicy(audiences: [station.text])
      switch policy.identify(claims, code.terms) {
      case .success(let member): return .genuine(member, code.digest)
      case .failure(let refusal): return .refused(refusal)
      }
    }
  }
}

extension CodeProver {
  /// The service's own key and those of the configuration.
  static func found(
    _ own: SigningKey?, _ files: IssuerFiles
  ) -> (prover: CodeProver, problems: [String]) {
    var found = own.map { [KeySet.Issuer($0.verificationKey, .unlimited)] } ?? []
    for issuer in files.keys.issuers where issuer.key.id != found.first?.key.id {
      if found.count < KeySet.most { found.append(issuer) }
    }
    if found.isEmpty {
      Log.warning("there is no issuer's key: no code that a station sends counts, nothing is sold")
    }
    guard let keys = try? KeySet(issuers: found) else {
      preconditionFailure("a set takes \(KeySet.most) keys")
    }
    return (CodeProver(keys), files.problems)
  }
}
