// Key files as they are named on the command line.

import Keys
import MemberCode

enum KeyFiles {
  private static let mostBytes = 65_536

  static func signingKey(_ path: String) throws(CommandFailure) -> SigningKey {
    let file = try Files.read(path, most: mostBytes)
    do throws(KeyError) {
      return try SigningKey(pem: file)
    } catch {
      throw failure(path, error)
    }
  }

  /// A private key file serves too: whoever holds it may also check what it signed.
  static func verificationKey(_ path: String) throws(CommandFailure) -> VerificationKey {
    let file = try Files.read(path, most: mostBytes)
    do throws(KeyError) {
      return try VerificationKey(pem: file)
    } catch {
      if error == .privateKey { return try signingKey(path).verificationKey }
      throw failure(path, error)
    }
  }

  static func keySet(_ paths: [String]) throws(CommandFailure) -> KeySet {
    var keys: [VerificationKey] = []
    for path in paths { keys.append(try verificationKey(path)) }
    do throws(KeyError) {
      return try KeySet(keys)
    } catch {
      throw CommandFailure(error.description)
    }
  }

  private static func failure(_ path: String, _ error: KeyError) -> CommandFailure {
    CommandFailure("\(path): \(error)")
  }
}
