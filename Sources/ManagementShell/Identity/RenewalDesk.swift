// Certificates of stations that are renewed in time, and told of where they are not.
import Keys
import Linux
import ManagementCore
import StationProtocol
import Time

/// Renews what stations show. A board is asked to renew when two thirds of the life of a certificate
/// have passed; it asks with a new key, signed by the old one; the old certificate counts until the
/// board has shown the new one. Lives on the loop's thread.
final class RenewalDesk {
  /// An answer to a station.
  var onReply: (StationID, IdentityReply) -> Void = { _, _ in }
  /// What a station says does not count, and why.
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
  private let counts: (_ serial: String, StationID) -> Bool
  /// What each station has shown last.
  private var shown: [StationID: Shown] = [:]
  private var issued: [StationID: Issued] = [:]
  /// Stations that a manager wants to renew what they have, whether it is due or not.
  private var wanted: Set<StationID> = []

  private struct Shown {
    var serial: CertificateSerial
    var ends: WallTime
  }

  /// The last certificate that a station asked for, so that an answer that was lost is given again.
  private struct Issued {
    var key: KeyHandle
    /// nil until the store has remembered it.
    var certificate: PEMText?
    var at: Instant
  }

  /// A station gets one new certificate in this time: whoever has stolen a key makes no flood of them.
  private static let pause: Duration = .seconds(600)
  private static let interval: Duration = .seconds(3600)
  private static let warning: Duration = .seconds(30 * 86_400)

  init(
    _ settings: AuthoritySettings, _ authority: CertificateAuthority, store: StoreDesk,
    loop: EventLoop, counts: @escaping (_ serial: String, StationID) -> Bool
  ) {
    self.settings = settings
    self.authority = authority
    self.store = store
    self.loop = loop
    self.counts = counts
  }

  /// The actor of what nobody has ordered.
  private static let actor = "service"

  // MARK: - What stations say

  func hear(_ statement: IdentityStatement, of station: StationID, at now: Now) {
    let certificate: Certificate
    let key: KeyHandle?
    do throws(KeyError) {
      certificate = try Certificate(pem: statement.certificate.bytes)
      key = try statement.request.map { pem throws(KeyError) in
        try CertificateRequest(pem: pem.bytes).publicKey
      }
    } catch {
      return onRefused(station, "a certificate or a signing request that cannot be used: \(error)")
    }
    let serial = certificate.serial.description
    guard certificate.isIssued(by: authority.certificate), certificate.name == station.text,
      counts(serial, station), now.wall <= certificate.ends
    else {
      return onRefused(
        station, "a certificate that is not the station's, is over, or does not count any more")
    }
    let content = IdentityStatement.content(
      of: station, statement.certificate, statement.request)
    guard certificate.publicKey.verifiesES256(statement.proof.bytes, of: content),
      let name = CertificateSerial(certificate.serial.bytes)
    else {
      return onRefused(station, "a certificate whose key has not signed what is said of it")
    }
    shown[station] = Shown(serial: name, ends: certificate.ends)
    supersede(by: serial, of: station, at: now)
    guard let key else { return askWhereDue(station, at: now) }
    guard !key.isSame(as: certificate.publicKey) else {
      return onRefused(station, "a wish to renew a certificate with the key that it has")
    }
    issue(to: station, key, shown: serial, at: now)
  }

  private func supersede(by serial: String, of station: StationID, at now: Now) {
    guard onShown(serial, station) else { return }
    Log.notice("\(station): certificate \(serial) is in use, those before it count no more")
    store.order {
      try $0.supersede(by: serial, of: station, at: now)
    } _: { [unowned self] result in
      if case .failure(let error) = result {
        Log.error("\(station): the store does not note which certificates are over: \(error)")
      }
      look()
    }
  }

  private func issue(to station: StationID, _ key: KeyHandle, shown: String, at now: Now) {
    if let known = issued[station] {
      if known.key.isSame(as: key) {
        if let certificate = known.certificate { onReply(station, .issued(certificate)) }
        return
      }
      guard now.instant - known.at >= Self.pause else {
        return onRefused(station, "a wish for another certificate within ten minutes")
      }
    }
    guard now.wall > AuthorityDesk.earliest else {
      return Log.error(
        "\(station): its certificate is not renewed: the clock of this machine stands in the past")
    }
    let certificate = authority.issue(
      .client, to: station.text, key: key, serial: AuthorityFiles.newSerial(),
      ends: now.wall + settings.stationLife)
    let remembered = StationCertificate(
      serial: certificate.serial.description, station: station, issuedAt: now.wall,
      ends: certificate.ends, actor: Self.actor)
    issued[station] = Issued(key: key, certificate: nil, at: now.instant)
    store.order {
      try $0.renew(remembered, of: shown, at: now)
    } _: { [unowned self] result in
      switch result {
      case .success(true):
        onRenewed(remembered, shown)
        let text = PEMText(certificate.pem)
        issued[station]?.certificate = text
        wanted.remove(station)
        Log.notice("\(station): certificate \(shown) is renewed by \(remembered.serial)")
        onReply(station, .issued(text))
      case .success(false):
        issued[station] = nil
        onRefused(station, "a wish to renew a certificate that does not count any more")
      case .failure(let error):
        issued[station] = nil
        Log.error("\(station): its certificate is not renewed: \(error)")
      }
    }
  }

  // MARK: - What stations are asked for

  /// Has a station renew what it shows, now or when it shows it next.
  /// - Parameter isConnected: whether the station would hear it now.
  /// - Returns: whether it was asked now.
  func ask(_ station: StationID, isConnected: Bool) -> Bool {
    wanted.insert(station)
    guard isConnected, let shown = shown[station] else { return false }
    onReply(station, .renew(shown.serial))
    return true
  }

  /// Two thirds of the life have passed when one third of it is left.
  private func askWhereDue(_ station: StationID, at now: Now) {
    guard let shown = shown[station],
      wanted.contains(station) || shown.ends - now.wall < settings.stationLife / 3,
      issued[station].map({ now.instant - $0.at >= Self.pause }) ?? true
    else { return }
    onReply(station, .renew(shown.serial))
  }

  // MARK: - What ends

  /// Looks every hour for what is to be renewed, and for what ends.
  func look() {
    timer?.cancel()
    timer = loop.schedule(after: Self.interval) { [unowned self] in look() }
    let now = Now(instant: Clock.now, wall: Clock.wall)
    for station in shown.keys { askWhereDue(station, at: now) }
    store.ask {
      try $0.allCertificates()
    } _: { [unowned self] result in
      switch result {
      case .success(let all): onEnding(ending(all, at: now.wall))
      case .failure(let error):
        Log.error("the store does not say which certificates end soon: \(error)")
      }
    }
  }

  private var timer: Timer?

  /// The stations whose last certificate ends within 30 days, or within a sixth of its life where that
  /// is shorter: a renewal is due long before. One that was issued and not shown yet is none.
  private func ending(_ all: [StationCertificate], at now: WallTime) -> Set<StationID> {
    var ends: [StationID: WallTime] = [:]
    for certificate in all where certificate.revokedAt == nil {
      // The first that counts is what the station shows.
      if ends[certificate.station] == nil { ends[certificate.station] = certificate.ends }
    }
    let warning = min(Self.warning, settings.stationLife / 6)
    return Set(ends.filter { $0.value - now < warning }.keys)
  }
}
