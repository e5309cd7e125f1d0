// What the MQTT client makes of the way in which a broker ends a session.
import Foundation
import Glibc
import Linux
import MQTT
import TestBed
import Testing

@Suite("How a broker ends a session")
struct MQTTEndingTests {
  private static let sessionTakenOver: UInt8 = 0x8E

  @Test("a session that is taken over is told as such, also where the connection is reset")
  func takenOver() throws {
    let loop = try EventLoop()
    let broker = try ScriptedBroker(loop)
    let client = try MQTTClient(
      loop: loop,
      options: MQTTOptions(
        host: "127.0.0.1", port: broker.port, clientID: "one", user: "one", password: "right"))
    var isTakenOver = false
    var reason: String?
    client.onTakenOver = { isTakenOver = true }
    client.onDisconnected = { reason = reason ?? $0 }
    client.start()
    try loop.serve(until: "the session") { client.isConnected }
    // The broker has not read this when it closes, so that its kernel resets the connection.
    #expect(client.publish(MQTTMessage(topic: "ws/v1/one/status", payload: [0x31])))
    broker.end(Self.sessionTakenOver)
    // To write is in vain by now; the reason lies there, and is still to be read.
    _ = client.publish(MQTTMessage(topic: "ws/v1/one/status", payload: [0x32]))
    try loop.serve(until: "the end") { reason != nil }
    #expect(isTakenOver, "\(reason ?? "")")
    #expect(reason == "the broker ends the session: Session taken over")
    client.stop()
  }

  @Test("a broker that acknowledges nothing fills no memory: its session ends, and says why")
  func withheld() throws {
    let loop = try EventLoop()
    let broker = try ScriptedBroker(loop)
    let client = try MQTTClient(
      loop: loop,
      options: MQTTOptions(
        host: "127.0.0.1", port: broker.port, clientID: "one", user: "one", password: "right"))
    var reason: String?
    client.onDisconnected = { reason = reason ?? $0 }
    client.start()
    try loop.serve(until: "the session") { client.isConnected }
    let message = MQTTMessage(topic: "ws/v1/one/cmd/result", payload: [0x31])
    for _ in 0..<MQTTClient.mostUnacknowledged { #expect(client.publish(message)) }
    #expect(!client.publish(message))
    try loop.serve(until: "the end") { reason != nil }
    #expect(reason == "the broker has not acknowledged 10000 messages")
    client.stop()
  }
}

/// Accepts a session of MQTT 5, reads nothing more, and ends it when the test says so.
private final class ScriptedBroker {
  let port: Int
  private let loop: EventLoop
  private let listener: Int32
  private var connection: Int32 = -1

  init(_ loop: EventLoop) throws {
    self.loop = loop
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 1) == 0
          ? getsockname(listener, $0, &length) : -1
      }
    }
    try #require(status == 0)
    port = Int(UInt16(bigEndian: address.sin_port))
    try loop.watch(listener, for: .read) { [unowned self] _ in accept() }
  }

  deinit {
    loop.unwatch(listener)
    close(listener)
    if connection >= 0 { close(connection) }
  }

  private func accept() {
    connection = Glibc.accept(listener, nil, nil)
    guard (try? loop.watch(connection, for: .read) { [unowned self] _ in greet() }) != nil else {
      return
    }
  }

  /// Takes CONNECT for read and answers CONNACK: success, no properties.
  private func greet() {
    var heard = [UInt8](repeating: 0, count: 4096)
    guard recv(connection, &heard, heard.count, 0) > 0 else { return }
    loop.unwatch(connection)
    say([0x20, 0x03, 0x00, 0x00, 0x00])
  }

  /// Sends DISCONNECT with a reason, and closes.
  func end(_ reason: UInt8) {
    say([0xE0, 0x01, reason])
    close(connection)
    connection = -1
  }

  private func say(_ bytes: [UInt8]) {
    #expect(send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
  }
}
