// Certificates of stations that are renewed in time, and told of where they are not.
import Keys
import Linux
import ManagementCore
import StationProtocol
import Time

/// Renews what stations show. A board is asked to renew when two thirds of the life of a certificate
/// have passed; it asks with a new key, signed by the old one, under the number of the service's wish;
/// the old certificate counts until the board has shown the new one. Lives on the loop's thread.
final class RenewalDesk {
  /// An answer to a station.
  var onReply: (StationID, IdentityReply) -> Void = { _, _ in }
  /// A statement of a station that does not count, and why.
  var onRefused: (StationID, _ reason: String) -> Void = { _, _ in }
  /// The store has remembered a certificate that is to follow the one of this serial number.
  var onRenewed: (StationCertificate, _ shown: String) -> Void = { _, _ in }
  /// A station shows this certificate. Returns whether an older one counted until now.
  var onShown: (_ serial: String, StationID) -> Bool = { _, _ in false }
  /// The certificates of these stations end soon.
  var onEnding: (Set<StationID>) -> Void = { _ in }

  private let settings: AuthoritySettings
  private let authority: CertificateAuthority
  private let store: StoreDesk
  private let loop: EventLoop
  private let ledger: () -> CertificateLedger
  /// The certificate that each station has shown last.
  private var shown: [StationID: Shown] = [:]
  /// The wishes that were told, and the last certificates that followed from one.
  private var wishes: [StationID: Wish] = [:]
  /// Stations that a manager wants to renew what they have, whether it is due or not.
  private var wanted: Set<StationID> = []
  /// Statements that came before the ledger was whole.
  private var early: [StationID: IdentityStatement]? = [:]
  /// Certificates that were proved by their keys, and are lost to the ledger.
  private var lost: [StationID: Set<String>] = [:]
  /// The serial numbers that the store has.
  private var stored: Set<String> = []
  private var timer: Timer?

  private struct Shown {
    var serial: CertificateSerial
    var ends: WallTime
  }

  /// A wish is told until it is granted, and granted once. The same request is answered again.
  private struct Wish {
    var nonce: RenewalNonce
    var grant: Grant?
  }

  private struct Grant {
    var key: KeyHandle
    /// nil until the store has remembered it.
    var certificate: PEMText?
    var at: Instant
  }

  /// A station is asked no sooner than this after its last certificate.
  private static let pause: Duration = .seconds(600)
  private static let interval: Duration = .seconds(3600)
  private static let warning: Duration = .seconds(30 * 86_400)
  /// The most certificates of one station that are followed beside the ledger.
  private static let mostLost = 16
  /// The actor of what nobody has ordered.
  private static let actor = "service"

  /// - Parameter ledger: as it is at each moment.
  init(
    _ settings: AuthoritySettings, _ authority: CertificateAuthority, store: StoreDesk,
    loop: EventLoop, ledger: @escaping () -> CertificateLedger
  ) {
    self.settings = settings
    self.authority = authority
    self.store = store
    self.loop = loop
    self.ledger = ledger
  }

  /// The ledger knows all that the store does: what was said meanwhile is judged.
  func begin(at now: Now) {
    let statements = early ?? [:]
    early = nil
    for (station, statement) in statements { hear(statement, of: station, at: now) }
    look()
  }

  /// Certificates of a station that the ledger has lost, and that its board has proved to have.
  func takeLost(of station: StationID) -> Set<String> { lost.removeValue(forKey: station) ?? [] }

  // MARK: - The word of stations

