// An MQTT 5 connection on the caller's loop that comes back by itself, for ever.
import CMosquitto
import Glibc
import Linux
import Time

/// A client of one broker. Every attempt is a new client to the library, so that each session
/// carries its own will and nothing is queued from an earlier one.
package final class MQTTClient {
  /// Asked before each attempt: what the broker shall publish if this session breaks off.
  package var will: () -> MQTTMessage? = { nil }
  /// Asked before each attempt: where the broker is, and what is shown to it.
  package var target: () -> Result<MQTTTarget, MQTTFault>
  /// The broker has accepted the session. Subscribe and publish from here on.
  package var onConnected: () -> Void = {}
  /// The session has ended, or an attempt has failed, for this reason.
  package var onDisconnected: (String) -> Void = { _ in }
  /// Another client has taken the session over by connecting under the same name (MQTT 5, reason
  /// 0x8E): two machines use it. mosquitto says so from 2.0.15 on; an earlier one just closes.
  package var onTakenOver: () -> Void = {}
  package var onMessage: (MQTTMessage) -> Void = { _ in }
  package private(set) var isConnected = false
  /// A message beyond the limit was dropped.
  package var onOversized: (_ topic: String, _ bytes: Int) -> Void = { _, _ in }
  /// More messages than a working broker leaves without an answer; the library keeps any number.
  package static let mostUnacknowledged = 10_000
  /// More wait for the next turn, so that nobody else waits long: a message costs by its length.
  private static let messagesPerTurn = 64
  private static let bytesPerTurn = 65_536
  private var received: UInt64 = 0
  private var receivedBytes = 0

  private let loop: EventLoop
  private let options: MQTTOptions
  private let lookup: HostLookup
  private var backoff: Backoff
  private var session: OpaquePointer?
  /// The context of a connection by TLS, and of the one before.
  var context: TLSContext?
  private var lastContext: TLSContext?
  var descriptor: Int32 = -1
  private var upkeep: Timer?
  private var retry: Timer?
  private var attemptEnds: Instant?
  private var connectedAt: Instant?
  private var isStarted = false
  /// The target of this attempt, and the addresses of its host that it has not tried yet.
  package private(set) var tried: MQTTTarget?
  private var untried: [String] = []
  /// Why the session has to end, found out in a callback of the library, where it may not be taken
  /// down. The first reason is the cause, what follows its consequences.
  private var failure: String?
  private var isInCallback = false
  private var wasTakenOver = false
  /// The work to do when the library's callback has returned.
  private var afterCallback: (() -> Void)?
  /// The library's numbers of the messages that the broker has not acknowledged yet.
  private var unacknowledged: Set<Int32> = []
  /// More than two messages came in the last turn of the loop that brought any.
  private var isBusy = false
  /// The kernel holds small segments back until more is written.
  var isGathering = false

  /// - Parameter lookup: how the host's name is resolved; by default as the system does.
  package init(
    loop: EventLoop, options: MQTTOptions, lookup: HostLookup? = nil
  ) throws(SystemError) {
    mosquitto_lib_init()
    self.loop = loop
    self.options = options
    target = {
      .success(
        MQTTTarget(
          host: options.host, port: options.port, login: .password(options.password)))
    }
    if let lookup { self.lookup = lookup } else { self.lookup = try HostLookup(loop: loop) }
    backoff = Backoff(first: options.firstPause, longest: options.longestPause)
  }

  deinit { tearDown() }

  package func start() {
    guard !isStarted else { return }
    isStarted = true
    attempt()
  }

  /// Ends the session in an orderly way, without its will, after a last message, when the broker has
  /// acknowledged everything or 500 ms have passed. In a callback, the end comes after that.
  package func stop(last: MQTTMessage? = nil) {
    isStarted = false
    retry?.cancel()
    guard !isInCallback else {
      afterCallback = { [unowned self] in finish(last) }
      return
    }
    finish(last)
  }

  /// - Returns: false where no session is up, or the broker acknowledges nothing: nothing is queued.
  package func publish(_ message: MQTTMessage) -> Bool {
    guard let session, isConnected, unacknowledged.count < Self.mostUnacknowledged else {
      return false
    }
    var number: Int32 = 0
    var properties: OpaquePointer?
    defer { mosquitto_property_free_all(&properties) }
    if let expiry = message.expiry {
      let seconds = UInt32(clamping: expiry.components.seconds)
      mosquitto_property_add_int32(
        &properties, Int32(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.rawValue), seconds)
    }
    let status = mosquitto_publish_v5(
      session, &number, message.topic, Int32(message.payload.count), message.payload,
      message.quality.rawValue, message.isRetained, properties)
    updateInterest()
    guard status == MOSQ_ERR_SUCCESS.rawValue else { return false }
    if message.quality == .atLeastOnce { unacknowledged.insert(number) }
    return true
  }

  private func finish(_ last: MQTTMessage?) {
    if let session, isConnected {
      if let last { _ = publish(last) }
      // The library closes the socket right after its farewell. An acknowledgement that comes
      // then is answered with a reset, which may cost the broker the farewell.
      let deadline = Clock.now + .milliseconds(500)
      while !unacknowledged.isEmpty, Clock.now < deadline, move(session, until: deadline) {}
      mosquitto_disconnect_v5(session, 0, nil)
    }
    tearDown()
  }

  /// Waits for the socket and moves bytes, outside the loop.
  /// - Returns: false where the connection is gone.
  private func move(_ session: OpaquePointer, until deadline: Instant) -> Bool {
    let events = POLLIN | (mosquitto_want_write(session) ? POLLOUT : 0)
    var socket = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let patience = (deadline - Clock.now).wholeNanoseconds / 1_000_000
    guard poll(&socket, 1, Int32(max(0, patience)) + 1) >= 0 || errno == EINTR else {
      return false
    }
    var status = MOSQ_ERR_SUCCESS.rawValue
    if socket.revents & Int16(POLLOUT) != 0 { status = mosquitto_loop_write(session, 1) }
    if status == MOSQ_ERR_SUCCESS.rawValue, socket.revents & ~Int16(POLLOUT) != 0 {
      status = mosquitto_loop_read(session, 1)
    }
    return status == MOSQ_ERR_SUCCESS.rawValue
  }

  /// - Parameter hearsItself: whether the broker brings what this client has published too.
  package func subscribe(_ filters: [String], hearsItself: Bool = true) {
    guard let session, isConnected else { return }
    let options = hearsItself ? 0 : Int32(MQTT_SUB_OPT_NO_LOCAL.rawValue)
    for filter in filters { mosquitto_subscribe_v5(session, nil, filter, 1, options, nil) }
    updateInterest()
  }
}

