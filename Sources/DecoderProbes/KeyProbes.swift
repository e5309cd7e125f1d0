// Key files: what a person puts on a machine, which may be any file at all.
import MemberCode

extension Probe {
  static let keys = [keyFile, keyContent]

  private static let keyFile = Probe("key-file", longest: 4096, words: Words.keys) {
    (bytes) throws(Violation) in
    try check(bytes)
  }

  /// The first byte chooses the label of the one block whose content follows: base64 would keep
  /// the fuzzer from the structures inside.
  private static let keyContent = Probe("key-content", longest: 1500) {
    (bytes) throws(Violation) in
    let labels = [
      "PUBLIC KEY", "PRIVATE KEY", "CERTIFICATE", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
    ]
    guard let first = bytes.first else { return }
    let label = labels[Int(first) % labels.count]
    // 48 bytes are the 64 characters of a line.
    let lines = stride(from: 1, to: bytes.count, by: 48).map { start in
      Base64.encode(bytes[start..<min(start + 48, bytes.count)]) + "\n"
    }.joined()
    try check(Array("-----BEGIN \(label)-----\n\(lines)-----END \(label)-----\n".utf8))
  }

  private static func check(_ file: [UInt8]) throws(Violation) {
    if let key = try? VerificationKey(pem: file) {
      try expect(
        (try? VerificationKey(pem: file))?.id == key.id, "a key file always gives the same key")
      try expect((try? KeySet([key])) != nil, "a key that can be read can be used")
    }
    guard let key = try? SigningKey(pem: file) else { return }
    try expect(
      (try? SigningKey(pem: key.privatePEM))?.id == key.id,
      "a private key that is written comes back")
    let readBack = try? VerificationKey(pem: key.publicPEM)
    try expect(readBack?.id == key.id, "a public key that is written comes back")
  }
}
