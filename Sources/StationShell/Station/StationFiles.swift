// What `stationd --check-config` looks at beside the configuration: the files that it names.
import Issuers
import Linux
import MemberCode

/// The files without which a configuration is right and a station is deaf.
enum StationFiles {
  static let password = UnitCredential(
    "mqtt-password", home: "/etc/worker-station/credentials/mqtt-password")

  /// The faults of keys, lists and the password, a sentence each.
  static func check(_ settings: StationSettings) -> [String] {
    if settings.issuers.isEmpty {
      Output.complain("there is no [issuer NAME] section: every member code will be refused")
    }
    var problems = IssuerKeys.read(settings.issuers).problems
    problems += ServiceKeys.read(settings.serviceKeys).problems
    problems += MemberLists.check(settings.members)
    let directory = settings.broker.credentials
    guard password.isWithinReach(directory: directory) else {
      Output.complain(
        "the credentials are not checked: only root reads the folder of \(password.home)")
      return problems
    }
    do throws(SystemError) {
      if case .missing(let error) = try password.check(directory: directory) {
        problems.append("\(error); the broker will refuse this station")
      }
    } catch {
      problems.append("\(error)")
    }
    return problems
  }
}
