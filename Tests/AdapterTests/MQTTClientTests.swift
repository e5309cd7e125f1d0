// The MQTT client against a real mosquitto with the configuration that the product ships.
import Foundation
import Linux
import MQTT
import TestBed
import Testing
import Time

@Suite("MQTT client")
final class MQTTClientTests {
  let folder: WorkFolder
  let broker: Broker
  let loop: EventLoop
  let observer: MQTTClient
  var observed: [String] = []
  /// The observer has heard itself: what it subscribed to reaches it from now on. A connection
  /// alone does not say so, since others may publish before its subscription is read.
  var isListening = false
  private static let echo = MQTTMessage(
    topic: "ws/v1/observer/status", payload: Array("listening".utf8))

  init() throws {
    folder = try WorkFolder()
    broker = try Broker(folder, accounts: ["service": "watching", "one": "right", "two": "right"])
    loop = try EventLoop()
    observer = try MQTTClient(
      loop: loop,
      options: Self.options(broker, user: "service", password: "watching"))
    observer.onConnected = { [unowned observer] in
      observer.subscribe(["ws/v1/+/status"])
      _ = observer.publish(Self.echo)
    }
    observer.onDisconnected = { [unowned self] _ in isListening = false }
    observer.onMessage = { [unowned self] message in
      if message.topic == Self.echo.topic { return isListening = true }
      observed.append(String(decoding: message.payload, as: UTF8.self))
    }
    observer.start()
    try loop.serve(until: "the observer") { [unowned self] in isListening }
  }

  deinit { observer.stop() }

  @Test("a session that breaks off leaves its will, one that stops leaves its last word")
  func wills() throws {
    var client: MQTTClient? = try self.client()
    try connect(client!)
    #expect(client!.publish(status("online")))
    try see("online")
    client = nil
    try see("will")
    client = try self.client()
    try connect(client!)
    client!.stop(last: status("stopped"))
    #expect(!client!.isConnected)
    client = nil
    try see("stopped")
    client = try self.client()
    try connect(client!)
    #expect(client!.publish(status("again")))
    try see("again")
    #expect(observed == ["online", "will", "stopped", "again"])
    client?.stop()
  }

  @Test("each session carries a will of its own")
  func willsOfSessions() throws {
    let client = try self.client()
    var sessions = 0
    client.will = { [unowned self] in
      sessions += 1
      return status("will \(sessions)")
    }
    try connect(client)
    broker.kill()
    try loop.serve(until: "the loss") { !client.isConnected }
    try broker.start()
    try connect(client)
    let last = sessions
    try loop.serve(until: "the observer") { [unowned self] in isListening }
    // The same account from elsewhere takes the session over: the first one dies.
    let twin = try self.client()
    twin.start()
    try see("will \(last)")
    client.stop()
    twin.stop()
  }

  @Test("a broker that was killed is found again within the pause, and the client is whole")
  func restart() throws {
    let client = try self.client()
    try connect(client)
    for _ in 1...3 {
      broker.kill()
      try loop.serve(until: "the loss") { !client.isConnected }
      #expect(!client.publish(status("lost")))
      try broker.start()
      let start = Clock.now
      try connect(client)
      #expect(Clock.now - start < .milliseconds(1500))
    }
    try loop.serve(until: "the observer") { [unowned self] in isListening }
    #expect(client.publish(status("back")))
    try see("back")
    #expect(!observed.contains("lost"))
    client.stop()
  }

  @Test("what is published without a session is refused and never delivered")
  func unconnected() throws {
    let client = try self.client()
    #expect(!client.publish(status("too early")))
    client.start()
    #expect(!client.publish(status("early")))
    try connect(client)
    #expect(client.publish(status("now")))
    try see("now")
    #expect(observed == ["now"])
    client.stop()
    #expect(!client.publish(status("too late")))
  }

  @Test("a wrong password is called one, and tried again with growing pauses")
  func wrongPassword() throws {
    let client = try MQTTClient(
      loop: loop, options: Self.options(broker, user: "one", password: "wrong"))
    var reasons: [String] = []
    client.onDisconnected = { reasons.append($0) }
    client.start()
    try loop.serve(until: "three refusals") { reasons.count == 3 }
    #expect(Set(reasons) == ["the broker refuses the session: Not authorized"])
    client.stop()
  }

  @Test("a broker that is not there, is no broker, or says nothing is told apart")
  func noBroker() throws {
    var options = Self.options(broker, user: "one", password: "right")
    options.port = try FreePort.find()
    options.connectTimeout = .milliseconds(300)
    #expect(try refusal(options) == "cannot connect: Connection refused (errno 111)")
    options.host = "no-such-host.invalid"
    #expect(try refusal(options) == "no address is known for no-such-host.invalid")
    let silent = try Listener(greeting: "")
    defer { withExtendedLifetime(silent) {} }
    options.host = "127.0.0.1"
    options.port = silent.port
    #expect(try refusal(options) == "no answer from the broker")
    let other = try Listener(greeting: "SSH-2.0-OpenSSH_9.2\r\n")
    defer { withExtendedLifetime(other) {} }
    options.port = other.port
    let reason = try refusal(options)
    #expect(!reason.isEmpty)
    print("another server: \(reason)")
  }

