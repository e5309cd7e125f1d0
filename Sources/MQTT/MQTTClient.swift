// An MQTT 5 connection on the caller's loop that comes back by itself, for ever.
import CMosquitto
import Linux
import StationProtocol

/// A client of one broker. Every attempt is a new client to the library, so that each session
/// carries its own will and nothing is queued from an earlier one.
package final class MQTTClient {
  /// Asked before each attempt: what the broker shall publish if this session breaks off.
  package var will: () -> MQTTMessage? = { nil }
  /// The broker has accepted the session. Subscribe and publish from here on.
  package var onConnected: () -> Void = {}
  /// The session has ended, or an attempt has failed, for this reason.
  package var onDisconnected: (String) -> Void = { _ in }
  package var onMessage: (MQTTMessage) -> Void = { _ in }
  package private(set) var isConnected = false
  /// Messages that were larger than the limit.
  package private(set) var oversized = 0

  private let loop: EventLoop
  private let options: MQTTOptions
  private let lookup: HostLookup
  private var backoff: Backoff
  private var session: OpaquePointer?
  private var descriptor: Int32 = -1
  private var upkeep: Timer?
  private var retry: Timer?
  private var attemptEnds: Instant?
  private var isStarted = false
  /// Why the session has to end, found out inside one of the library's callbacks, where it may
  /// not be taken down.
  private var failure: String?

  package init(loop: EventLoop, options: MQTTOptions) throws(SystemError) {
    mosquitto_lib_init()
    self.loop = loop
    self.options = options
    lookup = try HostLookup(loop: loop)
    backoff = Backoff(first: options.firstPause, longest: options.longestPause)
  }

  deinit { tearDown() }

  package func start() {
    guard !isStarted else { return }
    isStarted = true
    attempt()
  }

  /// Ends the session in an orderly way, after a last message; the will is not published.
  package func stop(last: MQTTMessage? = nil) {
    isStarted = false
    retry?.cancel()
    if let session, isConnected {
      if let last { _ = publish(last) }
      mosquitto_disconnect_v5(session, 0, nil)
      let deadline = Clock.now + .milliseconds(500)
      while mosquitto_want_write(session), Clock.now < deadline {
        guard mosquitto_loop_write(session, 1) == MOSQ_ERR_SUCCESS.rawValue else { break }
      }
    }
    tearDown()
  }

  /// - Returns: false where no session is up; the message is then not queued anywhere.
  package func publish(_ message: MQTTMessage) -> Bool {
    guard let session, isConnected else { return false }
    let status = mosquitto_publish_v5(
      session, nil, message.topic, Int32(message.payload.count), message.payload,
      message.quality.rawValue, message.isRetained, nil)
    updateInterest()
    return status == MOSQ_ERR_SUCCESS.rawValue
  }

  package func subscribe(_ filters: [String]) {
    guard let session, isConnected else { return }
    for filter in filters { mosquitto_subscribe_v5(session, nil, filter, 1, 0, nil) }
    updateInterest()
  }
}

// MARK: - Attempts

extension MQTTClient {
  private func attempt() {
    lookup.address(of: options.host) { [weak self] address in
      guard let self, isStarted, session == nil else { return }
      guard let address else { return end("no address is known for \(options.host)") }
      open(address)
    }
  }

