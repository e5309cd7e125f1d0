// What a claim has brought to this board, as it lies in files.
import Keys
import Linux
import MQTT
import StationProtocol
import Time

/// A key of the board with its certificate, and the broker that takes it.
struct StationIdentity: Equatable, Sendable {
  let station: StationID
  let serial: CertificateSerial
  /// The last moment at which the certificate counts.
  let ends: WallTime
  let target: MQTTTarget
  private let certificate: PEMText
  private let key: [UInt8]

  /// Reads the files of a claim.
  /// - Throws: which file cannot be used and what to do.
  init(_ folder: String, station: StationID) throws(SystemError) {
    guard Self.isClaimed(folder) else { throw Self.notClaimed(folder, station) }
    try self.init(Self.read(folder, .board), folder, station: station)
  }

  /// - Parameter board: the board's key and its certificate, as PEM.
  /// - Throws: which file cannot be used and what to do.
  init(_ board: [UInt8], _ folder: String, station: StationID) throws(SystemError) {
    let authority = try Self.read(folder, .authority)
    let certificate: Certificate
    do throws(KeyError) {
      certificate = try Certificate(pem: board)
      let known = try KeyHandle(privatePEM: board)
      guard certificate.isIssued(by: try Certificate(pem: authority)),
        known.isSame(as: certificate.publicKey)
      else { throw KeyError.damaged("CERTIFICATE") }
      key = known.privatePEM
    } catch {
      throw SystemError(
        "use", path: folder,
        detail: "key, certificate and authority do not belong together, or one of them is damaged "
          + "(\(error)): claim the board anew")
    }
    guard certificate.name == station.text, let serial = CertificateSerial(certificate.serial.bytes)
    else {
      throw SystemError(
        "use", path: folder,
        detail: "this board was claimed for \(certificate.name), and the configuration calls it "
          + "\(station): claim it anew, or change [station] id")
    }
    let (host, port) = try Self.broker(folder)
    self.station = station
    self.serial = serial
    ends = certificate.ends
    self.certificate = PEMText(certificate.pem)
    target = MQTTTarget(
      host: host, port: port,
      login: .certificate(
        MQTTIdentity(
          authority: authority, certificate: certificate.pem, key: key, brokerName: host)))
  }

  /// The statement of the certificate that this session shows, with a request for another one.
  /// - Returns: nil where the key does not sign, which no key of `init` does.
  func statement(_ request: IdentityStatement.Request?) -> IdentityStatement? {
    let content = IdentityStatement.content(of: station, certificate, request)
    guard let key = try? KeyHandle(privatePEM: key),
      let proof = key.signES256(content).flatMap({ IdentityProof($0) })
    else { return nil }
    return IdentityStatement(certificate: certificate, request: request, proof: proof)
  }

  /// Whether there is anything of a claim.
  static func isClaimed(_ folder: String) -> Bool {
    Files.exists("\(folder)/\(IdentityFile.board.rawValue)")
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

  private static func broker(_ folder: String) throws(SystemError) -> (host: String, port: Int) {
    let place = String(decoding: try read(folder, .broker), as: UTF8.self)
    let words = place.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let port = Int(words[1]), (1...65_535).contains(port) else {
      throw SystemError(
        "use", path: "\(folder)/\(IdentityFile.broker.rawValue)",
        detail: "it is not \"HOST PORT\": claim the board anew")
    }
    return (String(words[0]), port)
  }

  static func read(_ folder: String, _ file: IdentityFile) throws(SystemError) -> [UInt8] {
    try Files.read("\(folder)/\(file.rawValue)", limit: PEM.mostBytes)
  }
}
