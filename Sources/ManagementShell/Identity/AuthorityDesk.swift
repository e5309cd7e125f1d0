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
  private let loop: EventLoop
  private var ledger: CertificateLedger
  /// Stations whose sessions are to be ended as soon as the list is written.
  private var unended: Set<StationID> = []
  /// The answers that were given, until their codes end: an answer that was lost is given again to
  /// the same request, and to no other one.
  private var answered: [ClaimName: (proof: ClaimProof, answer: ClaimAnswer, ends: Instant)] = [:]

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
    self.loop = loop
    files = try AuthorityFiles(settings)
    ledger = try files.readLedger()
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
    guard !serviceKeys.isEmpty else {
      throw .unavailable(
        "This service has no command-key, so that a station would believe nothing it says. Make one "
          + "with stationctl key new, and restart the service.")
    }
    guard now.wall > Self.earliest else {
      throw .unavailable(
        "The clock of this machine stands in the past, and certificates would have ended already.")
    }
    var made: ClaimCode?
    for _ in 0..<3 where made == nil {
      let code = ClaimCode(random: (Randomness.bits, Randomness.bits))
      if claims.add(code, for: station, by: actor, at: now.instant) { made = code }
    }
    guard let code = made else {
      throw .unavailable(
        "\(Claims.most) claim codes are open. Use one, or wait until one has ended.")
    }
    Log.notice("\(station): a claim code was made by \(actor)")
    return code
  }

  private(set) lazy var renewals = RenewalDesk(
    settings, files.authority, store: store, loop: loop,
    ledger: { [unowned self] in ledger })

  /// Later than this product is nothing before it.
  static let earliest = WallTime(seconds: 1_764_000_000)

  /// A claim whose proof is right, with the certificate for the board's key.
  struct Accepted {
    let claim: Claims.Open
    let request: ClaimRequest
    let certificate: Certificate
    let remembered: StationCertificate
  }

  /// What becomes of a request.
  enum Verdict {
    case accepted(Accepted)
    /// The same request was answered before.
    case again(ClaimAnswer)
    /// There is no such code, or the board has not got it.
    case refused
  }

  /// Judges the request of a board. Its code is used when the store has remembered the claim.
  func judge(_ request: ClaimRequest, at now: Now) throws(Problem) -> Verdict {
    answered = answered.filter { $0.value.ends > now.instant }
    if let known = answered[request.claim], known.proof == request.proof {
      return .again(known.answer)
    }
    guard let claim = claims.find(request.claim, at: now.instant) else { return .refused }
    let content = ClaimRequest.content(request.request)
    guard MessageProof.isRight(request.proof.bytes, of: content, key: claim.code.secret) else {
      if claims.wrongProof(of: request.claim) {
        Log.warning(
          "\(claim.station): its claim code is void after \(Claims.mostTries) wrong tries")
      }
      return .refused
    }
    let key: KeyHandle
    do throws(KeyError) {
      key = try CertificateRequest(pem: request.request.bytes).publicKey
    } catch {
      throw .badRequest("\"request\": \(error).")
    }
    let certificate = files.authority.issue(
      .client, to: claim.station.text, key: key, serial: AuthorityFiles.newSerial(),
      ends: now.wall + settings.stationLife)
    return .accepted(
      Accepted(
        claim: claim, request: request, certificate: certificate,
        remembered: StationCertificate(
          serial: certificate.serial.description, station: claim.station, issuedAt: now.wall,
          ends: certificate.ends, actor: claim.actor)))
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
    let answer = ClaimAnswer(grant: grant, proof: proof)
    claims.use(accepted.request.claim)
    answered[accepted.request.claim] = (
      accepted.request.proof, answer, Clock.now + Claims.life
    )
    return answer
  }

  /// At the start: takes over what the store alone knows, writes the list, and ends the sessions whose
  /// end may have been cut off by a crash.
  func start(at now: Now) {
    keepRenewals()
    watchBroker()
    store.ask {
      try $0.allCertificates()
    } _: { [self] result in
      do {
        let known = try result.get()
        ledger.merge(
          known.map {
            CertificateLedger.Entry(
              serial: $0.serial, station: $0.station, revokedAt: $0.revokedAt)
          })
      } catch {
        Log.error("the store does not say which certificates it knows: \(error)")
      }
      renewals.begin(at: now)
      let recent = ledger.revoked.filter { entry in
        entry.revokedAt.map { now.wall - $0 < Self.recently } ?? false
      }
      write(ending: Array(Set(recent.map(\.station))).sorted())
    }
  }

  /// Sessions of certificates that were revoked within this time are ended once more at a start.
  private static let recently: Duration = .seconds(3600)
  private static let retry: Duration = .seconds(10)

  /// The store has remembered a claim: the others of the station count no more.
  func claimed(_ certificate: StationCertificate, revoked: Int) {
    let station = certificate.station
    let wasLost = revokeLost(of: station)
    ledger.claim(certificate.serial, for: station, at: Clock.wall)
    write(ending: revoked > 0 || wasLost ? [station] : [])
  }

  /// - Returns: whether there was a certificate that the ledger had lost.
  private func revokeLost(of station: StationID) -> Bool {
    let lost = renewals.takeLost(of: station)
    for serial in lost { ledger.revokeLost(serial, of: station, at: Clock.wall) }
    return !lost.isEmpty
  }

  private func keepRenewals() {
    renewals.onRenewed = { [unowned self] certificate, shown in
      ledger.renew(certificate.serial, of: shown, for: certificate.station, at: Clock.wall)
      writeSoon()
    }
    renewals.onShown = { [unowned self] serial, station in
      // Who shows it has the station's session already: there is nobody to be thrown out.
      guard ledger.supersede(by: serial, of: station, at: Clock.wall) else { return false }
      writeSoon()
      return true
    }
  }

  /// A list that waits to be written; many renewals are one list.
  private var soon: Timer?

  /// Nobody is to be thrown out: the store has what the list will say, also after a crash.
  private func writeSoon() {
    guard soon == nil else { return }
    soon = loop.schedule(after: .seconds(1)) { [unowned self] in write(ending: []) }
  }

  /// While the broker has not read the list, it is written again now and then: whoever carries it
  /// there may have missed the last time.
  private func watchBroker() {
    loop.schedule(after: Revocation.patience) { [unowned self] in
      if visits.problem != nil { write(ending: []) }
      watchBroker()
    }
  }

  /// The store has remembered that a station's board is locked out.
  func lockedOut(_ station: StationID) {
    _ = revokeLost(of: station)
    ledger.revoke(station, at: Clock.wall)
    write(ending: [station])
  }

  /// Writes down which certificates count no more, for the broker to read; again until it is done.
  /// - Parameter stations: whose open sessions are to be ended, once the broker has read the list.
  private func write(ending stations: [StationID]) {
    soon?.cancel()
    soon = nil
    _ = ledger.nextList()
    unended.formUnion(stations)
    do throws(SystemError) {
      try files.write(ledger, more: visits.newRevoked(), at: Clock.wall)
      unwritten = nil
      visits.end(unended.sorted())
      unended = []
    } catch {
      let problem = "the list of revoked certificates is not written: \(error)"
      if unwritten == nil {
        Log.error("\(problem); boards that were locked out still get in")
        loop.schedule(after: Self.retry) { [unowned self] in again() }
      }
      unwritten = problem
    }
  }

  private func again() {
    unwritten = nil
    write(ending: [])
  }
}
