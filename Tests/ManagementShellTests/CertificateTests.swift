// The service's own TLS: its certificate is read again on a signal, what cannot be used changes
// nothing, and its end is told in time.
import Foundation
import MemberCode
import TestBed
import Testing

@Suite("Certificate of a running service")
struct CertificateTests {
  /// The service with a certificate of its own, and a broker.
  private final class Bed {
    let folder: WorkFolder
    let authority: OpenSSLAuthority
    let broker: Broker
    private(set) var management: ManagementUnderTest

    /// - Parameters:
    ///   - days: until the end of the first certificate.
    ///   - isCredential: whether its key is a credential and not a file.
    init(days: Int = 30, isCredential: Bool = false) throws {
      folder = try WorkFolder()
      authority = try OpenSSLAuthority(folder)
      broker = try Broker(folder, accounts: ["service": "secret-\(UUID().uuidString)"])
      let (certificate, key) = (folder.file("https.crt"), folder.file("https.key"))
      try authority.issue("first", days: days, certificate: certificate, key: key)
      management = try ManagementUnderTest(
        folder, brokerPort: broker.port, password: "none",
        issuerKey: String(decoding: SigningKey.generate().privatePEM, as: UTF8.self),
        http: ["certificate = \(certificate)"]
          + (isCredential ? [] : ["certificate-key = \(key)"]),
        httpsKey: isCredential ? try String(contentsOfFile: key, encoding: .utf8) : nil)
    }

    deinit {
      management.kill()
      broker.kill()
    }

    func replace(_ name: String, days: Int = 30, for host: String = "localhost") throws {
      try authority.issue(
        name, for: host, days: days, certificate: folder.file("https.crt"),
        key: folder.file("https.key"))
    }

    /// Sends SIGHUP and waits for what the log then says.
    func reload(_ mark: String) throws {
      let before = management.log.count
      kill(management.identifier, SIGHUP)
      try Deadline.wait(until: "the log to say \"\(mark)\"") {
        management.log.dropFirst(before).contains(mark)
      }
    }

    var port: String { String(management.address.split(separator: ":").last ?? "") }

    func curl(_ path: String, _ more: [String] = []) -> [String] {
      [
        "--silent", "--show-error", "--max-time", "40", "--cacert", authority.path,
        "--header", "Authorization: Bearer \(management.token)",
      ] + more + ["https://localhost:\(port)\(path)"]
    }

    /// The subject of the certificate that a newcomer is shown.
    func subject() throws -> String? {
      let shown = try Program.run("openssl", ["s_client", "-connect", "127.0.0.1:\(port)"])
      return shown.output.firstMatch(of: #/subject=CN = (\S+)/#).map { String($0.1) }
    }

    func health() throws -> String { try Program.run("curl", curl("/health")).output }

    func notices() throws -> String {
      try Program.run("curl", curl("/api/v1/refused-input")).output
    }
  }

  @Test("after SIGHUP newcomers get the new certificate, and an open event stream goes on")
  func replaced() throws {
    let bed = try Bed()
    #expect(try bed.subject() == "first")
    let log = bed.folder.file("stream.log")
    let stream = try Program(
      "curl", bed.curl("/api/v1/events/stream", ["--no-buffer"]), log: log)
    try Deadline.wait(until: "the stream to open") { stream.log.contains("id: ") }
    try bed.replace("second")
    // A file alone changes nothing yet.
    #expect(try bed.subject() == "first")
    try bed.reload("was read again\n")
    try Deadline.wait(until: "the second certificate") { try bed.subject() == "second" }
    #expect(try bed.health().contains(#""credentials":true"#))
    let before = stream.log.count
    try Deadline.wait(30, until: "a sign of life on the stream of before") {
      stream.log.dropFirst(before).contains(": still here\n")
    }
    #expect(stream.isRunning)
  }