  @Test("a name is looked up beside the loop, and each of its addresses is tried")
  func names() throws {
    var options = Self.options(broker, user: "one", password: "right")
    options.host = "localhost"
    // The broker listens on 127.0.0.1 alone.
    let gate = DispatchSemaphore(value: 0)
    let lookup = try HostLookup(loop: loop) { _ in
      gate.wait()
      return ["::1", "127.0.0.2", "127.0.0.1"]
    }
    let client = try MQTTClient(loop: loop, options: options, lookup: lookup)
    var reasons: [String] = []
    client.onDisconnected = { reasons.append($0) }
    client.start()
    var turns = 0
    try loop.serve(until: "turns beside the look-up") {
      turns += 1
      return turns > 5
    }
    #expect(!client.isConnected)
    gate.signal()
    try loop.serve(until: "the session") { client.isConnected }
    #expect(reasons.isEmpty)
    client.stop()
  }

  @Test("a name server that does not answer holds up neither stop nor the end")
  func deafNameServer() throws {
    let gate = DispatchSemaphore(value: 0)
    let start = Clock.now
    do {
      var options = Self.options(broker, user: "one", password: "right")
      options.host = "localhost"
      let client = try MQTTClient(
        loop: loop, options: options,
        lookup: try HostLookup(loop: loop) { _ in
          gate.wait()
          return []
        })
      client.start()
      client.stop()
    }
    #expect(Clock.now - start < .seconds(1))
    gate.signal()
  }

  @Test("the system's own look-up knows localhost")
  func localhost() throws {
    let lookup = try HostLookup(loop: loop)
    var found: [String] = []
    lookup.addresses(of: "localhost") { found = $0 }
    #expect(found.isEmpty)
    try loop.serve(until: "the addresses") { !found.isEmpty }
    #expect(found.contains("127.0.0.1") || found.contains("::1"))
  }

  @Test("two clients of one account that take the session from each other slow down")
  func takenOver() throws {
    var options = Self.options(broker, user: "one", password: "right")
    options.longestPause = .seconds(4)
    var losses = 0
    let twins = try (1...2).map { _ in try MQTTClient(loop: loop, options: options) }
    for twin in twins {
      twin.onDisconnected = { _ in losses += 1 }
      twin.start()
    }
    let end = Clock.now + .seconds(3)
    try loop.serve(until: "three seconds of that") { Clock.now > end }
    // Pauses of at most 100 ms would make sixty of them, growing ones make about a dozen.
    #expect((2...30).contains(losses))
    for twin in twins { twin.stop() }
  }

  @Test("a message beyond the limit is dropped and told of, one of exactly the limit is taken")
  func oversized() throws {
    var options = Self.options(broker, user: "one", password: "right")
    options.largestPayload = 1000
    let client = try MQTTClient(loop: loop, options: options)
    var sizes: [Int] = []
    client.onConnected = { [unowned client] in client.subscribe(["ws/v1/one/ack"]) }
    client.onMessage = { sizes.append($0.payload.count) }
    var dropped: [Int] = []
    client.onOversized = { topic, bytes in
      if topic == "ws/v1/one/ack" { dropped.append(bytes) }
    }
    try connect(client)
    // A probe is repeated until the subscription has reached the broker.
    try loop.serve(until: "the subscription") { [observer] in
      _ = observer.publish(MQTTMessage(topic: "ws/v1/one/ack", payload: [0x78]))
      return !sizes.isEmpty
    }
    for size in [1001, 200_000, 1000, 0] {
      let payload = [UInt8](repeating: 0x78, count: size)
      #expect(observer.publish(MQTTMessage(topic: "ws/v1/one/ack", payload: payload)))
    }
    try loop.serve(until: "the small ones") { sizes.suffix(2) == [1000, 0] }
    #expect(dropped == [1001, 200_000])
    #expect(sizes.allSatisfy { $0 <= 1000 })
    client.stop()
  }

