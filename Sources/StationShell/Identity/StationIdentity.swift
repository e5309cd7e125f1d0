// What a claim has brought to this board, as it lies in files.
import Keys
import Linux
import MQTT
import StationProtocol

/// The folder that `stationctl claim` writes: the board's key and certificate, the authority that
/// vouches for the broker, the broker's address, and the keys of the service.
struct StationIdentity {
  let target: MQTTTarget

  /// Reads it for a log that is to say what is wrong.
  static func read(_ folder: String, station: StationID) -> Result<MQTTTarget, MQTTFault> {
    do throws(SystemError) {
      return .success(try StationIdentity(folder, station: station).target)
    } catch {
      return .failure(MQTTFault(error.description))
    }
  }

  /// - Throws: which file cannot be used and what to do.
  init(_ folder: String, station: StationID) throws(SystemError) {
    guard Self.isClaimed(folder) else { throw Self.notClaimed(folder, station) }
    let pem = try Self.read(folder, .certificate)
    let authority = try Self.read(folder, .authority)
    let key = try Self.read(folder, .key)
    let certificate: Certificate
    do throws(KeyError) {
      certificate = try Certificate(pem: pem)
      guard certificate.isIssued(by: try Certificate(pem: authority)),
        try KeyHandle(privatePEM: key).isSame(as: certificate.publicKey)
      else { throw KeyError.damaged("CERTIFICATE") }
    } catch {
      throw SystemError(
        "use", path: folder,
        detail: "key, certificate and authority do not belong together, or one of them is damaged "
          + "(\(error)): claim the board anew")
    }
    guard certificate.name == station.text else {
      throw SystemError(
        "use", path: folder,
        detail: "this board was claimed for \(certificate.name), and the configuration calls it "
          + "\(station): claim it anew, or change [station] id")
    }
    let place = String(decoding: try Self.read(folder, .broker), as: UTF8.self)
    let words = place.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let port = Int(words[1]), (1...65_535).contains(port) else {
      throw SystemError(
        "use", path: "\(folder)/\(IdentityFile.broker.rawValue)",
        detail: "it is not \"HOST PORT\": claim the board anew")
    }
    let host = String(words[0])
    target = MQTTTarget(
      host: host, port: port,
      login: .certificate(
        MQTTIdentity(
          authority: authority, certificate: pem, key: key, brokerName: host)))
  }

  /// Whether there is anything of a claim.
  static func isClaimed(_ folder: String) -> Bool {
    Files.exists("\(folder)/\(IdentityFile.certificate.rawValue)")
  }

  /// What to do with a board that is nobody yet.
  static func notClaimed(_ folder: String, _ station: StationID) -> SystemError {
    SystemError(
      "find", path: folder,
      detail:
        "this board is not claimed: have a manager make a claim code for \(station), and type "
        + "\"stationctl claim --service URL\" here")
  }

  /// The keys of the service that came with the claim, in the order of their files.
  static func serviceKeys(_ folder: String) -> [ServiceKeySettings] {
    (1...ClaimGrant.mostKeys).map { number in
      ServiceKeySettings(
        name: "claimed-\(number)", path: "\(folder)/\(IdentityFile.serviceKey(number))")
    }.filter { Files.exists($0.path) }
  }

  private static func read(
    _ folder: String, _ file: IdentityFile
  ) throws(SystemError) -> [UInt8] {
    try Files.read("\(folder)/\(file.rawValue)", limit: PEM.mostBytes)
  }
}
