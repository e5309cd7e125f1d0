// Short visits to the broker under the names of others, to end sessions and to see who is let in.
import Keys
import Linux
import MQTT
import ManagementCore
import StationProtocol
import Time

/// Carries the steps of `Revocation` out, one after the other, on the loop's thread.
final class BrokerVisits {
  private let loop: EventLoop
  private let authority: CertificateAuthority
  private let place: (host: String, port: Int, name: String)
  private var revocation = Revocation()
  private var isTold = false
  /// The visit of the moment.
  private var client: MQTTClient?
  /// Shown by nobody but this object, and on the newest list.
  private var revoked: MQTTIdentity?

  /// - Parameter place: where the broker takes connections by TLS, and the name in its certificate.
  init(
    _ loop: EventLoop, _ authority: CertificateAuthority,
    _ place: (host: String, port: Int, name: String)
  ) {
    self.loop = loop
    self.authority = authority
    self.place = place
  }

  /// Why boards that were locked out may still be connected; nil where none is.
  var problem: String? {
    guard revocation.isOverdue(at: Clock.now) else { return nil }
    let names = revocation.stations.prefix(5).map(\.text).joined(separator: ", ")
    return
      "the broker at \(place.host):\(place.port) has not read the list of revoked certificates, or "
      + "cannot be reached: boards that were replaced or locked out (\(names)) may still be connected; "
      + "bring revoked.pem to the broker and reload it"
  }

  /// The certificate to put on the next list, by which it is seen whether the broker has read it.
  func newRevoked() -> SerialNumber {
    // No station can have this name.
    let (identity, serial) = identity("revoked.")
    revoked = identity
    return serial
  }

  /// The list that revokes certificates of these stations is written.
  func end(_ stations: [StationID]) {
    for station in stations {
      if let step = revocation.add(station, at: Clock.now) { perform(step) }
    }
  }

  private func identity(_ name: String) -> (MQTTIdentity, SerialNumber) {
    let key = KeyHandle.generateP256()
    let certificate = authority.issue(
      .client, to: name, key: key, serial: AuthorityFiles.newSerial(), ends: AuthorityFiles.ends)
    let identity = MQTTIdentity(
      authority: authority.certificate.pem, certificate: certificate.pem, key: key.privatePEM,
      brokerName: place.name)
    return (identity, certificate.serial)
  }

  private func perform(_ step: Revocation.Step?) {
    switch step {
    case .endSession(let station):
      visit(identity(station.text).0, as: station.text) { [unowned self] isLetIn in
        perform(revocation.sessionEnded(isLetIn, at: Clock.now))
      }
    case .tryRevoked:
      guard let revoked else { return }
      visit(revoked, as: "revoked.") { [unowned self] isLetIn in
        perform(revocation.revokedTried(isAccepted: isLetIn, at: Clock.now))
      }
    case .wait(let pause):
      if let problem, !isTold { Log.error(problem) }
      isTold = problem != nil
      loop.schedule(after: pause) { [unowned self] in perform(revocation.waited()) }
    case nil:
      guard !revocation.isBusy else { return }
      isTold = false
      Log.notice("the broker lets no revoked certificate in, and their sessions are ended")
    }
  }

  /// Connects once and leaves.
  /// - Parameter then: told whether the broker has accepted the session.
  private func visit(
    _ identity: MQTTIdentity, as name: String, _ then: @escaping (Bool) -> Void
  ) {
    var options = MQTTOptions(
      host: place.host, port: place.port, clientID: name, user: name, password: "")
    options.connectTimeout = .seconds(5)
    let client: MQTTClient
    do throws(SystemError) {
      client = try MQTTClient(loop: loop, options: options)
    } catch {
      Log.error("\(error)")
      loop.schedule(after: .seconds(1)) { then(false) }
      return
    }
    let target = MQTTTarget(host: place.host, port: place.port, login: .certificate(identity))
    client.target = { .success(target) }
    var isOver = false
    let finish: (Bool) -> Void = { [unowned self, unowned client] isLetIn in
      guard !isOver else { return }
      isOver = true
      client.stop()
      // In one of the client's own calls: it goes when that has returned.
      loop.schedule(after: .zero) { [unowned self] in
        self.client = nil
        then(isLetIn)
      }
    }
    client.onConnected = { finish(true) }
    client.onDisconnected = { _ in finish(false) }
    self.client = client
    client.start()
  }
}
