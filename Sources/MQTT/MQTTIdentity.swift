// Who a client is to a broker, and how it knows the broker: the two halves of mutual TLS.
import CMosquitto
import CTLS

/// The certificates of a connection, as PEM. The key is a secret.
package struct MQTTIdentity: Sendable, Equatable {
  /// The authority that the broker's certificate must come from.
  package var authority: [UInt8]
  /// The client's certificate, whose common name is the name of its account at the broker.
  package var certificate: [UInt8]
  package var key: [UInt8]
  /// The name, or the numeric address, for which the broker's certificate must have been issued.
  package var brokerName: String

  package init(authority: [UInt8], certificate: [UInt8], key: [UInt8], brokerName: String) {
    self.authority = authority
    self.certificate = certificate
    self.key = key
    self.brokerName = brokerName
  }
}

/// The context of one connection by TLS 1.2 or 1.3 (RFC 5246, RFC 8446).
///
/// The library is connected to a numeric address, so that it cannot compare the name in the broker's
/// certificate with the one that was configured: libssl does (X509_VERIFY_PARAM_set1_host(3)).
final class TLSContext {
  let pointer: OpaquePointer
  let identity: MQTTIdentity
  /// Why the broker's certificate was refused in the last handshake; nil where it was not.
  private(set) var refusal: String?

  /// - Throws: the reason why the identity cannot be used.
  init(_ identity: MQTTIdentity) throws(MQTTFault) {
    guard let pointer = SSL_CTX_new(TLS_client_method()) else { throw MQTTFault("out of memory") }
    self.pointer = pointer
    self.identity = identity
    ERR_clear_error()
    do throws(MQTTFault) {
      tls_set_oldest_version(pointer, TLS1_2_VERSION)
      try Self.believe(identity.authority, pointer)
      try Self.expect(identity.brokerName, pointer)
      try Self.appear(identity, pointer)
    } catch {
      ERR_clear_error()
      throw error
    }
    tls_set_listener(pointer, Unmanaged.passUnretained(self).toOpaque())
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER) { isAccepted, store in
      if isAccepted == 0, let store, let me = tls_listener(store) {
        let code = X509_STORE_CTX_get_error(store)
        let reason = X509_verify_cert_error_string(Int(code)).map { String(cString: $0) }
        Unmanaged<TLSContext>.fromOpaque(me).takeUnretainedValue().refusal =
          "the broker's certificate is refused: \(reason ?? "error \(code)")"
      }
      return isAccepted
    }
  }

  deinit {
    // A connection of the library may outlive this object by a moment.
    tls_set_listener(pointer, nil)
    SSL_CTX_free(pointer)
  }

  /// Another attempt begins.
  func forgetRefusal() { refusal = nil }

  /// Why no session came about, for a log. A broker that speaks TLS 1.3 judges the client's
  /// certificate when the client holds the handshake to be done, and just hangs up.
  /// - Parameter why: in the library's words.
  func account(of why: String) -> String {
    refusal
      ?? "the broker hangs up before there is a session: it speaks no TLS, or does not take this "
      + "certificate, which may be over, revoked, or another authority's (\(why))"
  }

  private static func believe(_ pem: [UInt8], _ context: OpaquePointer) throws(MQTTFault) {
    guard let certificate = read(pem, { PEM_read_bio_X509($0, nil, nil, nil) }) else {
      throw MQTTFault("the authority's file holds no certificate")
    }
    defer { X509_free(certificate) }
    guard X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) == 1 else {
      throw MQTTFault("the authority's certificate cannot be used")
    }
  }

  private static func expect(_ name: String, _ context: OpaquePointer) throws(MQTTFault) {
    let parameters = SSL_CTX_get0_param(context)
    // A numeric address is compared as one, anything else as a host's name.
    guard
      X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1
        || X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1
    else { throw MQTTFault("\(name) is no name of a broker") }
  }

  private static func appear(
    _ identity: MQTTIdentity, _ context: OpaquePointer
  ) throws(MQTTFault) {
    guard let certificate = read(identity.certificate, { PEM_read_bio_X509($0, nil, nil, nil) })
    else { throw MQTTFault("the certificate's file holds none") }
    defer { X509_free(certificate) }
    guard let key = read(identity.key, { PEM_read_bio_PrivateKey($0, nil, nil, nil) }) else {
      throw MQTTFault("the key's file holds no private key")
    }
    defer { EVP_PKEY_free(key) }
    guard SSL_CTX_use_certificate(context, certificate) == 1,
      SSL_CTX_use_PrivateKey(context, key) == 1, SSL_CTX_check_private_key(context) == 1
    else { throw MQTTFault("the key is not that of the certificate") }
  }

  private static func read(
    _ pem: [UInt8], _ parse: (OpaquePointer) -> OpaquePointer?
  ) -> OpaquePointer? {
    pem.withUnsafeBytes { bytes in
      guard let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else {
        return nil
      }
      defer { BIO_free(memory) }
      return parse(memory)
    }
  }
}

extension MQTTLogin {
  /// Has a session of the library show it to the broker.
  /// - Parameter known: the context of the attempt before, which is taken again where it is of the
  ///   same identity: a library of 2.0.21 never lets go of the context of an attempt that failed
  ///   before it had a socket (eclipse-mosquitto issue 2992), so that there is one and no more.
  /// - Returns: what has to live as long as the session; nil without TLS.
  func show(
    in session: OpaquePointer, user: String, known: TLSContext?
  ) throws(MQTTFault) -> TLSContext? {
    switch self {
    case .password(let password):
      mosquitto_username_pw_set(session, user, password)
      return nil
    case .certificate(let identity):
      let context: TLSContext
      if let known, known.identity == identity {
        context = known
        context.forgetRefusal()
      } else {
        context = try TLSContext(identity)
      }
      // The library would add to a context what it thinks right, and wants files for it.
      mosquitto_int_option(session, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0)
      mosquitto_void_option(session, MOSQ_OPT_SSL_CTX, UnsafeMutableRawPointer(context.pointer))
      return context
    }
  }
}