// MARK: - Attempts

extension MQTTClient {
  private func attempt() {
    (tried, untried) = (nil, [])
    switch target() {
    case .failure(let fault): end(fault.reason)
    case .success(let target):
      lookup.addresses(of: target.host) { [weak self] addresses in
        guard let self, isStarted, session == nil else { return }
        guard let address = addresses.first else {
          return end("no address is known for \(target.host)")
        }
        untried = Array(addresses.dropFirst())
        open(address, target)
      }
    }
  }

  private func open(_ address: String, _ target: MQTTTarget) {
    let me = Unmanaged.passUnretained(self).toOpaque()
    guard let session = mosquitto_new(options.clientID, true, me) else {
      return end("out of memory")
    }
    self.session = session
    mosquitto_int_option(session, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
    // Without this an answer waits for TCP's acknowledgement of the message before it, up to 40 ms.
    mosquitto_int_option(session, MOSQ_OPT_TCP_NODELAY, 1)
    tried = target
    do throws(MQTTFault) {
      context = try target.login.show(in: session, user: options.user, known: lastContext)
      lastContext = context
    } catch {
      return end("no connection by TLS: \(error.reason)")
    }
    if let will = will() {
      mosquitto_will_set_v5(
        session, will.topic, Int32(will.payload.count), will.payload, will.quality.rawValue,
        will.isRetained, nil)
    }
    setCallbacks(session)
    let status = mosquitto_connect_bind_async(
      session, address, Int32(target.port), options.keepAliveSeconds, nil)
    descriptor = mosquitto_socket(session)
    guard status == MOSQ_ERR_SUCCESS.rawValue, descriptor >= 0 else {
      return end(words(for: status))
    }
    attemptEnds = Clock.now + options.connectTimeout
    do throws(SystemError) {
      try loop.watch(descriptor, for: [.read, .write]) { [weak self] in self?.serve($0) }
    } catch {
      return end(error.description)
    }
    keepUp()
  }

  /// What a broker that ends a session has said is read before a write finds the connection gone. A
  /// connection that is only coming about is completed by a write.
  private func serve(_ readiness: Readiness) {
    guard let session else { return }
    let hangsUp = !readiness.isDisjoint(with: .hangUp)
    if !isConnected, hangsUp, let error = handshakeError { return end(error) }
    let isReadable = !readiness.isDisjoint(with: [.read, .hangUp])
    let wasConnected = isConnected
    var status = MOSQ_ERR_SUCCESS.rawValue
    if wasConnected, isReadable { status = read(session) }
    // Of a connection that is gone the rest is read in the next turns, until there is none.
    let isWritable = readiness.contains(.write) && !(wasConnected && hangsUp)
    if isWritable, goesOn(status) { status = mosquitto_loop_write(session, 1) }
    if !wasConnected, isReadable, goesOn(status) { status = read(session) }
    settle(status)
  }

  private func goesOn(_ status: Int32) -> Bool {
    status == MOSQ_ERR_SUCCESS.rawValue && failure == nil && afterCallback == nil
  }

  /// Takes what has come, as long as each call brings a message: the library reads one packet a
  /// call, whatever it is told, and a turn of the loop for each would cost as much as the packet.
  /// Where messages of this client wait for the broker, a call reads as many packets as those.
  /// Where several messages came in the turn before, the answers of this one go out together.
  private func read(_ session: OpaquePointer) -> Int32 {
    receivedBytes = 0
    let start = received
    if isBusy { gather(true) }
    defer {
      if isGathering { gather(false) }
      isBusy = received - start > 2
    }
    for _ in 0..<Self.messagesPerTurn where receivedBytes < Self.bytesPerTurn {
      let before = received
      let status = mosquitto_loop_read(session, 1)
      guard goesOn(status), received != before else { return status }
    }
    return MOSQ_ERR_SUCCESS.rawValue
  }

  /// Pings, and notices a silent broker.
  private func keepUp() {
    upkeep = loop.schedule(after: .seconds(1)) { [weak self] in
      guard let self, let session else { return }
      if let attemptEnds, Clock.now > attemptEnds {
        return end("no answer from the broker")
      }
      if unacknowledged.count >= Self.mostUnacknowledged {
        return end("the broker has not acknowledged \(unacknowledged.count) messages")
      }
      settle(mosquitto_loop_misc(session))
      if self.session != nil { keepUp() }
    }
  }

  /// Acts on the outcome of a call into the library.
  private func settle(_ status: Int32) {
    if let next = afterCallback {
      afterCallback = nil
      return next()
    }
    if let failure { return end(failure) }
    guard status == MOSQ_ERR_SUCCESS.rawValue else {
      return end(words(for: status))
    }
    updateInterest()
  }

  private func updateInterest() {
    guard let session, descriptor >= 0 else { return }
    loop.change(descriptor, to: mosquitto_want_write(session) ? [.read, .write] : .read)
  }

  private func end(_ reason: String) {
    let lasted = connectedAt.map { Clock.now - $0 }
    let wasTakenOver = wasTakenOver
    tearDown()
    if wasTakenOver { onTakenOver() }
    if lasted == nil, !untried.isEmpty, let tried { return open(untried.removeFirst(), tried) }
    // A broker that accepts and drops, or a twin that takes the session over each time, is not
    // worth a quick return.
    if let lasted, lasted > options.longestPause { backoff.succeeded() }
    onDisconnected(reason)
    guard isStarted, session == nil else { return }
    let pause = backoff.next(random: Randomness.bits)
    retry?.cancel()
    retry = loop.schedule(after: pause) { [weak self] in self?.attempt() }
  }

  private func tearDown() {
    upkeep?.cancel()
    attemptEnds = nil
    connectedAt = nil
    failure = nil
    wasTakenOver = false
    unacknowledged = []
    isConnected = false
    if descriptor >= 0 { loop.unwatch(descriptor) }
    descriptor = -1
    isGathering = false
    isBusy = false
    if let session { mosquitto_destroy(session) }
    session = nil
    context = nil
  }
}

// MARK: - The library's callbacks

extension MQTTClient {
  private func setCallbacks(_ session: OpaquePointer) {
    mosquitto_connect_v5_callback_set(session) { _, me, code, _, _ in
      MQTTClient.call(me) { $0.connected(code) }
    }
    mosquitto_disconnect_v5_callback_set(session) { _, me, code, _ in
      MQTTClient.call(me) { $0.disconnected(code) }
    }
    mosquitto_message_v5_callback_set(session) { _, me, message, _ in
      guard let message else { return }
      MQTTClient.call(me) { $0.receive(message.pointee) }
    }
    mosquitto_publish_v5_callback_set(session) { _, me, number, _, _ in
      MQTTClient.call(me) { _ = $0.unacknowledged.remove(number) }
    }
  }

