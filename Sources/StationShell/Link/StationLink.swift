// The station's side of the broker: its will, its birth, its state, its records, and the acks.
import JSON
import Linux
import MQTT
import MemberCode
import StationCore
import StationProtocol

/// Turns the core's publications into messages and the service's acknowledgements into events.
final class StationLink {
  /// An event for the core.
  var onEvent: (Event) -> Void = { _ in }
  /// A command or a wish. Returns why it is refused, or nil.
  var onSealed: ([UInt8], Topic) throws(JSONError) -> MessageRefusal? = { _, _ in nil }
  /// Whether an answer is the service's.
  var isGenuine: (SealedMessage, Topic) -> Bool = { _, _ in false }

  /// Another certificate, or the wish that one be asked for.
  var onIdentity: (IdentityReply) -> Void = { _ in }
  /// Asked before each attempt.
  var target: () -> Result<MQTTTarget, MQTTFault>

  private let station: StationID
  private var boot: Int64
  private let client: MQTTClient
  /// The broker that was asked for last, or why there was none.
  private var tried: Result<MQTTTarget, MQTTFault>
  /// The stream of the moment; it changes where the store is lost.
  private var stream: StreamID
  private var connection: Int64 = 0
  /// Why the last attempt failed; a hundred attempts that fail alike are one line in the log.
  private var lastReason: String?
  /// Messages that were not for us or not in our language.
  private var refused = 0

  init(
    loop: EventLoop, station: StationID, boot: Int64, stream: StreamID, options: MQTTOptions
  ) throws(SystemError) {
    self.station = station
    self.boot = boot
    self.stream = stream
    client = try MQTTClient(loop: loop, options: options)
    target = client.target
    tried = client.target()
    client.target = { [unowned self] in
      tried = target()
      return tried
    }
    client.will = { [unowned self] in
      connection += 1
      return status(isOnline: false, .lost)
    }
    client.onConnected = { [unowned self] in
      client.subscribe([
        Topic.ack(station).path, Topic.reply(station).path, Topic.command(station).path,
        Topic.desiredConfiguration(station).path, Topic.identityReply(station).path,
        Topic.serviceStatus.path,
      ])
      _ = client.publish(status(isOnline: true, .connected))
      lastReason = nil
      Log.notice("connected to \(place)")
      onEvent(.link(.uplinkOpened(connection: connection)))
    }
    client.onDisconnected = { [unowned self] reason in
      if reason != lastReason {
        Log.warning("no connection to \(place): \(reason)")
      }
      lastReason = reason
      onEvent(.link(.uplinkClosed))
    }
    client.onTakenOver = { [unowned self] in
      Log.error("another machine uses the name \(station) at the broker: find it, or rename one")
      onEvent(.link(.sessionTakenOver))
    }
    client.onMessage = { [unowned self] in receive($0) }
    client.onOversized = { [unowned self] _, bytes in
      refuse(.unreadable, "a message of \(bytes) bytes")
    }
  }

  /// The broker of the session, with what it was shown.
  var shown: MQTTTarget? { client.tried }

  private var place: String {
    switch tried {
    case .success(let target): "\(target.host):\(target.port)"
    case .failure: "any broker"
    }
  }

  func start() { client.start() }

  func stop() { client.stop(last: status(isOnline: false, .stopping)) }

  /// The store was replaced, or goes on with another stream. A new stream counts this boot as its
  /// first, or its next one would seem to be older. The session is begun anew, because its will
  /// still speaks of the old one.
  func change(stream: StreamID) {
    self.stream = stream
    boot = 1
    beginAnew()
  }

  /// Ends the session, if there is one, and begins another one at once.
  func beginAnew() {
    client.stop()
    onEvent(.link(.uplinkClosed))
    client.start()
  }

  func publish(_ statement: IdentityStatement) {
    send(.identity(station), statement.json, isRetained: false)
  }

  func publish(_ birth: BirthPayload) {
    send(.birth(station), birth.json, isRetained: true)
  }

  func publish(_ state: StateReport) {
    send(.state(station, state.part), state.json, isRetained: true)
  }

  /// Tells how far a command has come. What the link does not take is told by the command's record.
  func publish(_ result: CommandResult) {
    send(.commandResult(station), result.json, isRetained: false)
  }

  /// Has the broker bring the wish that it keeps once more (section 3.8.4 of MQTT 5).
  func askForWish() { client.subscribe([Topic.desiredConfiguration(station).path]) }

  func publish(_ reported: ReportedConfiguration) {
    send(.reportedConfiguration(station), reported.json, isRetained: true)
  }