  @Test(
    "files that cannot be used leave the certificate as it was, and are told by file and reason")
  func damaged() throws {
    let bed = try Bed()
    let kept = "; the previous certificate remains in use"
    let (certificate, key) = (bed.folder.file("https.crt"), bed.folder.file("https.key"))
    let good = try String(contentsOfFile: certificate, encoding: .utf8)

    try bed.folder.write(String(good.dropLast(80)), to: "https.crt")
    try bed.reload(kept)
    #expect(bed.management.log.contains("cannot use the certificate \(certificate): "))
    #expect(try bed.subject() == "first")
    #expect(try bed.health().contains(#""credentials":false"#))
    #expect(try bed.notices().contains("cannot use the certificate \(certificate): "))

    // A renewal of which one half is in place.
    try bed.replace("second")
    try bed.folder.write(good, to: "https.crt")
    try bed.reload(kept)
    let stranger = "cannot use the private key \(key): it is not that of the certificate"
    #expect(bed.management.log.contains("\(stranger) \(certificate)"))
    #expect(try bed.subject() == "first")

    try bed.replace("third")
    chmod(key, 0o644)
    try bed.reload(kept)
    #expect(bed.management.log.contains("cannot use the private key \(key): other users may read"))
    unlink(key)
    try bed.reload(kept)
    #expect(bed.management.log.contains("cannot read the private key \(key): No such file"))
    try bed.replace("fourth", days: -1)
    try bed.reload(kept)
    #expect(bed.management.log.contains("cannot use the certificate \(certificate): it has been"))
    #expect(try bed.subject() == "first")

    try bed.replace("fifth")
    try bed.reload("the certificate \(certificate) was read again")
    try Deadline.wait(until: "the fifth certificate") { try bed.subject() == "fifth" }
    #expect(try bed.health().contains(#""credentials":true"#))
    #expect(!bed.management.log.contains("PRIVATE KEY"))
  }

  @Test("a certificate that is over is served and told as an error, until another takes its place")
  func over() throws {
    let bed = try Bed(days: -1)
    let certificate = bed.folder.file("https.crt")
    let sentence = "the certificate \(certificate): it has been over for 1 day,"
    #expect(bed.management.log.contains("error: \(sentence)"))
    #expect(try bed.subject() == "first")
    // A client that verifies refuses it.
    #expect(try Program.run("curl", bed.curl("/health")).status == 60)
    let health = try Program.run("curl", bed.curl("/health", ["--insecure"])).output
    #expect(health.contains(#""credentials":false"#))
    try bed.replace("second", days: 13)
    try bed.reload("warning: the certificate \(certificate) ends in 12 days")
    #expect(try bed.notices().contains("the certificate \(certificate) ends in 12 days"))
    try bed.replace("third", days: 15)
    try bed.reload("was read again")
    try Deadline.wait(until: "all to be well") {
      try bed.health().contains(#""credentials":true"#)
    }
  }

  @Test("the key may be the credential https-key")
  func credential() throws {
    let bed = try Bed(isCredential: true)
    #expect(try bed.subject() == "first")
    try bed.replace("second")
    try bed.folder.write(
      String(contentsOfFile: bed.folder.file("https.key"), encoding: .utf8),
      to: "management/credentials/https-key")
    try bed.reload("https.crt was read again")
    try Deadline.wait(until: "the second certificate") { try bed.subject() == "second" }
  }

  @Test("a service that was to speak TLS and cannot does not start, and says why")
  func refusedAtTheStart() throws {
    let bed = try Bed()
    try bed.management.stop()
    try bed.folder.write("nothing\n", to: "https.crt")
    let path = bed.folder.file("management/managementd.conf")
    let started = try Program.run(
      Checkout.program("managementd"), ["--config", path], seconds: 20)
    #expect(started.status == 1)
    let sentence = "cannot use the certificate \(bed.folder.file("https.crt")): "
    #expect(started.output.contains(sentence) && !started.output.contains("listening"))
    let checked = try Program.run(
      Checkout.program("managementd"), ["--config", path, "--check-config"])
    #expect(checked.status == 78 && checked.output.contains(sentence))
    try bed.replace("second")
    let good = try Program.run(
      Checkout.program("managementd"), ["--config", path, "--check-config"])
    #expect(good.status == 0, "\(good.output)")
  }

  @Test("an address for others without TLS is warned of, loopback and TLS are not")
  func clearText() throws {
    let bed = try Bed()
    let path = bed.folder.file("management/managementd.conf")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!bed.management.log.contains("no TLS on"))
    try bed.management.stop()
    let open = text.replacingOccurrences(of: "[http]\n", with: "[http]\naddress = 0.0.0.0\n")
    try bed.folder.write(open, to: "management/managementd.conf")
    try bed.management.start()
    #expect(!bed.management.log.contains("no TLS on"))
    try bed.management.stop()
    let lines = open.split(separator: "\n", omittingEmptySubsequences: false)
    try bed.folder.write(
      lines.filter { !$0.hasPrefix("certificate") }.joined(separator: "\n"),
      to: "management/managementd.conf")
    try bed.management.start()
    #expect(bed.management.log.contains("warning: no TLS on 0.0.0.0:"))
  }
}
