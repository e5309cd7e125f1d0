// TLS on a server's connections: the certificate of each, and answers beside the HTTP library.

import CGnuTLS
import CMicroHTTPD

/// The sessions of TLS that are open. The HTTP library makes them and ends them; here each gets its
/// certificate before its handshake, so that another one can be put in place while the server runs.
final class HTTPSecurity {
  /// TLS 1.2 and 1.3, with fresh keys for each connection and ciphers that also authenticate. Finite
  /// field groups are left out: a client could ask for one that keeps the loop for long.
  static let priorities =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA"
    + ":-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305"
    + ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE"

  private struct Session {
    let session: gnutls_session_t
    /// The session refers to it without keeping it alive.
    let certificate: HTTPCertificate
  }

  /// The certificate of connections that begin from now on.
  var certificate: HTTPCertificate
  private var sessions: [Int32: Session] = [:]

  init(_ certificate: HTTPCertificate) { self.certificate = certificate }

  /// A connection has begun; its handshake has not.
  /// - Parameter context: of the library's callbacks.
  func begin(_ connection: OpaquePointer, _ context: UnsafeMutableRawPointer?) {
    guard let pointer = chttp_tls_session(connection) else { return }
    let session = gnutls_session_t(pointer)
    gnutls_credentials_set(
      session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(certificate.credentials))
    // The session's place for a pointer of ours; its own pointer is the HTTP library's.
    gnutls_db_set_ptr(session, context)
    gnutls_handshake_set_hook_function(
      session, GNUTLS_HANDSHAKE_FINISHED.rawValue, GNUTLS_HOOK_POST, noteFinished)
    sessions[chttp_descriptor(connection)] = Session(session: session, certificate: certificate)
  }

  /// Answers where the library has not begun to, and says that nothing follows. What the socket does
  /// not take at once is lost.
  func say(_ bytes: [UInt8], to descriptor: Int32) {
    guard let session = sessions[descriptor]?.session else { return }
    _ = gnutls_record_send(session, bytes, bytes.count)
    _ = gnutls_bye(session, GNUTLS_SHUT_WR)
  }

  /// The library has ended the session.
  func end(_ descriptor: Int32) { sessions[descriptor] = nil }
}

/// A finished message of a handshake has been sent, or has come. That of the client is the last, or
/// is answered at once by the last.
private func noteFinished(
  _ session: gnutls_session_t?, _ type: UInt32, _ when: UInt32, _ isIncoming: UInt32,
  _ message: UnsafePointer<gnutls_datum_t>?
) -> Int32 {
  guard isIncoming != 0, let session else { return 0 }
  ServerContext.server(gnutls_db_get_ptr(session))?.agreedOnTLS(gnutls_transport_get_int(session))
  return 0
}
