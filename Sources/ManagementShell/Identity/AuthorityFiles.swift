// The authority as it lies in files, made where there is none.
import Keys
import Linux
import ManagementCore
import Time

/// A folder with the authority's key and certificate, the broker's, every certificate that was issued,
/// and the list of those that count no more. The broker reads copies of four of the files; who copies
/// them is the administrator's affair (`worker-station-broker.path` does it on the same machine).
struct AuthorityFiles {
  static let key = "authority.key"
  static let certificate = "authority.pem"
  static let brokerKey = "broker.key"
  static let brokerCertificate = "broker.pem"
  static let revoked = "revoked.pem"
  static let ledger = "certificates"

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

  /// Key and certificate lie in one file, so that no power cut leaves half an authority behind.
  private static func authority(in folder: String) throws(SystemError) -> CertificateAuthority {
    let path = "\(folder)/\(key)"
    let authority: CertificateAuthority
    if Files.exists(path) {
      let (key, certificate) = try read(path) { bytes throws(KeyError) in
        (try KeyHandle(privatePEM: bytes), try Certificate(pem: bytes))
      }
      guard let known = CertificateAuthority(key: key, certificate: certificate) else {
        throw SystemError("use", path: path, detail: "its key is not that of its certificate")
      }
      authority = known
    } else {
      let serial = newSerial()
      authority = CertificateAuthority(
        name: "worker-station authority \(serial.description.prefix(8))", serial: serial,
        ends: ends)
      try Files.write(
        authority.privatePEM + authority.certificate.pem, to: path, mode: 0o600)
      Log.notice("an authority was made in \(folder): back it up")
    }
    try Files.write(authority.certificate.pem, to: "\(folder)/\(certificate)")
    return authority
  }

  private func keepBroker(_ name: String) throws(SystemError) {
    let (keyPath, path) = ("\(folder)/\(Self.brokerKey)", "\(folder)/\(Self.brokerCertificate)")
    if Files.exists(keyPath), Files.exists(path),
      let known = try? Self.read(path, { bytes throws(KeyError) in try Certificate(pem: bytes) }),
      let knownKey = try? Self.read(
        keyPath, { bytes throws(KeyError) in try KeyHandle(privatePEM: bytes) }),
      known.name == name, known.isIssued(by: authority.certificate),
      knownKey.isSame(as: known.publicKey)
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

  /// Every certificate that was issued, as the folder has it.
  /// - Throws: where the file is damaged: it is never written anew over one that cannot be read.
  func readLedger() throws(SystemError) -> CertificateLedger {
    let path = "\(folder)/\(Self.ledger)"
    guard Files.exists(path) else { return CertificateLedger() }
    let bytes = try Files.read(path, limit: CertificateLedger.mostBytes)
    guard let ledger = CertificateLedger(String(decoding: bytes, as: UTF8.self)) else {
      throw SystemError("use", path: path, detail: "it is damaged: bring it back from a backup")
    }
    return ledger
  }

  /// Writes the ledger, and then the list of certificates that count no more.
  /// - Parameter more: the serial number of one more that nobody has.
  func write(_ ledger: CertificateLedger, more: SerialNumber, at now: WallTime) throws(SystemError)
  {
    try Files.write(Array(ledger.text.utf8), to: "\(folder)/\(Self.ledger)", mode: 0o600)
    let revoked = ledger.revoked.compactMap { entry in
      SerialNumber(entry.serial).map { (serial: $0, at: entry.revokedAt ?? now) }
    }
    try Files.write(
      authority.revocationList(revoked + [(serial: more, at: now)], number: ledger.lists),
      to: "\(folder)/\(Self.revoked)")
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
