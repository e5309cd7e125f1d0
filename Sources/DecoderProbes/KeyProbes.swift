// Key files: what a person puts on a machine, which may be any file at all. Certificates and signing
// requests: what a board sends to the service, and the other way round.
import Keys
import MemberCode
import Time

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
    // A request has the same content as a certificate at its heart: a subject and a key.
    for label in label == "CERTIFICATE" ? [label, "CERTIFICATE REQUEST"] : [label] {
      try check(Array("-----BEGIN \(label)-----\n\(lines)-----END \(label)-----\n".utf8))
    }
  }

  private static let stranger = CertificateAuthority(
    name: "stranger", serial: SerialNumber(random: (1, 1)),
    ends: WallTime(seconds: 4_000_000_000)
  ).certificate

  private static func check(_ file: [UInt8]) throws(Violation) {
    if let key = try? VerificationKey(pem: file) {
      try expect(
        (try? VerificationKey(pem: file))?.id == key.id, "a key file always gives the same key")
      try expect((try? KeySet([key])) != nil, "a key that can be read can be used")
    }
    if let certificate = try? Certificate(pem: file) {
      let again = try? Certificate(pem: certificate.pem)
      try expect(
        again?.serial == certificate.serial && again?.name == certificate.name
          && again?.ends == certificate.ends && certificate.name.utf8.count <= file.count,
        "a certificate that is written comes back")
      try expect(
        !certificate.isIssued(by: stranger), "nobody else has issued what was made up")
    }
    if let request = try? CertificateRequest(pem: file) {
      try expect(request.publicKey.isP256, "a request is for a key of P-256")
    }
    guard let key = try? SigningKey(pem: file) else { return }
    try expect(
      (try? SigningKey(pem: key.privatePEM))?.id == key.id,
      "a private key that is written comes back")
    let readBack = try? VerificationKey(pem: key.publicPEM)
    try expect(readBack?.id == key.id, "a public key that is written comes back")
  }
}
