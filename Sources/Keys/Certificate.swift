// An X.509 certificate (RFC 5280) as far as this product looks at one: whose it is, and until when.

import CCrypto
import Glibc
import Time

/// Owns one `X509`. libcrypto counts its references atomically and nothing here changes it once it
/// is made, so it may be used from several threads.
package final class Certificate: @unchecked Sendable {
  let handle: OpaquePointer
  /// The common name of its subject: whom it certifies.
  package let name: String
  package let serial: SerialNumber
  /// The last moment at which it counts.
  package let ends: WallTime
  package let publicKey: KeyHandle

  /// Reads the first certificate of a PEM file.
  /// - Throws: where there is none, or one that no authority of this product has made.
  package convenience init(pem file: [UInt8]) throws(KeyError) {
    let blocks = try PEM.blocks(file)
    guard let block = blocks.first(where: { $0.label == "CERTIFICATE" }) else {
      throw .unsupported(blocks[0].label)
    }
    guard let handle = KeyHandle.parse(block.der, { d2i_X509(nil, $0, $1) }, X509_free) else {
      throw .damaged(block.label)
    }
    try self.init(owning: handle)
  }

  /// Takes over the reference that the caller holds.
  init(owning handle: OpaquePointer) throws(KeyError) {
    self.handle = handle
    guard let key = X509_get_pubkey(handle).map({ KeyHandle(owning: $0) }),
      let serial = SerialNumber(X509_get0_serialNumber(handle)),
      let name = Self.commonName(X509_get_subject_name(handle)),
      let ends = Self.time(X509_get0_notAfter(handle))
    else {
      ERR_clear_error()
      X509_free(handle)
      throw .damaged("CERTIFICATE")
    }
    publicKey = key
    self.serial = serial
    self.name = name
    self.ends = ends
  }

  deinit { X509_free(handle) }

  package var pem: [UInt8] {
    PEM.text(label: "CERTIFICATE", der: KeyHandle.encoded { i2d_X509(handle, $0) })
  }

  /// Whether this authority has signed it. The time is the caller's to look at.
  package func isIssued(by authority: Certificate) -> Bool {
    defer { ERR_clear_error() }
    return X509_check_issued(authority.handle, handle) == Int32(X509_V_OK)
      && authority.publicKey.withPointer { X509_verify(handle, $0) } == 1
  }

  /// The one common name of a subject. A name with two could be read as either.
  private static func commonName(_ subject: OpaquePointer?) -> String? {
    guard let subject else { return nil }
    let place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
    guard place >= 0, X509_NAME_get_index_by_NID(subject, NID_commonName, place) < 0,
      let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place))
    else { return nil }
    var text: UnsafeMutablePointer<UInt8>?
    let length = ASN1_STRING_to_UTF8(&text, data)
    guard length > 0, let text else { return nil }
    defer { CRYPTO_free(text, nil, 0) }
    return String(
      validating: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
  }

  private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> WallTime? {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
    return WallTime(seconds: Int64(timegm(&parts)))
  }
}
