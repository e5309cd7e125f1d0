// The service's secrets: read at the start, judged by `--check-config`, some again on a signal.
import Issuers
import Keys
import Linux
import MemberCode

/// What the service is given by systemd, or finds in the configured folder.
struct ManagementCredentials {
  static let password = UnitCredential(
    "mqtt-password", home: "/etc/worker-station/credentials/management-mqtt-password")
  static let tokens = UnitCredential(
    "api-tokens", home: "/etc/worker-station/credentials/api-tokens")
  static let issuer = UnitCredential(
    "issuer-key", home: "/etc/worker-station/credentials/issuer-key")

  /// Commands, wishes and answers to stations are signed by this key, which signs nothing else.
  static let command = UnitCredential(
    "command-key", home: "/etc/worker-station/credentials/command-key")

  /// The private key of the certificate by which the service speaks TLS.
  static let https = UnitCredential(
    "https-key", home: "/etc/worker-station/credentials/https-key")

  private static let withoutCommandKey =
    "this service gives no commands, and stations with a [service-key NAME] section take none of "
    + "its answers: they keep their records and sell nothing"

  let directory: String?

  init(_ settings: ManagementSettings) { directory = settings.credentials }

  /// The tokens, and what cannot be used of them. Without tokens the service collects what
  /// stations send, and answers nobody.
  func readTokens() -> (tokens: Tokens, problems: [String]) {
    do throws(SystemError) {
      switch try Self.tokens.find(directory: directory) {
      case .text(let text):
        let (tokens, faults) = Tokens.read(text)
        return (tokens, faults.map(\.description))
      case .missing(let error):
        Log.warning("\(error); no call of the API is allowed")
        return (Tokens(), [])
      }
    } catch {
      return (Tokens(), ["\(error); no call of the API is allowed"])
    }
  }

  /// A credential as it is now.
  func readAgain(_ credential: UnitCredential) throws(SystemError) -> String {
    try credential.readAgain(directory: directory)
  }

  /// The tokens as they are now.
  /// - Throws: where they cannot be had; the ones of before then stay in force.
  func readTokensAgain() throws(SystemError) -> (tokens: Tokens, problems: [String]) {
    let text = try readAgain(Self.tokens)
    let (tokens, faults) = Tokens.read(text)
    if tokens.isEmpty, let first = faults.first {
      throw SystemError(
        "read", path: Self.tokens.name, detail: "no line of it can be used: \(first)")
    }
    return (tokens, faults.map(\.description))
  }

  /// The key that signs codes; nil where there is none, or none that can be used.
  func readIssuer() -> (key: SigningKey?, problem: String?) {
    do throws(SystemError) {
      switch try Self.issuer.find(directory: directory) {
      case .text(let pem): return Self.key(pem, Self.issuer, "this service issues no codes")
      case .missing(let error):
        Log.warning("\(error); this service issues no codes")
        return (nil, nil)
      }
    } catch {
      return (nil, "\(error); this service issues no codes")
    }
  }

  /// The key that signs commands; nil where there is none, or none that can be used.
  func readCommandKey() -> (key: SigningKey?, problem: String?) {
    do throws(SystemError) {
      switch try Self.command.find(directory: directory) {
      case .text(let pem): return Self.key(pem, Self.command, Self.withoutCommandKey)
      case .missing(let error):
        Log.warning("\(error); \(Self.withoutCommandKey)")
        return (nil, nil)
      }
    } catch {
      return (nil, "\(error); \(Self.withoutCommandKey)")
    }
  }

  private static func key(
    _ pem: String, _ credential: UnitCredential, _ consequence: String
  ) -> (key: SigningKey?, problem: String?) {
    do throws(KeyError) {
      return (try SigningKey(pem: Array(pem.utf8)), nil)
    } catch {
      return (nil, "\(credential.name): \(error); \(consequence)")
    }
  }

  /// The faults of the credentials, a sentence each; a service runs without tokens and without a
  /// key, so that these are missing is only said. Run by hand without a right to read root's
  /// folder, that is said, and nothing is judged.
  static func check(_ settings: ManagementSettings) -> [String] {
    let directory = settings.credentials
    guard password.isWithinReach(directory: directory) else {
      Output.complain(
        "the credentials are not checked: only root reads the folder of \(password.home)")
      return []
    }
    var problems = IssuerKeys.read(settings.issuers).problems
    func look(_ credential: UnitCredential, isRequired: Bool, _ judge: (String) -> [String]) {
      do throws(SystemError) {
        switch try credential.check(directory: directory) {
        case .text(let text): problems += judge(text)
        case .missing(let error):
          if isRequired { problems.append("\(error)") } else { Output.complain("\(error)") }
        }
      } catch {
        problems.append("\(error)")
      }
    }
    look(password, isRequired: !settings.showsCertificate) { _ in [] }
    look(tokens, isRequired: false) { Tokens.read($0).faults.map(\.description) }
    look(issuer, isRequired: false) {
      [key($0, issuer, "this service issues no codes").problem].compactMap { $0 }
    }
    look(command, isRequired: false) {
      [key($0, command, withoutCommandKey).problem].compactMap { $0 }
    }
    return problems + CertificateDesk.check(settings, at: Clock.wall)
  }
}
