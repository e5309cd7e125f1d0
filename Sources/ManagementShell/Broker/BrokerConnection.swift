// How the service reaches the broker, and what it shows there.
import Linux
import MQTT
import MemberCode
import StationProtocol

enum BrokerConnection {
  /// - Parameter key: what stations shall obey; nil where the service has none.
  /// - Returns: nil where the service certifies no stations.
  static func authority(
    _ settings: ManagementSettings, _ loop: EventLoop, _ store: StoreDesk, _ key: SigningKey?
  ) throws(SystemError) -> AuthorityDesk? {
    guard let authority = settings.authority else { return nil }
    let port = settings.showsCertificate ? settings.brokerPort : authority.port
    return try AuthorityDesk(
      authority, loop: loop, place: (host: settings.brokerHost, port: port), store: store,
      serviceKeys: key.map { [PEMText($0.publicPEM)] } ?? [])
  }

  /// Takes the password as it is now: it counts from the next attempt on, and a session that stands
  /// goes on. One that cannot be had leaves the one of before.
  static func readPasswordAgain(_ settings: ManagementSettings, for client: MQTTClient) {
    guard !settings.showsCertificate else { return }
    do throws(SystemError) {
      let password = try ManagementCredentials.password.readAgain(
        directory: settings.credentials)
      let target = MQTTTarget(
        host: settings.brokerHost, port: settings.brokerPort, login: .password(password))
      client.target = { .success(target) }
      Log.notice("mqtt-password was read again")
    } catch {
      Log.error("\(error); the previous password remains in force")
    }
  }

  /// - Parameter certificate: what the service's own authority has made for it; nil where it has
  ///   none.
  static func client(
    _ settings: ManagementSettings, _ loop: EventLoop, _ certificate: MQTTLogin?
  ) throws(SystemError) -> MQTTClient {
    let login = settings.showsCertificate ? certificate : nil
    var options = MQTTOptions(
      host: settings.brokerHost, port: settings.brokerPort, clientID: "service", user: "service",
      password: login != nil
        ? "" : try ManagementCredentials.password.read(directory: settings.credentials))
    options.longestPause = settings.longestPause
    options.largestPayload = RecordBatch.longestJSON
    let client = try MQTTClient(loop: loop, options: options)
    if let login {
      let target = MQTTTarget(host: settings.brokerHost, port: settings.brokerPort, login: login)
      client.target = { .success(target) }
    } else {
      Log.warning(
        "the broker is reached without TLS: whoever is on the way reads all and speaks as the "
          + "service; set login = certificate in [broker] where that is not this machine")
    }
    return client
  }
}

extension MQTTClient {
  /// How long the broker holds an answer about a certificate back for a station.
  private static let replyLife: Duration = .seconds(60)

  /// A reply that the broker does not take is said again when the station shows its certificate again.
  func publish(_ reply: IdentityReply, to station: StationID) {
    _ = publish(
      MQTTMessage(
        topic: Topic.identityReply(station).path, payload: reply.json, expiry: Self.replyLife))
  }
}