  private func open(_ address: String) {
    let me = Unmanaged.passUnretained(self).toOpaque()
    guard let session = mosquitto_new(options.clientID, true, me) else {
      return end("out of memory")
    }
    self.session = session
    mosquitto_int_option(session, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
    mosquitto_username_pw_set(session, options.user, options.password)
    if let will = will() {
      mosquitto_will_set_v5(
        session, will.topic, Int32(will.payload.count), will.payload, will.quality.rawValue,
        will.isRetained, nil)
    }
    setCallbacks(session)
    let status = mosquitto_connect_bind_async(
      session, address, Int32(options.port), options.keepAliveSeconds, nil)
    descriptor = mosquitto_socket(session)
    guard status == MOSQ_ERR_SUCCESS.rawValue, descriptor >= 0 else {
      return end(Self.text(of: status))
    }
    attemptEnds = Clock.now + options.connectTimeout
    do throws(SystemError) {
      try loop.watch(descriptor, for: [.read, .write]) { [weak self] in self?.serve($0) }
    } catch {
      return end(error.description)
    }
    keepUp()
  }

  private func serve(_ readiness: Readiness) {
    guard let session else { return }
    var status = MOSQ_ERR_SUCCESS.rawValue
    if readiness.contains(.write) { status = mosquitto_loop_write(session, 1) }
    if status == MOSQ_ERR_SUCCESS.rawValue, !readiness.isDisjoint(with: [.read, .hangUp]) {
      status = mosquitto_loop_read(session, 64)
    }
    settle(status)
  }

  /// Pings, and notices a broker that has fallen silent.
  private func keepUp() {
    upkeep = loop.schedule(after: .seconds(1)) { [weak self] in
      guard let self, let session else { return }
      if let attemptEnds, Clock.now > attemptEnds {
        return end("no answer from the broker")
      }
      settle(mosquitto_loop_misc(session))
      if self.session != nil { keepUp() }
    }
  }

  /// Acts on the outcome of a call into the library.
  private func settle(_ status: Int32) {
    if let failure { return end(failure) }
    guard status == MOSQ_ERR_SUCCESS.rawValue else { return end(Self.text(of: status)) }
    updateInterest()
  }

  private func updateInterest() {
    guard let session, descriptor >= 0 else { return }
    loop.change(descriptor, to: mosquitto_want_write(session) ? [.read, .write] : .read)
  }

  private func end(_ reason: String) {
    tearDown()
    onDisconnected(reason)
    guard isStarted else { return }
    let pause = backoff.next(random: Randomness.bits)
    retry = loop.schedule(after: pause) { [weak self] in self?.attempt() }
  }

  private func tearDown() {
    upkeep?.cancel()
    attemptEnds = nil
    failure = nil
    isConnected = false
    if descriptor >= 0 { loop.unwatch(descriptor) }
    descriptor = -1
    if let session { mosquitto_destroy(session) }
    session = nil
  }

  private static func text(of status: Int32) -> String {
    if status == MOSQ_ERR_ERRNO.rawValue { return SystemError("connect").description }
    return mosquitto_strerror(status).map { String(cString: $0) } ?? "error \(status)"
  }
}

// MARK: - The library's callbacks

extension MQTTClient {
  private func setCallbacks(_ session: OpaquePointer) {
    mosquitto_connect_v5_callback_set(session) { _, me, code, _, _ in
      MQTTClient.of(me).connected(code)
    }
    mosquitto_disconnect_v5_callback_set(session) { _, me, code, _ in
      MQTTClient.of(me).failure = MQTTClient.text(of: code)
    }
    mosquitto_message_v5_callback_set(session) { _, me, message, _ in
      guard let message else { return }
      MQTTClient.of(me).received(message.pointee)
    }
  }

  private static func of(_ me: UnsafeMutableRawPointer?) -> MQTTClient {
    Unmanaged<MQTTClient>.fromOpaque(me!).takeUnretainedValue()
  }

  private func connected(_ code: Int32) {
    guard code == 0 else {
      let reason = mosquitto_reason_string(code).map { String(cString: $0) } ?? "code \(code)"
      failure = "the broker refuses the session: \(reason)"
      return
    }
    attemptEnds = nil
    backoff.succeeded()
    isConnected = true
    onConnected()
  }

  private func received(_ message: mosquitto_message) {
    let count = Int(message.payloadlen)
    guard count <= options.largestPayload else {
      oversized += 1
      return
    }
    let payload = UnsafeRawBufferPointer(start: message.payload, count: count)
    onMessage(
      MQTTMessage(
        topic: String(cString: message.topic), payload: Array(payload),
        quality: message.qos == 0 ? .atMostOnce : .atLeastOnce, isRetained: message.retain))
  }
}
