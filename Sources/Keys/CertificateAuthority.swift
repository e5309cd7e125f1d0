// The service's small authority: certificates for its stations, its broker and itself.

import CCrypto
import Time

/// A key of P-256 with the certificate that it has signed for itself.
///
/// No certificate begins later than 1970: a board without a battery clock starts there, and a broker
/// that is "not yet valid" to it would never be reached. The end is what counts, and it is judged by
/// whoever has a clock.
package struct CertificateAuthority: Sendable {
  package let certificate: Certificate
  private let key: KeyHandle

  /// The use of a certificate.
  package enum Purpose: Sendable {
    /// Connects to the broker: a station or the service.
    case client
    /// Is connected to under these names, of hosts or numeric addresses.
    case server(names: [String])
  }

  /// - Returns: nil where the key is not that of the certificate.
  package init?(key: KeyHandle, certificate: Certificate) {
    guard key.isSame(as: certificate.publicKey) else { return nil }
    self.key = key
    self.certificate = certificate
  }

  /// Makes a new one.
  package init(name: String, serial: SerialNumber, ends: WallTime) {
    let key = KeyHandle.generateP256()
    self.key = key
    certificate = Self.sign(
      Draft(
        name: name, key: key, serial: serial, ends: ends,
        extensions: [
          (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
          (NID_key_usage, "critical,keyCertSign,cRLSign"),
          (NID_subject_key_identifier, "hash"),
        ]), by: key, issuer: nil)
  }

  /// The private key as PEM: a secret, for a file that only its owner reads.
  package var privatePEM: [UInt8] { key.privatePEM }

  /// Certifies a key.
  /// - Parameters:
  ///   - name: the common name. For a client it is its account's name at the broker.
  ///   - ends: not later than the authority itself.
  package func issue(
    _ purpose: Purpose, to name: String, key: KeyHandle, serial: SerialNumber, ends: WallTime
  ) -> Certificate {
    var extensions: [(Int32, String)] = [
      (NID_basic_constraints, "critical,CA:FALSE"),
      (NID_key_usage, "critical,digitalSignature"),
      (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid"),
    ]
    switch purpose {
    case .client: extensions.append((NID_ext_key_usage, "clientAuth"))
    case .server(let names):
      extensions.append((NID_ext_key_usage, "serverAuth"))
      let alternatives = names.map { "\(Self.isNumeric($0) ? "IP" : "DNS"):\($0)" }
      extensions.append((NID_subject_alt_name, alternatives.joined(separator: ",")))
    }
    return Self.sign(
      Draft(
        name: name, key: key, serial: serial, ends: min(ends, certificate.ends),
        extensions: extensions), by: self.key, issuer: certificate)
  }

  /// The list of those that count no more (RFC 5280 section 5), as PEM. It is worth as much as the
  /// newest one that a broker has, until the authority ends: an old list that counts as none would
  /// keep every station out.
  /// - Parameters:
  ///   - revoked: each with the moment since when.
  ///   - number: greater than that of each list before. It stands in the list as the seconds since
  ///     1970 at which the list was made: of two lists a broker takes the later one, and takes none
  ///     that is later than its own clock.
  package func revocationList(
    _ revoked: [(serial: SerialNumber, at: WallTime)], number: Int64
  ) -> [UInt8] {
    guard let list = X509_CRL_new() else { preconditionFailure("no memory for a list") }
    defer { X509_CRL_free(list) }
    X509_CRL_set_version(list, 1)
    X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate.handle))
    Self.withTime(WallTime(seconds: number)) { _ = X509_CRL_set1_lastUpdate(list, $0) }
    Self.withTime(certificate.ends) { _ = X509_CRL_set1_nextUpdate(list, $0) }
    for one in revoked {
      guard let entry = X509_REVOKED_new(), let serial = one.serial.integer else {
        preconditionFailure("no memory for an entry of a list")
      }
      defer { ASN1_INTEGER_free(serial) }
      X509_REVOKED_set_serialNumber(entry, serial)
      Self.withTime(one.at) { _ = X509_REVOKED_set_revocationDate(entry, $0) }
      // The list owns it from here on.
      X509_CRL_add0_revoked(list, entry)
    }
    X509_CRL_sort(list)
    let isSigned = key.withPointer { X509_CRL_sign(list, $0, EVP_sha256()) } > 0
    precondition(isSigned, "libcrypto signs no list")
    return PEM.text(label: "X509 CRL", der: KeyHandle.encoded { i2d_X509_CRL(list, $0) })
  }

  private struct Draft {
    var name: String
    var key: KeyHandle
    var serial: SerialNumber
    var ends: WallTime
    var extensions: [(kind: Int32, value: String)]
  }

  /// - Parameter issuer: nil where it signs for itself.
  private static func sign(
    _ draft: Draft, by key: KeyHandle, issuer: Certificate?
  ) -> Certificate {
    guard let handle = X509_new(), let serial = draft.serial.integer else {
      preconditionFailure("no memory for a certificate")
    }
    defer { ASN1_INTEGER_free(serial) }
    X509_set_version(handle, 2)
    X509_set_serialNumber(handle, serial)
    let subject = X509_get_subject_name(handle)
    let isNamed = X509_NAME_add_entry_by_NID(
      subject, NID_commonName, MBSTRING_UTF8, Array(draft.name.utf8),
      Int32(draft.name.utf8.count), -1, 0)
    precondition(isNamed == 1, "a name of a certificate has 1 to 64 characters")
    X509_set_issuer_name(handle, issuer.map { X509_get_subject_name($0.handle) } ?? subject)
    withTime(WallTime(seconds: 0)) { _ = X509_set1_notBefore(handle, $0) }
    withTime(draft.ends) { _ = X509_set1_notAfter(handle, $0) }
    _ = draft.key.withPointer { X509_set_pubkey(handle, $0) }
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer?.handle ?? handle, handle, nil, nil, 0)
    for (kind, value) in draft.extensions {
      guard let made = X509V3_EXT_conf_nid(nil, &context, kind, value) else {
        preconditionFailure("libcrypto makes no extension of \(value)")
      }
      X509_add_ext(handle, made, -1)
      X509_EXTENSION_free(made)
    }
    let isSigned = key.withPointer { X509_sign(handle, $0, EVP_sha256()) } > 0
    guard isSigned, let certificate = try? Certificate(owning: handle) else {
      preconditionFailure("libcrypto signs no certificate")
    }
    return certificate
  }

  private static func withTime(
    _ time: WallTime, _ body: (UnsafeMutablePointer<ASN1_TIME>) -> Void
  ) {
    guard let made = ASN1_TIME_set(nil, time_t(time.milliseconds / 1000)) else {
      preconditionFailure("libcrypto takes no time of \(time.milliseconds) ms")
    }
    body(made)
    ASN1_STRING_free(made)
  }

  /// Whether a host is named by its address.
  private static func isNumeric(_ host: String) -> Bool {
    guard let address = a2i_IPADDRESS(host) else { return false }
    ASN1_STRING_free(address)
    return true
  }
}
