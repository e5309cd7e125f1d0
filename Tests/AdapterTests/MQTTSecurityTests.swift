// TLS between the MQTT client and a real mosquitto with the listener that the product ships.
import Foundation
import Keys
import Linux
import MQTT
import TestBed
import Testing
import Time

@Suite("MQTT by TLS")
final class MQTTSecurityTests {
  private let folder: WorkFolder
  private let loop: EventLoop
  private let authority: CertificateAuthority
  private let port: Int
  private var lists: Int64 = 0
  private static let far = WallTime(seconds: 4_102_444_799)
  private static let past = WallTime(seconds: 1_000_000_000)

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
    port = try FreePort.find()
    authority = CertificateAuthority(name: "of this test", serial: Self.serial(), ends: Self.far)
  }

  private static func serial() -> SerialNumber {
    SerialNumber(random: (Randomness.bits, Randomness.bits))
  }

  private func write(_ bytes: [UInt8], _ name: String) throws {
    try folder.write(String(decoding: bytes, as: UTF8.self), to: "authority/\(name)")
  }

  /// A broker whose certificate is for these names, and that knows of these revoked ones.
  private func broker(
    names: [String] = ["127.0.0.1"], by issuer: CertificateAuthority? = nil,
    ends: WallTime = MQTTSecurityTests.far
  ) throws -> Broker {
    let key = KeyHandle.generateP256()
    let made = (issuer ?? authority).issue(
      .server(names: names), to: names[0], key: key, serial: Self.serial(), ends: ends)
    try write(authority.certificate.pem, "authority.pem")
    try write(made.pem, "broker.pem")
    try write(key.privatePEM, "broker.key")
    try revoke([])
    return try Broker(
      folder, accounts: ["service": "watching"], tls: (folder.file("authority"), port))
  }

  private func revoke(_ serials: [SerialNumber]) throws {
    lists += 1
    try write(
      authority.revocationList(serials.map { ($0, Clock.wall) }, number: lists), "revoked.pem")
  }

  /// What a station of this name shows.
  private func identity(
    _ name: String, by issuer: CertificateAuthority? = nil, ends: WallTime = MQTTSecurityTests.far,
    brokerName: String = "127.0.0.1"
  ) -> (identity: MQTTIdentity, serial: SerialNumber) {
    let key = KeyHandle.generateP256()
    let made = (issuer ?? authority).issue(
      .client, to: name, key: key, serial: Self.serial(), ends: ends)
    return (
      MQTTIdentity(
        authority: authority.certificate.pem, certificate: made.pem, key: key.privatePEM,
        brokerName: brokerName), made.serial
    )
  }

  private func client(_ login: MQTTLogin, id: String = "one", port: Int? = nil) throws -> MQTTClient
  {
    var options = MQTTOptions(
      host: "127.0.0.1", port: port ?? self.port, clientID: id, user: id, password: "")
    options.firstPause = .milliseconds(50)
    options.longestPause = .milliseconds(200)
    let client = try MQTTClient(loop: loop, options: options)
    let target = MQTTTarget(host: "127.0.0.1", port: options.port, login: login)
    client.target = { .success(target) }
    return client
  }

  /// Why the client is not let in.
  private func refusal(_ login: MQTTLogin, port: Int? = nil) throws -> String {
    let client = try client(login, port: port)
    var reason: String?
    client.onDisconnected = { reason = reason ?? $0 }
    client.start()
    try loop.serve(until: "a refusal") { reason != nil || client.isConnected }
    client.stop()
    return reason ?? "it was let in"
  }

  @Test("both sides show a certificate, and messages go both ways")
  func both() throws {
    let broker = try broker()
    defer { broker.kill() }
    let client = try client(.certificate(identity("one").identity))
    var heard: [String] = []
    client.onConnected = { [unowned client] in
      client.subscribe(["ws/v1/one/rep"])
      for number in 1...200 {
        _ = client.publish(
          MQTTMessage(
            topic: "ws/v1/one/out",
            payload: Array("\(number) \(String(repeating: "x", count: 2000))".utf8)))
      }
    }
    client.onMessage = { heard.append(String(decoding: $0.payload, as: UTF8.self)) }
    let service = try self.client(.certificate(identity("service").identity), id: "service")
    var taken = 0
    service.onConnected = { [unowned service] in service.subscribe(["ws/v1/#"]) }
    service.onMessage = { [unowned service] message in
      guard message.topic == "ws/v1/one/out" else { return }
      taken += 1
      _ = service.publish(MQTTMessage(topic: "ws/v1/one/rep", payload: message.payload))
    }
    service.start()
    try loop.serve(until: "the service") { service.isConnected }
    client.start()
    try loop.serve(until: "200 answers") { heard.count == 200 }
    #expect(taken == 200)
    client.stop()
    service.stop()
  }

  @Test("a broker whose certificate is for another name, or of another authority, is refused")
  func brokers() throws {
    let named = try broker(names: ["broker.example.org"])
    #expect(
      try refusal(.certificate(identity("one").identity))
        == "the broker's certificate is refused: IP address mismatch")
    let mine = identity("one", brokerName: "broker.example.org").identity
    let client = try client(.certificate(mine))
    client.start()
    try loop.serve(until: "the session under the right name") { client.isConnected }
    client.stop()
    named.kill()
    let other = CertificateAuthority(name: "of this test", serial: Self.serial(), ends: Self.far)
    let foreign = try broker(by: other)
    defer { foreign.kill() }
    #expect(
      try refusal(.certificate(identity("one").identity)).hasPrefix(
        "the broker's certificate is refused: "))
  }

  @Test("a broker's certificate that has ended, and one of an ended authority, are refused")
  func ended() throws {
    let late = try broker(ends: Self.past)
    #expect(
      try refusal(.certificate(identity("one").identity))
        == "the broker's certificate is refused: certificate has expired")
    late.kill()
    let old = CertificateAuthority(name: "old", serial: Self.serial(), ends: Self.past)
    let bed = try broker(by: old)
    defer { bed.kill() }
    var mine = identity("one").identity
    mine.authority = old.certificate.pem
    #expect(
      try refusal(.certificate(mine))
        == "the broker's certificate is refused: certificate has expired")
  }

  @Test("a port where nobody listens is told at once, and costs nothing until the next attempt")
  func nobody() throws {
    let client = try client(.certificate(identity("one").identity))
    var reasons: [String] = []
    client.onDisconnected = { reasons.append($0) }
    let start = Clock.now
    client.start()
    try loop.serve(until: "three attempts") { reasons.count == 3 }
    client.stop()
    #expect(Set(reasons) == ["cannot connect: Connection refused (errno 111)"])
    #expect(Clock.now - start < .seconds(5))
  }

  @Test("a server that speaks TLS 1.1 alone, or no TLS, is left")
  func versions() throws {
    let bed = try broker()
    defer { bed.kill() }
    let oldPort = try FreePort.find()
    let server = try Program(
      "openssl",
      [
        "s_server", "-accept", "127.0.0.1:\(oldPort)", "-cert", folder.file("authority/broker.pem"),
        "-key", folder.file("authority/broker.key"), "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0",
        "-quiet",
      ], log: folder.file("s_server.log"))
    defer { server.kill() }
    try Deadline.wait(until: "openssl to listen") { FreePort.isServed(oldPort) }
    let mine = MQTTLogin.certificate(identity("one").identity)
    #expect(try refusal(mine, port: oldPort) != "it was let in")
    #expect(try refusal(mine, port: bed.port) != "it was let in")
  }

  @Test("the broker lets nobody in without a certificate of its authority that still counts")
  func clients() throws {
    let bed = try broker()
    defer { bed.kill() }
    let other = CertificateAuthority(name: "of this test", serial: Self.serial(), ends: Self.far)
    let refused = "the broker hangs up before there is a session"
    for (login, what) in [
      (MQTTLogin.password("watching"), "a password"),
      (.certificate(identity("one", by: other).identity), "another authority"),
      (.certificate(identity("one", ends: Self.past).identity), "an end that is over"),
    ] {
      let reason = try refusal(login)
      #expect(reason != "it was let in", "\(what)")
      if login != .password("watching") { #expect(reason.hasPrefix(refused), "\(what)") }
    }
    let old = try Program.run(
      "openssl",
      ["s_client", "-connect", "127.0.0.1:\(port)", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"])
    #expect(old.status != 0 && old.output.contains("Cipher is (NONE)"), "\(old.output)")
  }

  @Test("a revoked certificate opens no session once the broker has read the list, others do")
  func revoked() throws {
    let bed = try broker()
    defer { bed.kill() }
    let (mine, serial) = identity("one")
    let (next, _) = identity("one")
    let before = try client(.certificate(mine))
    before.start()
    try loop.serve(until: "the session") { before.isConnected }
    before.stop()
    try revoke([serial])
    try bed.reload()
    // The broker reads its files some time after the signal; a session until then is not a fault.
    try Deadline.wait(until: "the list to count") {
      try refusal(.certificate(mine)) != "it was let in"
    }
    let after = try client(.certificate(next))
    after.start()
    try loop.serve(until: "the session of the next certificate") { after.isConnected }
    after.stop()
  }

  @Test("whoever comes by the same name takes the session over, whatever id it asks for")
  func takeover() throws {
    let bed = try broker()
    defer { bed.kill() }
    let first = try client(.certificate(identity("one").identity), id: "anything")
    var losses = 0
    first.onDisconnected = { _ in losses += 1 }
    first.start()
    try loop.serve(until: "the first session") { first.isConnected }
    let second = try client(.certificate(identity("one").identity), id: "something")
    second.start()
    try loop.serve(until: "the end of the first session") { losses > 0 }
    first.stop()
    second.stop()
  }
}
