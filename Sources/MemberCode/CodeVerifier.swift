// From the characters of a code to what it says and who signed it.

import StationProtocol

/// A code whose signature is good. Whether it is valid now is for `CodePolicy` to judge.
package struct AuthenticCode: Equatable, Sendable {
  package var claims: MemberClaims
  package var keyID: KeyID
  /// The terms of what that key may sign.
  package var terms: IssuerTerms
  /// Over the content that is signed, so that neither another encoding of the same code nor a
  /// second signature that its bytes allow makes it a new one.
  package var digest: CodeDigest

  package init(
    claims: MemberClaims, keyID: KeyID, terms: IssuerTerms = .unlimited, digest: CodeDigest
  ) {
    self.claims = claims
    self.keyID = keyID
    self.terms = terms
    self.digest = digest
  }
}

/// A code shown to a reader, as far as its signature goes.
package enum Presentation: Equatable, Sendable {
  case genuine(AuthenticCode)
  /// The digest is over the characters as they came: nothing in them can be believed.
  case refused(CodeRefusal, digest: CodeDigest)

  package var digest: CodeDigest {
    switch self {
    case .genuine(let code): code.digest
    case .refused(_, let digest): digest
    }
  }
}

/// Checks codes against a set of keys, without network and without a clock.
///
/// The grounds of refusal are examined in the order of `CodeRefusal`, with one exception: what an
/// unsupported algorithm has signed is not opened, so a payload that is no claim set is
/// `malformed` only after the algorithm was found to be a known one.
package struct CodeVerifier: Sendable {
  package let keys: KeySet
  /// A code beyond these bounds is refused before anything is decoded.
  package let bounds: CodeBounds

  package init(_ keys: KeySet, within bounds: CodeBounds = .station) {
    self.keys = keys
    self.bounds = bounds
  }

  /// - Parameter text: what the reader delivered, without its framing.
  package func authenticate(_ text: [UInt8]) -> Presentation {
    text.withUnsafeBytes { authenticate($0) }
  }

  /// - Parameter text: what the reader delivered, without its framing.
  package func authenticate(_ text: UnsafeRawBufferPointer) -> Presentation {
    do throws(CodeRefusal) {
      return .genuine(try authenticCode(text))
    } catch {
      return .refused(error, digest: CodeDigest(of: text))
    }
  }

  private func authenticCode(_ text: UnsafeRawBufferPointer) throws(CodeRefusal) -> AuthenticCode {
    let message = try Self.sound { () throws(CodeFault) in try self.message(text) }
    guard !message.isUnsupported else { throw .unsupportedAlgorithm }
    let claims = try Self.sound { () throws(CodeFault) in
      try ClaimSet.decode(message.payload, within: bounds)
    }
    let content = message.signedContent()
    let issuer = try keys.signer(of: message, content: content)
    return AuthenticCode(
      claims: claims, keyID: issuer.key.id, terms: issuer.terms,
      digest: CodeDigest(of: content))
  }

  /// The message of a text, whoever has signed it.
  package func message(_ text: UnsafeRawBufferPointer) throws(CodeFault) -> CoseSign1 {
    guard text.count <= bounds.characters else { throw .tooLong }
    guard let bytes = try? Base45.decode(text) else { throw .notBase45 }
    return try CoseSign1.decode(bytes, within: bounds)
  }

  /// Turns a fault into the refusal of a malformed code.
  private static func sound<Value>(
    _ body: () throws(CodeFault) -> Value
  ) throws(CodeRefusal) -> Value {
    do throws(CodeFault) {
      return try body()
    } catch {
      throw .malformed(error)
    }
  }
}