  func hear(_ statement: IdentityStatement, of station: StationID, at now: Now) {
    guard early == nil else {
      early?[station] = statement
      return
    }
    let certificate: Certificate
    let key: KeyHandle?
    do throws(KeyError) {
      certificate = try Certificate(pem: statement.certificate.bytes)
      key = try statement.request.map { request throws(KeyError) in
        try CertificateRequest(pem: request.text.bytes).publicKey
      }
    } catch {
      return onRefused(station, "a certificate or a signing request that cannot be used: \(error)")
    }
    let serial = certificate.serial.description
    let content = IdentityStatement.content(
      of: station, statement.certificate, statement.request)
    guard certificate.isIssued(by: authority.certificate), certificate.name == station.text,
      now.wall <= certificate.ends,
      certificate.publicKey.verifiesES256(statement.proof.bytes, of: content),
      let name = CertificateSerial(certificate.serial.bytes)
    else {
      return onRefused(
        station, "a certificate that is not the station's, is over, or is shown without its key")
    }
    guard ledger().counts(serial, of: station) else { return refuse(serial, of: station) }
    shown[station] = Shown(serial: name, ends: certificate.ends)
    supersede(certificate, of: station, at: now)
    guard let key, let request = statement.request else {
      askWhereDue(station, at: now)
      return
    }
    guard !key.isSame(as: certificate.publicKey) else {
      return onRefused(station, "a wish to renew a certificate with the key that it has")
    }
    issue(to: station, key, request.nonce, shown: certificate, at: now)
  }

  private func refuse(_ serial: String, of station: StationID) {
    guard !ledger().knows(serial) else {
      return onRefused(station, "a certificate that does not count any more")
    }
    if lost[station, default: []].count < Self.mostLost {
      lost[station, default: []].insert(serial)
    }
    onRefused(
      station,
      "a certificate that was issued and is not remembered, as after a restored backup: claim the "
        + "board anew")
  }

  private func supersede(_ certificate: Certificate, of station: StationID, at now: Now) {
    let serial = certificate.serial.description
    let isFirst = onShown(serial, station)
    let known = StationCertificate(
      serial: serial, station: station, issuedAt: now.wall, ends: certificate.ends,
      actor: Self.actor)
    if isFirst {
      Log.notice("\(station): certificate \(serial) is in use, those before it count no more")
    }
    // A store that came back from a backup may not know it.
    guard isFirst || !stored.contains(serial) else { return }
    stored.insert(serial)
    store.order {
      try $0.recall(known)
      return isFirst ? try $0.supersede(by: serial, of: station, at: now) : 0
    } _: { [unowned self] result in
      if case .failure(let error) = result {
        stored.remove(serial)
        Log.error("\(station): the store does not note which certificate is in use: \(error)")
      }
      if isFirst { lookSoon() }
    }
  }

  private func issue(
    to station: StationID, _ key: KeyHandle, _ nonce: RenewalNonce, shown: Certificate, at now: Now
  ) {
    guard let wish = wishes[station], wish.nonce == nonce else {
      return onRefused(station, "a request for a certificate that the service has not asked for")
    }
    if let grant = wish.grant {
      guard grant.key.isSame(as: key) else {
        return onRefused(station, "another request for a certificate that was granted")
      }
      if let certificate = grant.certificate { onReply(station, .issued(certificate)) }
      return
    }
    let ends = now.wall + settings.stationLife
    guard now.wall > AuthorityDesk.earliest, ends > shown.ends else {
      return Log.error(
        "\(station): its certificate is not renewed, as the new one would end before it: look at the "
          + "clock of this machine, and at station-life in [authority]")
    }
    let certificate = authority.issue(
      .client, to: station.text, key: key, serial: AuthorityFiles.newSerial(), ends: ends)
    let remembered = StationCertificate(
      serial: certificate.serial.description, station: station, issuedAt: now.wall,
      ends: certificate.ends, actor: Self.actor)
    let serial = shown.serial.description
    wishes[station]?.grant = Grant(key: key, certificate: nil, at: now.instant)
    store.order {
      try $0.renew(remembered, of: serial, at: now)
    } _: { [unowned self] result in
      switch result {
      case .success(true):
        onRenewed(remembered, serial)
        stored.insert(remembered.serial)
        let text = PEMText(certificate.pem)
        if wishes[station]?.nonce == nonce { wishes[station]?.grant?.certificate = text }
        wanted.remove(station)
        Log.notice("\(station): certificate \(serial) is renewed by \(remembered.serial)")
        onReply(station, .issued(text))
      case .success(false):
        wishes[station] = nil
        onRefused(station, "a wish to renew a certificate that does not count any more")
      case .failure(let error):
        wishes[station] = nil
        Log.error("\(station): its certificate is not renewed: \(error)")
      }
    }
  }