  @Test("a turn of the loop takes so many bytes and no more, however much has come")
  func bytesOfATurn() throws {
    let other = try EventLoop()
    let sender = try MQTTClient(
      loop: other, options: Self.options(broker, user: "one", password: "right"))
    sender.start()
    try other.serve(until: "the sender") { sender.isConnected }
    let text = String(repeating: "x", count: 16_384)
    for _ in 0..<20 { #expect(sender.publish(status(text))) }
    // With the broker's acknowledgement of each, so that all of them wait for the observer.
    sender.stop()
    var most = 0
    var before = 0
    func turn() {
      most = max(most, observed.count - before)
      before = observed.count
      _ = loop.schedule(at: Clock.now) { turn() }
    }
    turn()
    try loop.serve(until: "all of them") { [unowned self] in observed.count == 20 }
    turn()
    #expect(most <= 4)
  }

  @Test("what is published together, and what many messages are answered with, goes out together")
  func together() throws {
    let known = Self.connections(to: broker)
    let watching = try #require(known.first)
    let other = try EventLoop()
    let client = try MQTTClient(
      loop: other, options: Self.options(broker, user: "one", password: "right"))
    client.start()
    try other.serve(until: "the sender") { client.isConnected }
    let sending = try #require(Self.connections(to: broker).first { !known.contains($0) })
    let sent = Self.segments(sending)
    let answered = Self.segments(watching)
    client.together { for number in 0..<200 { #expect(client.publish(status("\(number)"))) } }
    #expect(Self.segments(sending) - sent < 20)
    // With the broker's acknowledgement of each, so that all of them wait for the observer.
    client.stop()
    try loop.serve(until: "all of them") { [unowned self] in observed.count == 200 }
    #expect(observed == (0..<200).map { "\($0)" })
    // Its first turn, of 64 messages at most, has nothing to go by.
    #expect(Self.segments(watching) - answered < 100)
    // One alone comes too.
    let single = try self.client()
    try connect(single)
    #expect(single.publish(status("alone")))
    try see("alone")
    single.stop()
  }

  /// This process's connections to a broker.
  private static func connections(to broker: Broker) -> [Int32] {
    (0..<1024).filter { descriptor in
      var peer = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = withUnsafeMutableBytes(of: &peer) {
        getpeername(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
      }
      return status == 0 && UInt16(bigEndian: peer.sin_port) == UInt16(broker.port)
    }
  }

  /// How many segments with data a connection has sent: `tcpi_data_segs_out` of linux/tcp.h.
  private static func segments(_ connection: Int32) -> UInt32 {
    var information = [UInt8](repeating: 0, count: 256)
    var length = socklen_t(information.count)
    getsockopt(connection, Int32(IPPROTO_TCP), TCP_INFO, &information, &length)
    return information.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 156, as: UInt32.self) }
  }

  @Test("stop in a callback ends the session when the callback has returned")
  func stopInCallback() throws {
    let client = try self.client()
    client.onConnected = { [unowned self, unowned client] in
      client.stop(last: status("stopped in the callback"))
    }
    client.start()
    try see("stopped in the callback")
    #expect(!client.isConnected)
    let second = try self.client()
    second.onDisconnected = { [unowned second] _ in second.stop() }
    try connect(second)
    broker.kill()
    try loop.serve(until: "the loss") { !second.isConnected }
    try broker.start()
    try loop.serve(until: "the observer") { [unowned self] in isListening }
    #expect(!second.isConnected)
  }

  @Test("a client that is stopped and started is there again at once")
  func renewal() throws {
    let client = try self.client()
    try connect(client)
    let start = Clock.now
    client.stop()
    try connect(client)
    #expect(Clock.now - start < .milliseconds(500))
    client.stop()
    #expect(observed.isEmpty)
  }

  private func client() throws -> MQTTClient {
    let client = try MQTTClient(
      loop: loop, options: Self.options(broker, user: "one", password: "right"))
    client.will = { [unowned self] in status("will") }
    return client
  }

  private func connect(_ client: MQTTClient) throws {
    client.start()
    try loop.serve(until: "the session") { client.isConnected }
  }

  private func see(_ text: String) throws {
    try loop.serve(until: "\(text) in \(observed)") { [unowned self] in observed.contains(text) }
  }

  private func status(_ text: String) -> MQTTMessage {
    MQTTMessage(topic: "ws/v1/one/status", payload: Array(text.utf8))
  }

  private func refusal(_ options: MQTTOptions) throws -> String {
    let client = try MQTTClient(loop: loop, options: options)
    var reason: String?
    client.onDisconnected = { reason = reason ?? $0 }
    client.start()
    try loop.serve(until: "the reason") { reason != nil }
    client.stop()
    return reason ?? ""
  }

  private static func options(_ broker: Broker, user: String, password: String) -> MQTTOptions {
    var options = MQTTOptions(
      host: "127.0.0.1", port: broker.port, clientID: user, user: user, password: password)
    options.firstPause = .milliseconds(100)
    options.longestPause = .seconds(1)
    return options
  }
}

/// A TCP server that is no broker.
private final class Listener {
  let port: Int
  private let descriptor: Int32

  init(greeting: String) throws {
    let greeting = Array(greeting.utf8)
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          ? getsockname(descriptor, $0, &length) : -1
      }
    }
    try #require(status == 0)
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread {
      while true {
        let caller = accept(descriptor, nil, nil)
        guard caller >= 0 else { return }
        if !greeting.isEmpty { send(caller, greeting, greeting.count, Int32(MSG_NOSIGNAL)) }
      }
    }
  }

  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
