// A thousand stations whose broker was started anew: how long until all of them are back.
import Glibc
import Keys
import Linux
import MQTT
import TestBed
import Time

/// Every station is a client of its own as stationd has it, with its pauses between attempts, which
/// grow while the broker is away and are drawn, so that not all come at once. They come back by TLS
/// with certificates on both sides, and beside it with passwords and without TLS. All of them share
/// this machine's processors with the broker, which real stations do not.
enum Handshakes {
  static let part = Part(
    name: "handshakes", what: "1,000 stations after a restart of the broker, by TLS and without"
  ) { report in
    let plain = try Fleet(bySecret: true).restart()
    let secure = try Fleet(bySecret: false).restart()
    try report.add(
      Figure(
        name: "handshakes.all-back", value: secure.seconds, unit: "s",
        reference: Figure.Reference(name: "s with passwords, without TLS", value: plain.seconds),
        bound: .atMost(60)))
    try report.add(
      Figure(
        name: "handshakes.broker-cpu", value: secure.milliseconds, unit: "ms",
        reference: Figure.Reference(
          name: "ms with passwords, without TLS", value: plain.milliseconds)))
    try report.add(
      Figure(name: "handshakes.station-cpu", value: secure.ownMilliseconds, unit: "ms"))
  }

  private static let stations = 1000
  /// How long the broker is away.
  private static let absence: Duration = .seconds(5)

  /// What a restart came to.
  private struct Return {
    /// From the moment at which the broker listens until the last station is connected.
    var seconds: Double
    /// Processor time of the broker for each station.
    var milliseconds: Double
    /// Processor time of this process for each station.
    var ownMilliseconds: Double
  }

  private final class Fleet {
    private let folder: WorkFolder
    private let broker: Broker
    private let crowd: ReturningCrowd

    init(bySecret: Bool) throws {
      folder = try WorkFolder()
      let names = (0..<Handshakes.stations).map { "b-\($0)" }
      let members: [ReturningCrowd.Member]
      if bySecret {
        let accounts = Dictionary(uniqueKeysWithValues: names.map { ($0, "bench") })
        let broker = try Broker(folder, accounts: accounts, connections: names.count + 10)
        self.broker = broker
        members = names.map { .init(name: $0, port: broker.port, login: .password("bench")) }
      } else {
        let authority = try Authority(in: folder)
        let port = try FreePort.find()
        broker = try Broker(
          folder, accounts: ["nobody": "bench"], tls: (authority: authority.folder, port: port))
        members = names.map { .init(name: $0, port: port, login: authority.login(of: $0)) }
      }
      crowd = try ReturningCrowd(members)
      try crowd.waitForAll()
    }

    func restart() throws -> Return {
      broker.kill()
      try crowd.waitForNone()
      pause(Handshakes.absence)
      let own = ProcessMeter(identifier: getpid())
      try broker.start()
      let (start, before) = (Clock.now, try own.processorNanoseconds())
      let meter = ProcessMeter(identifier: broker.identifier)
      try crowd.waitForAll()
      let count = Double(Handshakes.stations) * 1e6
      return Return(
        seconds: Double((Clock.now - start).wholeNanoseconds) / 1e9,
        milliseconds: Double(try meter.processorNanoseconds()) / count,
        ownMilliseconds: Double(try own.processorNanoseconds() - before) / count)
    }
  }

  /// The files by which a broker knows stations, and the certificates of those.
  private struct Authority {
    let folder: String
    private let authority: CertificateAuthority
    private static let ends = WallTime(seconds: 4_000_000_000)

    init(in work: WorkFolder) throws {
      authority = CertificateAuthority(name: "bench", serial: Self.serial(), ends: Self.ends)
      folder = work.file("authority")
      let key = KeyHandle.generateP256()
      let broker = authority.issue(
        .server(names: ["127.0.0.1"]), to: "127.0.0.1", key: key, serial: Self.serial(),
        ends: Self.ends)
      for (name, bytes) in [
        ("authority.pem", authority.certificate.pem), ("broker.pem", broker.pem),
        ("broker.key", key.privatePEM), ("revoked.pem", authority.revocationList([], number: 1)),
      ] { try work.write(String(decoding: bytes, as: UTF8.self), to: "authority/\(name)") }
    }

    func login(of name: String) -> MQTTLogin {
      let key = KeyHandle.generateP256()
      let certificate = authority.issue(
        .client, to: name, key: key, serial: Self.serial(), ends: Self.ends)
      return .certificate(
        MQTTIdentity(
          authority: authority.certificate.pem, certificate: certificate.pem, key: key.privatePEM,
          brokerName: "127.0.0.1"))
    }

    private static func serial() -> SerialNumber {
      SerialNumber(random: (Randomness.bits, Randomness.bits))
    }
  }
}

/// Clients that do nothing but stay connected. All live on one thread.
private final class ReturningCrowd {
  /// One station, and what it shows.
  struct Member: Sendable {
    var name: String
    var port: Int
    var login: MQTTLogin
  }

  private let counts: Mailbox<Int>
  private let ends: Mailbox<Void>
  private let thread: WorkerThread<[Member]>
  private let size: Int

  init(_ members: [Member]) throws {
    let counts = try Mailbox<Int>()
    let ends = try Mailbox<Void>()
    (self.counts, self.ends) = (counts, ends)
    size = members.count
    thread = WorkerThread(name: "stations") {
      { batches in
        for members in batches {
          do {
            try Self.live(members, counts, ends)
          } catch {
            Output.complain("bench: the stations ended: \(error)")
          }
        }
        return nil
      }
    }
    thread.submit(members)
  }

  deinit {
    ends.send(())
    thread.finish()
  }

  func waitForAll() throws { try wait(for: size) }
  func waitForNone() throws { try wait(for: 0) }

  /// Waits until as many are connected.
  private func wait(for count: Int) throws {
    try Deadline.wait(120, until: "\(count) stations to be connected") {
      counts.drain().last == count
    }
  }

  private static func live(
    _ members: [Member], _ counts: Mailbox<Int>, _ ends: Mailbox<Void>
  ) throws {
    let loop = try EventLoop()
    var connected = 0
    let clients = try members.map { member in
      let client = try MQTTClient(
        loop: loop,
        options: MQTTOptions(
          host: "127.0.0.1", port: member.port, clientID: member.name, user: member.name,
          password: ""))
      let target = MQTTTarget(host: "127.0.0.1", port: member.port, login: member.login)
      client.target = { .success(target) }
      var isUp = false
      client.onConnected = {
        isUp = true
        connected += 1
        counts.send(connected)
      }
      client.onDisconnected = { _ in
        guard isUp else { return }
        isUp = false
        connected -= 1
        counts.send(connected)
      }
      return client
    }
    try loop.receive(from: ends) { loop.stop() }
    for client in clients { client.start() }
    try loop.run()
    for client in clients { client.stop() }
  }
}