  // MARK: - The wishes of the service

  /// Has a station renew what it shows, now or when it shows it next.
  /// - Parameter isConnected: whether the station would hear it now.
  /// - Returns: whether it was asked now.
  func ask(_ station: StationID, isConnected: Bool, at now: Now) -> Bool {
    wanted.insert(station)
    return isConnected && askWhereDue(station, at: now)
  }

  /// Two thirds of the life have passed when one third of it is left.
  /// - Returns: whether the station was asked.
  @discardableResult
  private func askWhereDue(_ station: StationID, at now: Now) -> Bool {
    guard let shown = shown[station],
      wanted.contains(station) || shown.ends - now.wall < settings.stationLife / 3
    else { return false }
    if let grant = wishes[station]?.grant {
      guard now.instant - grant.at >= Self.pause else {
        // The answer may have been lost.
        if let certificate = grant.certificate { onReply(station, .issued(certificate)) }
        return false
      }
      wishes[station] = nil
    }
    // The same wish until it is granted: what was said before is not void by it.
    let wish = wishes[station] ?? Wish(nonce: Self.newNonce(), grant: nil)
    wishes[station] = wish
    onReply(station, .renew(shown.serial, wish.nonce))
    return true
  }

  private static func newNonce() -> RenewalNonce {
    let bytes = [Randomness.bits, Randomness.bits].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
    guard let nonce = RenewalNonce(bytes) else { preconditionFailure("a nonce has 16 bytes") }
    return nonce
  }

  // MARK: - Ends

  /// Several certificates that are in use at once are one look.
  private func lookSoon() {
    timer?.cancel()
    timer = loop.schedule(after: .seconds(1)) { [unowned self] in look() }
  }

  /// Looks every hour for what is to be renewed, and for what ends. What the ledger knows to be
  /// over is over in the store too.
  private func look() {
    timer?.cancel()
    timer = loop.schedule(after: Self.interval) { [unowned self] in look() }
    let now = Now(instant: Clock.now, wall: Clock.wall)
    for station in shown.keys { askWhereDue(station, at: now) }
    store.ask {
      try $0.allCertificates()
    } _: { [unowned self] result in
      switch result {
      case .success(let all): compare(all, at: now)
      case .failure(let error):
        Log.error("the store does not say which certificates end soon: \(error)")
      }
    }
  }

  private func compare(_ all: [StationCertificate], at now: Now) {
    stored.formUnion(all.map(\.serial))
    let revoked = Set(ledger().revoked.map(\.serial))
    let counting = all.filter { $0.revokedAt == nil }
    let over = counting.map(\.serial).filter { revoked.contains($0) }
    onEnding(ending(counting.filter { !revoked.contains($0.serial) }, at: now.wall))
    guard !over.isEmpty else { return }
    store.order {
      try $0.revoke(over, at: now)
    } _: { result in
      if case .failure(let error) = result {
        Log.error("the store does not note which certificates are over: \(error)")
      }
    }
  }

  /// The stations whose last certificate ends within 30 days, or within a sixth of its life where that
  /// is shorter: a renewal is due long before. One that was issued and not shown yet is none.
  private func ending(_ counting: [StationCertificate], at now: WallTime) -> Set<StationID> {
    var ends: [StationID: WallTime] = [:]
    for certificate in counting {
      // The first that counts is what the station shows.
      if ends[certificate.station] == nil { ends[certificate.station] = certificate.ends }
    }
    let warning = min(Self.warning, settings.stationLife / 6)
    return Set(ends.filter { $0.value - now < warning }.keys)
  }
}
