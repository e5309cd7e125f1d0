// The keys whose codes a station believes, from a folder of PEM files.
import Glibc
import Linux
import MemberCode
import StationProtocol

/// Loads every `*.pem` of a folder. A file that is no key is an error with its name; the others
/// count all the same, because one bad file must not shut every door.
enum IssuerKeys {
  static func load(folder: String) -> (keys: KeySet, problems: [String]) {
    var keys: [VerificationKey] = []
    var problems: [String] = []
    do throws(SystemError) {
      for name in try Files.names(in: folder) where name.hasSuffix(".pem") {
        do throws(SystemError) {
          let bytes = try Files.read("\(folder)/\(name)", limit: 65_536)
          do throws(KeyError) {
            keys.append(try VerificationKey(pem: bytes))
          } catch {
            problems.append("\(folder)/\(name): \(error)")
          }
        } catch {
          problems.append(error.description)
        }
      }
    } catch {
      problems.append(error.description)
    }
    if keys.isEmpty { problems.append("no issuer key in \(folder): every code will be refused") }
    if keys.count > KeySet.most {
      problems.append("\(folder) holds more than \(KeySet.most) keys; the later ones do not count")
    }
    do throws(KeyError) {
      return (try KeySet(Array(keys.prefix(KeySet.most))), problems)
    } catch {
      preconditionFailure("a set takes \(KeySet.most) keys")
    }
  }
}
