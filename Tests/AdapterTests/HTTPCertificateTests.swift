// Certificates and keys as PEM: what is taken, and what is wrong with the rest.

import HTTP
import Linux
import TestBed
import Testing
import Time

@Suite("Certificate and key of a server")
struct HTTPCertificateTests {
  private let folder: WorkFolder
  private let authority: OpenSSLAuthority
  private let chain: [UInt8]
  private let key: [UInt8]

  init() throws {
    folder = try WorkFolder()
    authority = try OpenSSLAuthority(folder)
    let files = (folder.file("own.crt"), folder.file("own.key"))
    try authority.issue("own", days: 20, certificate: files.0, key: files.1)
    chain = try Files.read(files.0)
    key = try Files.read(files.1)
  }

  private func fault(_ chain: [UInt8], _ key: [UInt8]) -> HTTPCertificateFault? {
    do throws(HTTPCertificateFault) {
      _ = try HTTPCertificate(chain: chain, key: key)
      return nil
    } catch {
      return error
    }
  }

  @Test("a certificate with its key is taken, alone and with its authority behind it")
  func taken() throws {
    let certificate = try HTTPCertificate(chain: chain, key: key)
    let left = certificate.ends - Clock.wall
    #expect(left > .seconds(19 * 86_400) && left <= .seconds(20 * 86_400))
    // Of a chain the first counts: the authority's lasts for longer.
    let whole = try HTTPCertificate(chain: chain + Files.read(authority.path), key: key)
    #expect(whole.ends == certificate.ends)
  }

  @Test("a chain in the wrong order, a part of one, and what is none are faults of the chain")
  func chainFaults() throws {
    for text in [
      try Files.read(authority.path) + chain, Array(chain.dropLast(60)), [], Array("hello".utf8),
      key,
    ] {
      guard case .chain(let reason) = fault(text, key) else {
        Issue.record("\(String(decoding: text.prefix(60), as: UTF8.self))")
        continue
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test("a part of a key, one with a password, and what is none are faults of the key")
  func keyFaults() throws {
    let locked = folder.file("locked.key")
    let made = try Program.run(
      "openssl",
      ["pkcs8", "-topk8", "-in", folder.file("own.key"), "-out", locked, "-passout", "pass:secret"])
    #expect(made.status == 0, "\(made.output)")
    for text in [Array(key.dropLast(60)), [], chain, try Files.read(locked)] {
      guard case .key(let reason) = fault(chain, text) else {
        Issue.record("\(String(decoding: text.prefix(30), as: UTF8.self))")
        continue
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test("the key of another certificate is told apart", arguments: [true, false])
  func strangers(isOfOneKind: Bool) throws {
    let files = (folder.file("other.crt"), folder.file("other.key"))
    try authority.issue(
      "other", isOfOneKind ? .p256 : .rsa2048, certificate: files.0, key: files.1)
    #expect(fault(chain, try Files.read(files.1)) == .strangers)
  }
}
