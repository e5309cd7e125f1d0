// The certificate of a server with its private key, read from PEM and found good.

import CGnuTLS
import Time

/// A fault of the PEM texts of a certificate and its key.
package enum HTTPCertificateFault: Error, Equatable, Sendable {
  /// The certificate or one of its chain; the reason in the library's words.
  case chain(String)
  /// The private key; the reason in the library's words.
  case key(String)
  /// Each of them can be read, but the key is that of another certificate.
  case strangers
}

/// A chain of certificates and the private key of its first. It lives on the loop's thread, for as
/// long as a connection uses it.
package final class HTTPCertificate {
  /// The last moment at which the first certificate of the chain is valid.
  package let ends: WallTime
  let credentials: gnutls_certificate_credentials_t

  /// - Parameters:
  ///   - chain: the certificate, and behind it those that vouch for it, each for the one before.
  ///   - key: its private key, without a password.
  package init(chain: [UInt8], key: [UInt8]) throws(HTTPCertificateFault) {
    let list = try Self.list(chain)
    defer { Self.free(list) }
    let privateKey = try Self.privateKey(key)
    defer { gnutls_x509_privkey_deinit(privateKey) }
    guard let first = list.first else { throw .chain("there is no certificate in it") }
    ends = WallTime(seconds: Int64(gnutls_x509_crt_get_expiration_time(first)))
    var made: gnutls_certificate_credentials_t?
    guard gnutls_certificate_allocate_credentials(&made) >= 0, let made else {
      throw .chain("no memory is left")
    }
    var certificates: [gnutls_x509_crt_t?] = list
    let code = gnutls_certificate_set_x509_key(
      made, &certificates, Int32(certificates.count), privateKey)
    guard code >= 0 else {
      gnutls_certificate_free_credentials(made)
      if code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH { throw .strangers }
      throw .chain(Self.text(of: code))
    }
    credentials = made
  }

  deinit { gnutls_certificate_free_credentials(credentials) }

  private static func list(_ pem: [UInt8]) throws(HTTPCertificateFault) -> [gnutls_x509_crt_t] {
    var certificates: UnsafeMutablePointer<gnutls_x509_crt_t?>?
    var count: UInt32 = 0
    let code = withDatum(pem) {
      gnutls_x509_crt_list_import2(
        &certificates, &count, $0, GNUTLS_X509_FMT_PEM,
        GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED.rawValue)
    }
    guard code >= 0 else { throw .chain(text(of: code)) }
    defer { ctls_free(certificates) }
    return UnsafeBufferPointer(start: certificates, count: Int(count)).compactMap { $0 }
  }

  private static func free(_ list: [gnutls_x509_crt_t]) {
    for certificate in list { gnutls_x509_crt_deinit(certificate) }
  }

  private static func privateKey(
    _ pem: [UInt8]
  ) throws(HTTPCertificateFault) -> gnutls_x509_privkey_t {
    var key: gnutls_x509_privkey_t?
    guard gnutls_x509_privkey_init(&key) >= 0, let key else { throw .key("no memory is left") }
    let code = withDatum(pem) {
      gnutls_x509_privkey_import2(key, $0, GNUTLS_X509_FMT_PEM, nil, 0)
    }
    guard code >= 0 else {
      gnutls_x509_privkey_deinit(key)
      throw .key(text(of: code))
    }
    return key
  }

  /// The library only reads what it is given.
  private static func withDatum(
    _ bytes: [UInt8], _ body: (UnsafePointer<gnutls_datum_t>) -> Int32
  ) -> Int32 {
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer {
      var datum = gnutls_datum_t(data: $0.baseAddress, size: UInt32($0.count))
      return body(&datum)
    }
  }

  private static func text(of code: Int32) -> String {
    gnutls_strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