  private static func call(_ me: UnsafeMutableRawPointer?, _ body: (MQTTClient) -> Void) {
    let client = Unmanaged<MQTTClient>.fromOpaque(me!).takeUnretainedValue()
    client.isInCallback = true
    body(client)
    client.isInCallback = false
  }

  private func connected(_ code: Int32) {
    guard code == 0 else {
      failure = "the broker refuses the session: \(BrokerWords.reason(code))"
      return
    }
    attemptEnds = nil
    connectedAt = Clock.now
    isConnected = true
    onConnected()
  }

  /// - Parameter code: the broker's reason (MQTT 5, section 2.4), which begins at 128 where it is
  ///   an error, or the library's own.
  private func disconnected(_ code: Int32) {
    guard failure == nil else { return }
    wasTakenOver = code == Int32(MQTT_RC_SESSION_TAKEN_OVER.rawValue)
    failure =
      code < 128
      ? words(for: code) : "the broker ends the session: \(BrokerWords.reason(code))"
  }

  private func receive(_ message: mosquitto_message) {
    received += 1
    receivedBytes += Int(message.payloadlen)
    // While the session is being ended, nobody listens any more.
    guard isStarted else { return }
    let count = Int(message.payloadlen)
    guard count <= options.largestPayload else {
      return onOversized(String(cString: message.topic), count)
    }
    let payload = UnsafeRawBufferPointer(start: message.payload, count: count)
    onMessage(
      MQTTMessage(
        topic: String(cString: message.topic), payload: Array(payload),
        quality: message.qos == 0 ? .atMostOnce : .atLeastOnce, isRetained: message.retain))
  }
}