  /// Asks the service. What the link does not take is asked again by the core, or given up.
  /// - Returns: by what the reply names the question.
  func ask(_ request: StationRequest) -> PayloadDigest {
    let payload = request.json
    _ = client.publish(
      MQTTMessage(
        topic: Topic.request(station).path, payload: payload, expiry: StationRequest.life))
    return PayloadDigest(of: payload)
  }

  /// Sends rows in batches. What the link does not take is asked for again by the core.
  func publish(stream: StreamID, first: UInt64, records: [[UInt8]]) -> [SentBatch] {
    RecordBatch.cut(stream: stream, first: first, records: records).map { publish($0) }
  }

  /// Sends a kept end under its old stream and number. What the link does not take is sent again by
  /// the core.
  func publish(_ end: KeptEnd) -> SentBatch {
    publish(
      RecordBatch(stream: end.stream, first: end.seq, records: [end.record.json], isKept: true))
  }

  private func publish(_ batch: RecordBatch) -> SentBatch {
    let payload = batch.json
    send(.out(station), payload, isRetained: false)
    return SentBatch(batch, PayloadDigest(of: payload))
  }

  private func send(_ topic: Topic, _ payload: [UInt8], isRetained: Bool) {
    _ = client.publish(
      MQTTMessage(topic: topic.path, payload: payload, isRetained: isRetained))
  }

  private func status(isOnline: Bool, _ reason: StatusPayload.Reason) -> MQTTMessage {
    let session = SessionID(stream: stream, boot: boot, connection: connection)
    let payload = StatusPayload(
      isOnline: isOnline, session: session, reason: reason, at: Clock.wall)
    return MQTTMessage(
      topic: Topic.status(station).path, payload: payload.json, isRetained: true)
  }

  private func receive(_ message: MQTTMessage) {
    let topic = Topic(path: message.topic)
    if topic == .serviceStatus {
      return receive(serviceStatus: message.payload, isRetained: message.isRetained)
    }
    // A wish is kept by the broker for whoever comes later; a command never is.
    if topic == .desiredConfiguration(station) { return receive(message.payload, on: topic) }
    guard let topic, topic.isHeard(by: station) else {
      return refuse(.unknownTopic, "a message on a topic that is not for this station")
    }
    guard !message.isRetained else {
      return refuse(.retained, "an answer of the service that the broker has kept")
    }
    if case .command = topic { return receive(message.payload, on: topic) }
    do throws(JSONError) {
      if case .identityReply = topic {
        return onIdentity(try IdentityReply(json: message.payload))
      }
      try receive(answer: SealedMessage(json: message.payload), on: topic)
    } catch {
      refuse(.unreadable, "an answer of the service that cannot be read: \(error)")
    }
  }

  private func receive(answer: SealedMessage, on topic: Topic) throws(JSONError) {
    guard isGenuine(answer, topic) else {
      return refuse(
        .unsigned, "an answer on \(topic.path) that no key of the service has signed")
    }
    if case .reply = topic {
      onEvent(.exchange(.replied(try StationReply(json: answer.body.json))))
    } else {
      onEvent(.link(.acknowledged(try Acknowledgement(json: answer.body.json))))
    }
  }

  /// An empty message is how a broker is told to forget one.
  private func receive(_ payload: [UInt8], on topic: Topic?) {
    guard let topic, !payload.isEmpty else { return }
    do throws(JSONError) {
      guard let refusal = try onSealed(payload, topic) else { return }
      refuse(refusal, "a message on \(topic.path) that no key of the service has signed")
    } catch {
      refuse(.unreadable, "a message on \(topic.path) that cannot be read: \(error)")
    }
  }

  /// Kept by the broker or said now: it is the service's state either way. Said now, the service may
  /// have come up.
  private func receive(serviceStatus payload: [UInt8], isRetained: Bool) {
    do throws(JSONError) {
      let status = try ServiceStatusPayload(json: payload)
      guard status.isOnline else { return }
      if let store = status.store { onEvent(.link(.serviceHeard(store))) }
      if !isRetained { onEvent(.link(.serviceCameUp)) }
    } catch {
      refuse(.unreadable, "a status of the service that cannot be read: \(error)")
    }
  }

  /// Tells the core, which counts. In the log it is said at the first time and then at each power
  /// of two, so that a flood fills no log.
  private func refuse(_ refusal: MessageRefusal, _ what: String) {
    refused += 1
    if refused.nonzeroBitCount == 1 { Log.warning("\(what) (\(refused) so far)") }
    onEvent(.link(.messageRefused(refusal)))
  }
}
