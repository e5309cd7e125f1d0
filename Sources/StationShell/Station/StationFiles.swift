// What `stationd --check-config` looks at beside the configuration: the files that it names.
import Issuers
import Linux
import MemberCode
import StationProtocol

/// The files without which a configuration is right and a station is deaf.
enum StationFiles {
  private static let password = BrokerSettings.password

  /// The faults of keys, lists and the password, a sentence each.
  static func check(_ settings: StationSettings) -> [String] {
    if settings.issuers.isEmpty {
      Output.complain("there is no [issuer NAME] section: every member code will be refused")
    }
    var problems = IssuerKeys.read(settings.issuers).problems
    problems += ServiceKeys.read(settings.serviceKeys).problems
    problems += MemberLists.check(settings.members)
    if let identity = settings.broker.identity {
      return problems + check(identity, settings.station)
    }
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

  /// The faults of what a claim has brought. A board that is not claimed yet is only told of.
  private static func check(_ identity: String, _ station: StationID) -> [String] {
    do throws(SystemError) {
      if StationIdentity.isClaimed(identity) {
        _ = try StationIdentity(identity, station: station)
      } else {
        Output.complain("\(StationIdentity.notClaimed(identity, station))")
      }
      return []
    } catch {
      return ["\(error)"]
    }
  }
}
