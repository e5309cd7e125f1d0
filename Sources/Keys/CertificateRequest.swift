// A signing request (PKCS#10, RFC 2986): a public key, and the proof that the asker has its other half.

import CCrypto

package struct CertificateRequest: Sendable {
  package static let mostBytes = 4096
  /// The public key that is to be certified. The name in the request is not looked at: the authority
  /// gives the one that it has decided on.
  package let publicKey: KeyHandle

  /// Reads and proves the request of a PEM file.
  /// - Throws: where it is none, is not signed by its own key, or its key is not P-256.
  package init(pem file: [UInt8]) throws(KeyError) {
    guard file.count <= Self.mostBytes else { throw .tooLong }
    let blocks = try PEM.blocks(file)
    guard let block = blocks.first, block.label == "CERTIFICATE REQUEST" else {
      throw .unsupported(blocks[0].label)
    }
    defer { ERR_clear_error() }
    let parsed = KeyHandle.parse(block.der, { d2i_X509_REQ(nil, $0, $1) }, X509_REQ_free)
    guard let request = parsed else { throw .damaged(block.label) }
    defer { X509_REQ_free(request) }
    guard let key = X509_REQ_get_pubkey(request) else { throw .damaged(block.label) }
    publicKey = KeyHandle(owning: key)
    guard publicKey.isP256 else { throw .unsupported(publicKey.kind) }
    guard publicKey.withPointer({ X509_REQ_verify(request, $0) }) == 1 else {
      throw .damaged(block.label)
    }
  }

  /// Makes the request for a key, which signs it.
  /// - Returns: a PEM file.
  package static func make(for key: KeyHandle, name: String) -> [UInt8] {
    guard let request = X509_REQ_new() else { preconditionFailure("no memory for a request") }
    defer { X509_REQ_free(request) }
    let subject = X509_REQ_get_subject_name(request)
    let isSigned = key.withPointer { pointer in
      X509_NAME_add_entry_by_NID(
        subject, NID_commonName, MBSTRING_UTF8, Array(name.utf8), Int32(name.utf8.count), -1, 0)
        == 1
        && X509_REQ_set_pubkey(request, pointer) == 1
        && X509_REQ_sign(request, pointer, EVP_sha256()) > 0
    }
    precondition(isSigned, "libcrypto signs no request")
    return PEM.text(
      label: "CERTIFICATE REQUEST", der: KeyHandle.encoded { i2d_X509_REQ(request, $0) })
  }
}
