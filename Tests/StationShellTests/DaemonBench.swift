// stationd as a process, with only those of its surroundings that a test gives it.
import Foundation
import Linux
import MemberCode
import StationProtocol
import TestBed
import Time
import Twins

/// A configuration of stationd in a folder of its own, and the processes started with it.
final class DaemonBench {
  let folder: WorkFolder
  let key = SigningKey.generate()
  let readerPath: String
  let socketPath: String
  var brokerPort: Int
  var store: String
  /// Further keys of the access point.
  var door = ""
  /// Further sections of the configuration.
  var sections = ""
  /// The sections of the issuers; at first of one that may sign for every member.
  var issuers: String
  private var number = 0
  /// Further readers of the access point, by name.
  private var moreReaders: [(name: String, path: String)] = []

  init(brokerPort: Int? = nil) throws {
    folder = try WorkFolder()
    readerPath = folder.file("reader")
    socketPath = folder.file("board")
    store = folder.file("station.sqlite")
    self.brokerPort = try brokerPort ?? FreePort.find()
    issuers = "[issuer union]\nkey = \(folder.file("keys/issuer.pem"))"
    try folder.write("right\n", to: "credentials/mqtt-password")
    try folder.write(String(decoding: key.publicPEM, as: UTF8.self), to: "keys/issuer.pem")
  }

  var configuration: String {
    """
    [station]
    id = one
    [access-point 1]
    \(door)
    [reader front]
    device = \(readerPath)
    speed = 115200
    \(moreReaders.map { "[reader \($0.name)]\ndevice = \($0.path)\nspeed = 115200" }
      .joined(separator: "\n"))
    \(issuers)
    [clock]
    trust = accept
    [board]
    kind = simulated
    socket = \(socketPath)
    [broker]
    login = password
    port = \(brokerPort)
    longest-pause = 1 s
    credentials-directory = \(folder.file("credentials"))
    [store]
    path = \(store)
    \(sections)

    """
  }

  /// Starts stationd without waiting.
  /// - Parameter script: of a shell that becomes stationd, which it gets as its arguments.
  func launch(
    environment: [String: String] = [:], through script: String? = nil
  ) throws -> Program {
    number += 1
    let words = ["--config", try folder.write(configuration, to: "stationd.conf")]
    let program = Checkout.program("stationd")
    return try Program(
      script == nil ? program : "/bin/sh",
      (script.map { ["-c", $0, "sh", program] } ?? []) + words,
      log: folder.file("stationd-\(number).log"), environment: environment)
  }

  /// Starts stationd and waits until it is ready.
  func start(
    environment: [String: String] = [:], through script: String? = nil
  ) throws -> Program {
    let daemon = try launch(environment: environment, through: script)
    try Deadline.wait(until: "stationd to be ready") {
      guard daemon.isRunning else { throw TestBedError("stationd ended: \(daemon.log)") }
      return daemon.log.contains("is ready")
    }
    return daemon
  }

  /// Runs stationd to its end.
  func run(_ arguments: String...) throws -> (status: Int32, output: String) {
    try Program.run(Checkout.program("stationd"), arguments)
  }

  /// A scanner behind the configured device.
  func plugInReader() throws -> PseudoTerminal {
    let terminal = try PseudoTerminal()
    unlink(readerPath)
    try FileManager.default.createSymbolicLink(
      atPath: readerPath, withDestinationPath: terminal.path)
    return terminal
  }

  /// A further scanner of the same access point; to be plugged in before the start.
  func plugInReader(named name: String) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal()
    let path = folder.file(name)
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: terminal.path)
    moreReaders.append((name, path))
    return terminal
  }

  /// A code that opens, as a scanner sends it.
  func code(_ member: String = "m-1") throws -> [UInt8] {
    guard let member = MemberID(member) else { throw TestBedError("no member") }
    return Array(
      try CodeIssuer(key).issue(member, life: .seconds(60), at: Clock.wall).utf8) + [0x0D]
  }
}

/// The board of a test: it says what the test wants and keeps what it is told, with its time.
final class TestBoard {
  private let listener: LocalListener
  private var connection: LocalConnection?
  private(set) var orders: [(line: String, at: Instant)] = []
  /// How often each line has come since the greeting.
  private(set) var counts: [String: Int] = [:]

  init(_ path: String) throws { listener = try LocalListener(path: path) }

  var lines: [String] { orders.map(\.line) }

  /// Waits for a daemon and greets it.
  func greet(_ inputs: String...) throws {
    connection = try Deadline.wait(for: "a daemon at the board") { listener.accept() }
    orders = []
    counts = [:]
    for line in ["hello 2"] + inputs { say(line) }
  }

  func say(_ line: String) { _ = connection?.send(line: line) }
  func hangUp() { connection = nil }

  /// Waits until the newest orders satisfy the test.
  func wait(
    _ seconds: Double = 20, until what: String, _ look: ([String]) -> Bool
  ) throws {
    try Deadline.wait(seconds, until: "\(what); heard \(lines.suffix(20))") {
      listen()
      return look(lines)
    }
  }

  /// Waits until a line has come so many times, however many others there are.
  func wait(
    _ seconds: Double = 20, for line: String, count: Int, _ meanwhile: () -> Void = {}
  ) throws {
    try Deadline.wait(
      seconds, until: "\(count) times \(line), not \(counts[line, default: 0]) times"
    ) {
      meanwhile()
      listen()
      return counts[line, default: 0] >= count
    }
  }

  /// - Returns: false where the daemon has gone.
  @discardableResult
  func listen() -> Bool {
    while let heard = connection?.lines() {
      if heard.isEmpty { return true }
      orders += heard.map { ($0, Clock.now) }
      for line in heard { counts[line, default: 0] += 1 }
    }
    connection = nil
    return false
  }
}
