// The one key of all probes: anyone can read it here, and no station believes it.
import MemberCode

enum ProbeKey {
  /// An Ed25519 key made of the bytes 0 to 31.
  private static let file = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
    -----END PRIVATE KEY-----

    """

  static let signing: SigningKey = {
    guard let key = try? SigningKey(pem: Array(file.utf8)) else {
      preconditionFailure("the key of the probes is not a key")
    }
    return key
  }()

  /// Believes that key alone.
  static let verifier: CodeVerifier = {
    guard let keys = try? KeySet([signing.verificationKey]) else {
      preconditionFailure("one key is too many")
    }
    return CodeVerifier(keys)
  }()
}
