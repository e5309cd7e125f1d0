// What the service's authority makes, held against another reader: the openssl program.
import Foundation
import Keys
import TestBed
import Testing
import Time

@Suite("The service's authority")
final class AuthorityTests {
  private let folder: WorkFolder
  private let authority: CertificateAuthority
  private static let ends = WallTime(seconds: 4_102_444_800)

  init() throws {
    folder = try WorkFolder()
    authority = CertificateAuthority(
      name: "stations of a test", serial: Self.serial(1), ends: Self.ends)
    try write(authority.certificate.pem, "authority.pem")
  }

  private static func serial(_ number: UInt64) -> SerialNumber { SerialNumber(random: (7, number)) }

  @discardableResult
  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try folder.write(String(decoding: bytes, as: UTF8.self), to: name)
  }

  private func openssl(_ words: String...) throws -> String {
    let run = try Program.run("openssl", words)
    return "\(run.status) \(run.output)"
  }

  private func issued(_ key: KeyHandle = .generateP256()) -> Certificate {
    authority.issue(
      .client, to: "w-1", key: key, serial: Self.serial(2), ends: WallTime(seconds: 2_000_000_000))
  }

  @Test("a station's certificate says whose it is, until when, and is the authority's")
  func station() throws {
    let key = KeyHandle.generateP256()
    let made = try Certificate(pem: issued(key).pem)
    #expect(made.name == "w-1")
    #expect(made.serial == Self.serial(2))
    #expect(made.ends == WallTime(seconds: 2_000_000_000))
    #expect(made.publicKey.isSame(as: key))
    #expect(made.isIssued(by: authority.certificate))
    let other = CertificateAuthority(
      name: "stations of a test", serial: Self.serial(1), ends: Self.ends)
    #expect(!made.isIssued(by: other.certificate))
    let path = try write(made.pem, "w-1.pem")
    let said = try openssl(
      "verify", "-CAfile", folder.file("authority.pem"), "-purpose", "sslclient", path)
    #expect(said.hasPrefix("0 "), "\(said)")
    let asServer = try openssl(
      "verify", "-CAfile", folder.file("authority.pem"), "-purpose", "sslserver", path)
    #expect(!asServer.hasPrefix("0 "), "a station can pass for the broker: \(asServer)")
  }

  @Test("a station's certificate makes no others")
  func noAuthority() throws {
    let key = KeyHandle.generateP256()
    let made = issued(key)
    let thief = try #require(CertificateAuthority(key: key, certificate: made))
    let forged = thief.issue(
      .client, to: "w-2", key: .generateP256(), serial: Self.serial(3), ends: Self.ends)
    try write(made.pem, "w-1.pem")
    let path = try write(forged.pem, "w-2.pem")
    let said = try openssl(
      "verify", "-CAfile", folder.file("authority.pem"), "-untrusted", folder.file("w-1.pem"), path)
    #expect(!said.hasPrefix("0 "))
    #expect(!forged.isIssued(by: authority.certificate))
  }

  @Test("the broker's certificate is for its names and addresses alone")
  func broker() throws {
    let made = authority.issue(
      .server(names: ["broker.example.org", "192.0.2.7", "::1"]), to: "broker.example.org",
      key: .generateP256(), serial: Self.serial(4), ends: Self.ends)
    let path = try write(made.pem, "broker.pem")
    for (option, name, isRight) in [
      ("-verify_hostname", "broker.example.org", true), ("-verify_ip", "192.0.2.7", true),
      ("-verify_ip", "::1", true), ("-verify_hostname", "example.org", false),
      ("-verify_ip", "192.0.2.8", false),
    ] {
      let said = try openssl(
        "verify", "-CAfile", folder.file("authority.pem"), "-purpose", "sslserver", option, name,
        path)
      #expect(said.hasPrefix("0 ") == isRight, "\(name): \(said)")
    }
  }

  @Test("no certificate outlives its authority, and a board of 1970 takes each")
  func times() throws {
    let made = authority.issue(
      .client, to: "w-1", key: .generateP256(), serial: Self.serial(5),
      ends: Self.ends + .seconds(60))
    #expect(made.ends == Self.ends)
    let path = try write(made.pem, "w-1.pem")
    let said = try openssl(
      "verify", "-CAfile", folder.file("authority.pem"), "-attime", "3600", path)
    #expect(said.hasPrefix("0 "), "\(said)")
  }

  @Test("a certificate on the list counts no more, another one does")
  func revoked() throws {
    let first = issued()
    let second = authority.issue(
      .client, to: "w-1", key: .generateP256(), serial: Self.serial(6),
      ends: WallTime(seconds: 2_000_000_000))
    let now = WallTime(seconds: 1_700_000_000)
    try write(
      authority.certificate.pem + authority.revocationList([(first.serial, now)], number: 1),
      "both.pem")
    for (certificate, counts) in [(first, false), (second, true)] {
      let path = try write(certificate.pem, "w-1.pem")
      let said = try openssl("verify", "-CAfile", folder.file("both.pem"), "-crl_check", path)
      #expect(said.hasPrefix("0 ") == counts, "\(said)")
    }
  }

  @Test("what a key has signed is verified, by libcrypto's own program too, and nothing else is")
  func signatures() throws {
    let key = KeyHandle.generateP256()
    let content = Array("identity".utf8)
    for _ in 0..<64 {
      let signature = try #require(key.signES256(content))
      #expect(signature.count == 64 && key.verifiesES256(signature, of: content))
      #expect(!key.verifiesES256(signature, of: content + [0]))
      #expect(!KeyHandle.generateP256().verifiesES256(signature, of: content))
    }
    let publicKey = try #require(KeyHandle(publicDER: key.publicDER))
    #expect(publicKey.signES256(content) == nil)
  }

  @Test("requests are read both ways, and only one that its own key has signed")
  func requests() throws {
    let key = KeyHandle.generateP256()
    let made = CertificateRequest.make(for: key, name: "w-1")
    #expect(try CertificateRequest(pem: made).publicKey.isSame(as: key))
    let said = try openssl(
      "req", "-in", try write(made, "w-1.csr"), "-noout", "-verify", "-subject")
    #expect(said.contains("OK") && said.contains("w-1"), "\(said)")
    let foreign = try openssl(
      "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", folder.file("rsa.key"), "-subj",
      "/CN=w-1", "-out", folder.file("rsa.csr"))
    try #require(foreign.hasPrefix("0 "))
    #expect(throws: KeyError.unsupported("RSA")) {
      try CertificateRequest(
        pem: Array(String(contentsOfFile: folder.file("rsa.csr"), encoding: .utf8).utf8))
    }
    var blocks = try PEM.blocks(made)
    blocks[0].der[blocks[0].der.count - 1] ^= 1
    #expect(throws: KeyError.damaged("CERTIFICATE REQUEST")) {
      try CertificateRequest(pem: PEM.text(label: blocks[0].label, der: blocks[0].der))
    }
    #expect(throws: KeyError.unsupported("CERTIFICATE")) {
      try CertificateRequest(pem: authority.certificate.pem)
    }
  }

  @Test("an authority comes back from its files, and not with another's key")
  func files() throws {
    let key = try KeyHandle(privatePEM: authority.privatePEM)
    #expect(CertificateAuthority(key: key, certificate: authority.certificate) != nil)
    #expect(
      CertificateAuthority(key: .generateP256(), certificate: authority.certificate) == nil)
    #expect(SerialNumber("\(Self.serial(9))") == Self.serial(9))
    #expect(SerialNumber("00") == nil)
    #expect(SerialNumber(String(repeating: "F", count: 32)) == nil)
  }
}
