// The broker: records and states go out, answers of the service come in.
import JSON
import Linux
import MQTT
import StationCore
import StationProtocol

/// The station's session, and what stores that were set aside still have for the service.
final class LinkRoom: ShellRoom {
  private let link: StationLink
  private let remainders: RemainderSender
  private let tell: Tell
  /// What the claim has brought; nil where the station shows a password.
  private let identity: IdentityKeeper?
  /// What the station shows where it was not claimed.
  private let password: PasswordReader?

  init(
    _ station: StationID, _ broker: BrokerSettings, _ loop: EventLoop, journal: Journal,
    tell: @escaping Tell
  ) throws(SystemError) {
    password = try broker.identity == nil ? PasswordReader(broker.credentials) : nil
    var options = MQTTOptions(
      host: broker.host, port: broker.port, clientID: station.text, user: station.text,
      password: "")
    options.longestPause = broker.longestPause
    link = try StationLink(
      loop: loop, station: station, boot: journal.recovered.boot,
      stream: journal.recovered.stream, options: options)
    identity = try broker.identity.map { folder throws(SystemError) in
      try IdentityKeeper(folder, station: station, loop)
    }
    remainders = RemainderSender(loop: loop, journal: journal, link: link)
    self.tell = tell
    if let identity {
      link.target = { [unowned identity] in identity.target() }
      link.onIdentity = { [unowned identity] in identity.take($0, at: Clock.now) }
      identity.onStatement = { [unowned self] in link.publish($0) }
      identity.onReconnect = { [unowned self] in link.beginAnew() }
    } else if let password {
      take(password.first, of: broker)
      try loop.receive(from: password.reports) { [unowned self] in takeAgain($0, of: broker) }
      Log.warning(
        "the broker is reached without TLS: whoever is on the way reads all and speaks as this "
          + "station; claim the board, and set login = certificate in [broker]")
    }
    link.onEvent = { [unowned self] in heard($0) }
    remainders.onCopy = { tell(.link(.copyFound), nil) }
    remainders.onForeign = { tell(.link(.messageRefused(.foreignAcknowledgement)), nil) }
  }

  /// A command or a wish. Returns why it is refused, or nil.
  var onSealed: ([UInt8], Topic) throws(JSONError) -> MessageRefusal? {
    get { link.onSealed }
    set { link.onSealed = newValue }
  }

  /// Whether an answer is the service's.
  var isGenuine: (SealedMessage, Topic) -> Bool {
    get { link.isGenuine }
    set { link.isGenuine = newValue }
  }

  /// Has the broker bring the wish that it keeps once more.
  func askForWish() { link.askForWish() }

  func start() { link.start() }

  func stop() {
    identity?.stop()
    password?.stop()
    link.stop()
  }

  /// Takes another password, which counts from the next attempt on.
  func readPasswordAgain() { password?.readAgain() }

  private func takeAgain(_ found: Result<String, SystemError>, of broker: BrokerSettings) {
    switch found {
    case .success:
      Log.notice("mqtt-password was read again")
      take(found, of: broker)
    case .failure(let error): Log.error("\(error); the previous password remains in force")
    }
  }

  /// Without its password a station reaches no broker, and opens its doors all the same.
  private func take(_ found: Result<String, SystemError>, of broker: BrokerSettings) {
    switch found {
    case .success(let password):
      let target = MQTTTarget(host: broker.host, port: broker.port, login: .password(password))
      link.target = { .success(target) }
    case .failure(let error):
      Log.error(
        "\(error); the broker will refuse this station: put it there, then systemctl reload stationd"
      )
      link.target = { .failure(MQTTFault("\(error)")) }
    }
  }

  /// Looks for another claim.
  func look() { identity?.look() }

  /// Takes an event of the link, unless it is about a store that was set aside.
  private func heard(_ event: Event) {
    if case .link(.acknowledged(let ack)) = event, remainders.takes(ack) { return }
    switch event {
    case .link(.uplinkOpened):
      tell(event, nil)
      identity?.opened(with: link.shown)
      remainders.uplinkOpened()
    case .link(.serviceCameUp):
      tell(event, nil)
      identity?.serviceCameUp(at: Clock.now)
    case .link(.uplinkClosed):
      identity?.closed()
      remainders.uplinkClosed()
      tell(event, nil)
    default: tell(event, nil)
    }
  }

  /// Takes a report of the journal, after the core has heard of it.
  func take(_ report: Journal.Report) {
    switch report {
    case .replaced(let stream, _), .renewed(let stream, _): link.change(stream: stream)
    case .rows(let stream, let first, let records): publish(first, records, of: stream)
    case .kept: remainders.look()
    case .remainder(let stream, let first, let records):
      remainders.take(stream, first: first, records: records)
    case .journaled, .keptEnd, .displaced: break
    }
  }

  /// What the core says of commands and of its configuration; the rest is not the link's.
  func perform(_ effect: CommandEffect) {
    switch effect {
    case .publishResult(let result): link.publish(result)
    case .publishReported(let reported): link.publish(reported)
    case .setLogLevel, .collectSupport, .restart: break
    }
  }

  /// Rows of the outbox, from a number on.
  func publish(_ first: UInt64, _ records: [[UInt8]], of stream: StreamID) {
    for batch in link.publish(stream: stream, first: first, records: records) {
      tell(.link(.batchSent(batch)), nil)
    }
  }

  /// - Parameter rows: reads rows of the outbox, or asks the store for them.
  func perform(
    _ effect: LinkEffect, of stream: StreamID, rows: (ClosedRange<UInt64>) -> [[UInt8]]?
  ) {
    switch effect {
    case .ask(let request): tell(.exchange(.asked(request.id, link.ask(request))), nil)
    case .publishRecords(let range):
      if let rows = rows(range) { publish(range.lowerBound, rows, of: stream) }
    case .publishBirth(let birth): link.publish(birth)
    case .publishState(let state): link.publish(state)
    case .publishKeptEnd(let end): tell(.link(.batchSent(link.publish(end))), nil)
    }
  }
}
