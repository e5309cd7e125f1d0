// Who answers boards that want to be stations, and keeps the list of those that are none any more.
import Keys
import Linux
import MQTT
import ManagementCore
import MemberCode
import StationProtocol
import Time

/// The authority with its open claims. Lives on the loop's thread.
final class AuthorityDesk {
  /// What keeps boards in that were locked out; nil where nothing does.
  var problem: String? { unwritten ?? visits.problem }
  /// Why the last list could not be written; nil where it was.
  private var unwritten: String?
  private let visits: BrokerVisits
  private let settings: AuthoritySettings
  private let files: AuthorityFiles
  private let store: StoreDesk
  /// What the broker knows the service by, made anew at each start and kept nowhere.
  private let identity: MQTTIdentity
  /// The public keys that stations are given.
  private let serviceKeys: [PEMText]
  private var claims = Claims()

  /// - Parameters:
  ///   - serviceKeys: what stations shall obey.
  ///   - place: where the service finds the broker's listener for TLS.
  init(
    _ settings: AuthoritySettings, loop: EventLoop, place: (host: String, port: Int),
    store: StoreDesk, serviceKeys: [PEMText]
  ) throws(SystemError) {
    self.settings = settings
    self.store = store
    self.serviceKeys = serviceKeys
    files = try AuthorityFiles(settings)
    visits = BrokerVisits(
      loop, files.authority, (host: place.host, port: place.port, name: settings.broker))
    let key = KeyHandle.generateP256()
    let certificate = files.authority.issue(
      .client, to: "service", key: key, serial: AuthorityFiles.newSerial(),
      ends: AuthorityFiles.ends)
    identity = MQTTIdentity(
      authority: files.authority.certificate.pem, certificate: certificate.pem,
      key: key.privatePEM, brokerName: settings.broker)
  }

  /// What the service shows to the broker.
  var login: MQTTLogin { .certificate(identity) }

  /// Makes a claim code for a station; the one before it is void.
  func makeCode(
    for station: StationID, by actor: String, at now: Now
  ) throws(Problem) -> ClaimCode {
    let code = ClaimCode(random: (Randomness.bits, Randomness.bits))
    guard claims.add(code, for: station, by: actor, at: now.instant) else {
      throw .unavailable(
        "\(Claims.most) claim codes are open. Use one, or wait until one has ended.")
    }
    Log.notice("\(station): a claim code was made by \(actor)")
    return code
  }

  /// A claim whose proof is right, with the certificate for the board's key.
  struct Accepted {
    let claim: Claims.Open
    let certificate: Certificate
    let remembered: StationCertificate
  }

  /// Judges the request of a board, and takes its code out of use.
  /// - Returns: nil where there is no such code, or the board has not got it.
  func judge(_ request: ClaimRequest, at now: Now) throws(Problem) -> Accepted? {
    guard let claim = claims.find(request.claim, at: now.instant) else { return nil }
    let content = ClaimRequest.content(request.request)
    guard MessageProof.isRight(request.proof.bytes, of: content, key: claim.code.secret) else {
      if claims.wrongProof(of: request.claim) {
        Log.warning(
          "\(claim.station): its claim code is void after \(Claims.mostTries) wrong tries")
      }
      return nil
    }
    let key: KeyHandle
    do throws(KeyError) {
      key = try CertificateRequest(pem: request.request.bytes).publicKey
    } catch {
      throw .badRequest("\"request\": \(error).")
    }
    claims.use(request.claim)
    let certificate = files.authority.issue(
      .client, to: claim.station.text, key: key, serial: AuthorityFiles.newSerial(),
      ends: now.wall + settings.stationLife)
    return Accepted(
      claim: claim, certificate: certificate,
      remembered: StationCertificate(
        serial: certificate.serial.description, station: claim.station, issuedAt: now.wall,
        ends: certificate.ends, actor: claim.actor))
  }

  /// The answer to the board, once its certificate is remembered.
  func answer(_ accepted: Accepted) -> ClaimAnswer {
    let grant = SealedBody(
      ClaimGrant(
        station: accepted.claim.station, certificate: PEMText(accepted.certificate.pem),
        authority: PEMText(files.authority.certificate.pem), broker: settings.broker,
        port: settings.port, serviceKeys: serviceKeys
      ).json)
    let bytes = MessageProof.make(
      ClaimAnswer.content(grant), key: accepted.claim.code.secret)
    guard let proof = ClaimProof(bytes) else { preconditionFailure("a proof has 32 bytes") }
    return ClaimAnswer(grant: grant, proof: proof)
  }

  /// At the start: a list that the broker may have lost, and what was begun before a crash.
  func start(at now: Now) {
    store.ask {
      try $0.revokedCertificates(at: now)
    } _: { [self] result in
      let recent = (try? result.get())?.filter { one in
        one.revokedAt.map { now.wall - $0 < Self.recently } ?? false
      }
      writeList(ending: Array(Set((recent ?? []).map(\.station))).sorted(), at: now)
    }
  }

  /// Sessions of certificates that were revoked within this time are ended once more at a start.
  private static let recently: Duration = .seconds(3600)

  /// Writes down which certificates count no more, for the broker to read.
  /// - Parameter stations: whose open sessions are to be ended, once the broker has read the list.
  func writeList(ending stations: [StationID], at now: Now) {
    store.ask {
      try $0.revokedCertificates(at: now)
    } _: { [self] result in
      do {
        let revoked = try result.get().compactMap { one in
          SerialNumber(one.serial).map { (serial: $0, at: one.revokedAt ?? now.wall) }
        }
        try files.writeList(
          revoked + [(serial: visits.newRevoked(), at: now.wall)], at: now.wall)
        unwritten = nil
        visits.end(stations)
      } catch {
        let problem = "the list of revoked certificates is not written: \(error)"
        unwritten = problem
        Log.error("\(problem); boards that were locked out still get in")
      }
    }
  }
}
