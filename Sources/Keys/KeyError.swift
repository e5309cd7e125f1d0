// Why a key file cannot be used, worded for the person who has to mend it.

package enum KeyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The most keys that one set believes.
  package static let mostOfSet = 64

  /// No PEM block in the file, or one that is damaged.
  case notPEM
  case tooLong
  /// A private key where the public part was asked for.
  case privateKey
  /// A public key or certificate where the private key was asked for.
  case publicKey
  case passphrase
  /// Neither Ed25519 nor P-256, or not the kind that the purpose needs; named as libcrypto does.
  case unsupported(String)
  /// The block's content is not the structure that its label promises, or the key in it is one
  /// that nobody can own.
  case damaged(String)
  case tooManyKeys
  /// More than one public key in a file that is one issuer's.
  case severalKeys

  package var description: String {
    switch self {
    case .notPEM:
      "no PEM block found; a key file has lines such as -----BEGIN PUBLIC KEY-----"
    case .tooLong:
      "longer than \(PEM.mostBytes) bytes, which no key file is"
    case .privateKey:
      "this is a private key; give its public part here"
    case .publicKey:
      "this is no private key; signing needs the file that begins with -----BEGIN PRIVATE KEY-----"
    case .passphrase:
      "the key is protected by a passphrase; store it without one, readable by its owner only"
    case .unsupported(let kind):
      "a key of kind \(kind) cannot be used here"
    case .damaged(let label):
      "the block \(label) is damaged or holds a key that is not valid"
    case .severalKeys:
      "more than one public key in one file; give each a file and a section of its own"
    case .tooManyKeys:
      "more than \(KeyError.mostOfSet) keys"
    }
  }
}
