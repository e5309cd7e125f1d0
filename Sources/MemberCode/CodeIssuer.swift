// Makes member codes: a short-lived, signed statement of who shows it.

import CSodium
import StationProtocol
import Time

/// Why no code is made.
package enum CodeIssueError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Less than a second, or beyond the year 9999.
  case life
  /// Longer than a code may be, which only long names of issuer or audience can cause.
  case tooLong(characters: Int)

  package var description: String {
    switch self {
    case .life: "a code lives for at least one second and ends before the year 10000"
    case .tooLong(let characters):
      "the code would have \(characters) characters, more than \(CodeIssuer.mostCharacters)"
    }
  }
}

package struct CodeIssuer: Sendable {
  /// What a code of this product has at most, so that a scanner reads it from a cracked phone.
  package static let mostCharacters = 300
  private static let tokenIDBytes = 8

  package let key: SigningKey

  package init(_ key: SigningKey) { self.key = key }

  /// Makes one code: CWT claims in a tagged COSE_Sign1, as base45.
  /// - Parameters:
  ///   - life: from issue to expiry; a fraction of a second is cut off.
  ///   - time: the time of issue; a fraction of a second is cut off.
  ///   - issuer: who vouches for the member, where verifiers want to know.
  ///   - audience: where alone the code is good: a station, or the issuer's own word for some.
  ///   - tokenID: what makes two codes of one second differ; random unless given.
  ///   - traits: what stations are to know of the member without a list.
  package func issue(
    _ member: MemberID, life: Duration, at time: WallTime, issuer: String? = nil,
    audience: String? = nil, tokenID: [UInt8]? = nil, traits: MemberTraits = []
  ) throws(CodeIssueError) -> String {
    let issued = time.milliseconds / 1000
    let (expires, isTooLate) = issued.addingReportingOverflow(life.components.seconds)
    guard life >= .seconds(1), !isTooLate, ClaimSet.seconds.contains(issued),
      ClaimSet.seconds.contains(expires)
    else { throw .life }
    let payload = ClaimSet.encode(
      issuer: issuer, member: member, audience: audience, issuedSeconds: issued,
      expiresSeconds: expires, tokenID: tokenID ?? Self.randomTokenID(), traits: traits)
    let code = sign(payload)
    guard code.utf8.count <= Self.mostCharacters else {
      throw .tooLong(characters: code.utf8.count)
    }
    return code
  }

  private func sign(_ payload: [UInt8]) -> String {
    var message = CoseSign1(algorithm: .edDSA, keyID: key.id.bytes, payload: payload)
    message.signature = key.sign(message.signedContent())
    return Base45.encode(message.encoded())
  }

  private static func randomTokenID() -> [UInt8] {
    var tokenID = [UInt8](repeating: 0, count: tokenIDBytes)
    // The key at hand proves that libsodium is initialised.
    randombytes_buf(&tokenID, tokenID.count)
    return tokenID
  }
}
