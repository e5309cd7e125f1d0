// The authority as it lies in files, made where there is none.
import Keys
import Linux
import Time

/// A folder with the authority's key and certificate, the broker's, and the list of certificates that
/// count no more. The broker reads copies of the last four; who copies them is the administrator's
/// affair (`worker-station-broker.path` does it on the same machine).
struct AuthorityFiles {
  static let key = "authority.key"
  static let certificate = "authority.pem"
  static let brokerKey = "broker.key"
  static let brokerCertificate = "broker.pem"
  static let revoked = "revoked.pem"

  /// The end of the authority and of what it certifies without another end. Nobody renews it: whoever
  /// loses its key has to claim every board anew, and nothing else ends it.
  static let ends = WallTime(seconds: 4_102_444_799)

  let authority: CertificateAuthority
  private let folder: String

  /// Reads the authority, or makes one; makes the broker's certificate where it is missing, is not of
  /// this authority, or is for another name.
  /// - Throws: where files cannot be used or written.
  init(_ settings: AuthoritySettings) throws(SystemError) {
    folder = settings.directory
    try Files.makeFolder(folder)
    authority = try Self.authority(in: folder)
    try keepBroker(settings.broker)
  }

  private static func authority(in folder: String) throws(SystemError) -> CertificateAuthority {
    let (keyPath, certificatePath) = ("\(folder)/\(key)", "\(folder)/\(certificate)")
    switch (Files.exists(keyPath), Files.exists(certificatePath)) {
    case (false, false):
      let serial = newSerial()
      let made = CertificateAuthority(
        name: "worker-station authority \(serial.description.prefix(8))", serial: serial,
        ends: ends)
      try Files.write(made.privatePEM, to: keyPath, mode: 0o600)
      try Files.write(made.certificate.pem, to: certificatePath)
      Log.notice("an authority was made in \(folder): back it up")
      return made
    case (true, true):
      let key = try read(keyPath) { bytes throws(KeyError) in try KeyHandle(privatePEM: bytes) }
      let certificate = try read(certificatePath) { bytes throws(KeyError) in
        try Certificate(pem: bytes)
      }
      guard let authority = CertificateAuthority(key: key, certificate: certificate) else {
        throw SystemError("use", path: keyPath, detail: "it is not the key of \(certificatePath)")
      }
      return authority
    case (let hasKey, _):
      // Half an authority is never completed: the other half may be in a backup.
      throw SystemError(
        "find", path: hasKey ? certificatePath : keyPath,
        detail: "the other half of the authority is there; bring this file back from a backup")
    }
  }

  private func keepBroker(_ name: String) throws(SystemError) {
    let (keyPath, path) = ("\(folder)/\(Self.brokerKey)", "\(folder)/\(Self.brokerCertificate)")
    if Files.exists(keyPath), Files.exists(path),
      let known = try? Self.read(path, { bytes throws(KeyError) in try Certificate(pem: bytes) }),
      known.name == name, known.isIssued(by: authority.certificate)
    {
      return
    }
    let key = KeyHandle.generateP256()
    let made = authority.issue(
      .server(names: [name]), to: name, key: key, serial: Self.newSerial(), ends: Self.ends)
    try Files.write(key.privatePEM, to: keyPath, mode: 0o600)
    try Files.write(made.pem, to: path)
    Log.notice("a certificate for the broker \(name) was made: \(path)")
  }

  /// Writes the list of certificates that count no more.
  func writeList(
    _ revoked: [(serial: SerialNumber, at: WallTime)], at now: WallTime
  ) throws(SystemError) {
    try Files.write(
      authority.revocationList(revoked, at: now), to: "\(folder)/\(Self.revoked)")
  }

  static func newSerial() -> SerialNumber {
    SerialNumber(random: (Randomness.bits, Randomness.bits))
  }

  private static func read<Value>(
    _ path: String, _ parse: ([UInt8]) throws(KeyError) -> Value
  ) throws(SystemError) -> Value {
    let bytes = try Files.read(path, limit: PEM.mostBytes)
    do throws(KeyError) {
      return try parse(bytes)
    } catch {
      throw SystemError("use", path: path, detail: "\(error)")
    }
  }
}
