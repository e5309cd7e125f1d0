// The keys of issuers as they lie in files: read together, each judged for itself.

import Keys
import StationProtocol

/// The keys of all issuers, and what is wrong with the others: one bad file shuts out one issuer's
/// members, never all.
package struct IssuerFiles: Sendable {
  package let keys: KeySet
  /// In the order of the configuration.
  package let issuers: [IssuerStanding]
  /// Each names the section and the file.
  package let problems: [String]

  /// - Parameter read: the content of a file, or what is wrong with it.
  package init(_ settings: [IssuerSettings], _ read: (String) -> Result<[UInt8], FileFault>) {
    var found: [KeySet.Issuer] = []
    var issuers: [IssuerStanding] = []
    var problems: [String] = []
    for issuer in settings {
      var id: KeyID?
      switch Self.key(issuer.path, read) {
      case .success(let key):
        if let twin = issuers.first(where: { $0.key == key.id.bits }) {
          problems.append("[issuer \(issuer.name)]: \(issuer.path) is the key of \(twin.name)")
        } else if found.count < KeySet.most {
          id = key.id
          found.append(KeySet.Issuer(key, issuer.terms))
        } else {
          problems.append("[issuer \(issuer.name)]: more than \(KeySet.most) keys")
        }
      case .failure(let fault): problems.append("[issuer \(issuer.name)]: \(fault.reason)")
      }
      issuers.append(IssuerStanding(name: issuer.name, key: id?.bits, ends: issuer.terms.ends))
    }
    guard let keys = try? KeySet(issuers: found) else {
      preconditionFailure("a set takes \(KeySet.most) keys")
    }
    self.keys = keys
    self.issuers = issuers
    self.problems = problems
  }

  /// Why a file gives no key, with its path.
  package struct FileFault: Error, Equatable, Sendable {
    package var reason: String

    package init(_ reason: String) { self.reason = reason }
  }

  private static func key(
    _ path: String, _ read: (String) -> Result<[UInt8], FileFault>
  ) -> Result<VerificationKey, FileFault> {
    read(path).flatMap { bytes in
      do throws(KeyError) {
        return .success(try VerificationKey(pem: bytes))
      } catch {
        return .failure(FileFault("\(path): \(error)"))
      }
    }
  }
}
