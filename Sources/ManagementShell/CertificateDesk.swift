// The certificate by which the service speaks TLS: read at the start and on a signal, and looked at
// for its end.
import HTTP
import Linux
import Time

/// The certificate in use, and what is wrong with it or with the files that were to take its place.
final class CertificateDesk {
  private let path: String
  private let keyPath: String?
  private let credentials: ManagementCredentials
  /// The one in use.
  private(set) var certificate: HTTPCertificate
  /// Why the files that are there now are not in use.
  private var refused: String?
  /// What there is to say about the end of the certificate in use.
  private var ending: String?

  /// Before its end, renewal is late: programs renew a month before.
  private static let notice: Duration = .seconds(14 * 86_400)

  /// - Returns: nil where the service speaks plain HTTP.
  /// - Throws: where the files cannot be used. A service that was to speak TLS never does without.
  init?(
    _ settings: ManagementSettings, _ credentials: ManagementCredentials, at now: WallTime
  ) throws(SystemError) {
    guard let path = settings.certificate else { return nil }
    self.path = path
    self.credentials = credentials
    keyPath = settings.certificateKey
    let key = try Self.key(keyPath) { () throws(SystemError) in
      try ManagementCredentials.https.read(directory: settings.credentials)
    }
    certificate = try Self.certificate(path, key, keyPath)
    look(at: now)
  }

  /// A sentence each, for the people who run the service.
  var problems: [String] { [refused, ending].compactMap { $0 } }

  /// Reads the files again. What cannot be used, or is over already, changes nothing.
  /// - Returns: the certificate that is used from now on; nil where it is the one of before.
  func readAgain(at now: WallTime) -> HTTPCertificate? {
    do throws(SystemError) {
      let key = try Self.key(keyPath) { () throws(SystemError) in
        try credentials.readAgain(ManagementCredentials.https)
      }
      let found = try Self.certificate(path, key, keyPath)
      guard found.ends > now else {
        throw SystemError("use the certificate", path: path, detail: Self.over(found, now))
      }
      certificate = found
      refused = nil
      Log.notice("the certificate \(path) was read again")
    } catch {
      let sentence = "\(error); the previous certificate remains in use until the next reload"
      Log.error(sentence)
      refused = sentence
      return nil
    }
    look(at: now)
    return certificate
  }

  /// Says once a day that the certificate in use ends soon, or that it has ended.
  func look(at now: WallTime) {
    let left = certificate.ends - now
    let sentence: String? =
      if left <= .zero {
        "the certificate \(path): \(Self.over(certificate, now))"
      } else if left < Self.notice {
        "the certificate \(path) ends in \(Self.days(left)): put a renewed one and its key in "
          + "place, then reload the service"
      } else {
        nil
      }
    defer { ending = sentence }
    guard let sentence, sentence != ending else { return }
    if left <= .zero { Log.error(sentence) } else { Log.warning(sentence) }
  }

  /// What `--check-config` finds, a sentence each.
  static func check(_ settings: ManagementSettings, at now: WallTime) -> [String] {
    guard let path = settings.certificate else { return [] }
    do throws(SystemError) {
      let key = try key(settings.certificateKey) { () throws(SystemError) in
        switch try ManagementCredentials.https.check(directory: settings.credentials) {
        case .text(let text): return text
        case .missing(let error): throw error
        }
      }
      let found = try certificate(path, key, settings.certificateKey)
      return found.ends > now ? [] : ["the certificate \(path): \(over(found, now))"]
    } catch {
      return ["\(error)"]
    }
  }

  private static func over(_ certificate: HTTPCertificate, _ now: WallTime) -> String {
    "it has been over for \(days(now - certificate.ends)), and browsers refuse it; put a renewed "
      + "one and its key in place, then reload the service"
  }

  private static func days(_ duration: Duration) -> String {
    let days = duration.components.seconds / 86_400
    return days == 1 ? "1 day" : "\(days) days"
  }

  /// The private key, from the file that is configured or else from the credential.
  private static func key(
    _ path: String?, credential: () throws(SystemError) -> String
  ) throws(SystemError) -> [UInt8] {
    guard let path else { return Array(try credential().utf8) }
    guard !Files.isOpenToOthers(path) else {
      throw SystemError(
        "use the private key", path: path,
        detail: "other users may read it; make a new key and its certificate, and close the file: "
          + "chmod o= \(path)")
    }
    return try read("the private key", path)
  }

  private static func read(_ what: String, _ path: String) throws(SystemError) -> [UInt8] {
    do throws(SystemError) {
      return try Files.read(path, limit: 65_536)
    } catch {
      throw SystemError(
        "read \(what)", path: path,
        detail: "\(error.reason); the user of the service must be able to read it")
    }
  }

  private static func certificate(
    _ path: String, _ key: [UInt8], _ keyPath: String?
  ) throws(SystemError) -> HTTPCertificate {
    let chain = try read("the certificate", path)
    let keyName = keyPath ?? ManagementCredentials.https.name
    do throws(HTTPCertificateFault) {
      return try HTTPCertificate(chain: chain, key: key)
    } catch {
      switch error {
      case .chain(let reason):
        throw SystemError(
          "use the certificate", path: path,
          detail: "\(reason); it is PEM, the service's own first and behind it those that vouch "
            + "for it")
      case .key(let reason):
        throw SystemError(
          "use the private key", path: keyName, detail: "\(reason); it is PEM without a password")
      case .strangers:
        throw SystemError(
          "use the private key", path: keyName,
          detail: "it is not that of the certificate \(path); put both of one renewal in place")
      }
    }
  }
}
