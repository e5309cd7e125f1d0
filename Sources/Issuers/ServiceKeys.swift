// The keys of the management service that a station obeys, as they lie in files.
import Keys
import Linux
import MemberCode
import StationProtocol

/// The pinned keys, looked at again every minute: a key is rotated by adding the new one, having
/// the service sign with it, and removing the old one.
package enum ServiceKeys {
  package static func watch(
    _ settings: [ServiceKeySettings]
  ) throws(SystemError) -> KeyWatch<ServiceKeyFiles> {
    try KeyWatch("service-keys", isIdle: settings.isEmpty) {
      read(settings)
    } areAlike: {
      $0.keys.ids == $1.keys.ids && $0.problems == $1.problems
    }
  }

  package static func read(_ settings: [ServiceKeySettings]) -> ServiceKeyFiles {
    var keys: [VerificationKey] = []
    var problems: [String] = []
    for one in settings {
      let place = "[service-key \(one.name)]"
      switch IssuerKeys.content(of: one.path) {
      case .failure(let fault): problems.append("\(place): \(fault.reason)")
      case .success(let bytes):
        do throws(KeyError) {
          let key = try VerificationKey(pem: bytes)
          if key.kind == .ed25519 {
            keys.append(key)
          } else {
            problems.append("\(place): \(one.path): \(KeyError.unsupported(key.kind.rawValue))")
          }
        } catch {
          problems.append("\(place): \(one.path): \(error)")
        }
      }
    }
    return ServiceKeyFiles(keys: ServiceKeySet(keys), problems: problems)
  }
}

/// The keys that can be used, and what is wrong with the others.
package struct ServiceKeyFiles: Sendable {
  package let keys: ServiceKeySet
  /// Each names the section and the file.
  package let problems: [String]
}
