// Certificates of one run, made by openssl when they are needed.
import Foundation

/// An authority that nobody but a test trusts, and the certificates that it vouches for.
package final class OpenSSLAuthority: Sendable {
  /// The file of its own certificate, by which clients judge the others.
  package let path: String
  private let folder: WorkFolder

  package enum Kind: Sendable {
    case p256
    case rsa2048

    fileprivate var words: [String] {
      switch self {
      case .p256: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
      case .rsa2048: ["-newkey", "rsa:2048"]
      }
    }
  }

  package init(_ folder: WorkFolder) throws {
    self.folder = folder
    path = folder.file("authority.crt")
    try Self.openssl(
      ["req", "-x509"] + Kind.p256.words + [
        "-nodes", "-days", "60", "-subj", "/CN=authority", "-keyout", folder.file("authority.key"),
        "-out", path,
      ])
  }

  /// Makes a key and its certificate, in files that others may not read.
  /// - Parameters:
  ///   - name: the subject, by which a client tells one certificate from another.
  ///   - host: the name for which clients accept it, beside 127.0.0.1.
  ///   - days: until its end; less than 0 for one that has ended.
  package func issue(
    _ name: String, for host: String = "localhost", days: Int = 30, _ kind: Kind = .p256,
    certificate: String, key: String
  ) throws {
    let request = folder.file("request.csr")
    let draft = folder.file("request.key")
    try Self.openssl(
      ["req", "-new"] + kind.words + [
        "-nodes", "-subj", "/CN=\(name)", "-keyout", draft, "-out", request,
      ])
    let extensions = try folder.write(
      "subjectAltName=DNS:\(host),IP:127.0.0.1\n", to: "request.ext")
    try Self.openssl([
      "x509", "-req", "-in", request, "-CA", path, "-CAkey", folder.file("authority.key"),
      "-CAcreateserial", "-days", "\(days)", "-extfile", extensions,
      "-out", folder.file("request.crt"),
    ])
    for (made, place) in [(folder.file("request.crt"), certificate), (draft, key)] {
      guard rename(made, place) == 0, chmod(place, 0o600) == 0 else {
        throw TestBedError("cannot write \(place)")
      }
    }
  }

  private static func openssl(_ words: [String]) throws {
    let made = try Program.run("openssl", words)
    guard made.status == 0 else { throw TestBedError("openssl: \(made.output)") }
  }
}
