// The hash of a typed code, as the service makes it and a station compares it.
import CSodium
import StationProtocol

extension TypedCodeHash {
  /// Hashes the digits of a typed code with argon2id at the costs of a PIN. Takes some tens of
  /// milliseconds and 8 MiB.
  ///
  /// All codes of an access point have one salt, so that a station evaluates what was typed once and
  /// looks the result up, however many codes there are.
  /// - Parameter digits: as ASCII.
  /// - Returns: nil where they are not the digits of a typed code, or where memory is short.
  package init?(digits: [UInt8], station: StationID, accessPoint: AccessPointID) {
    guard digits.count == TypedCode.digits, digits.allSatisfy({ (48...57).contains($0) }),
      let bytes = PINHash.raw(
        digits, salt: Self.salt(station, accessPoint), length: Self.length)
    else { return nil }
    self.init(bytes)
  }

  /// Neither name may hold a blank, so that no two access points have the same text.
  private static func salt(_ station: StationID, _ point: AccessPointID) -> [UInt8] {
    let text = "worker-station typed code \(station) \(point)"
    return Array(SHA256.digest(Array(text.utf8)).prefix(Int(crypto_pwhash_SALTBYTES)))
  }
}
