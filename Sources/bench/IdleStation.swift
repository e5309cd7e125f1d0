// What a station costs while nobody comes: memory, processor, and the time that a start takes.
import Glibc
import Linux
import MemberCode
import TestBed
import Time
import Twins

/// Two stations as `make install` makes them, with a simulated board and a reader each, one with
/// a broker and one without, beside an empty program that links the same libraries.
enum IdleStation {
  static let part = Part(name: "idle", what: "an idle stationd: memory, processor, start") {
    report in
    let folder = try WorkFolder()
    let broker = try Broker(folder, accounts: ["with": "secret", "without": "secret"])
    let empty = try PipedProgram(Checkout.file(".build-install/release/emptystation"), [])
    _ = try empty.receive(1)
    let floor = try ProcessMeter(identifier: empty.identifier).memory()
    let started = try starts(folder, brokerPort: broker.port)
    try report.add(
      Figure(name: "idle.start.median", value: started[started.count / 2], unit: "ms"))
    try report.add(
      Figure(
        name: "idle.start.slowest", value: started[started.count - 1], unit: "ms",
        bound: .atMost(100)))
    let with = try IdleDaemon("with", brokerPort: broker.port, in: folder)
    let without = try IdleDaemon("without", brokerPort: 1, in: folder)
    _ = try (with.start(), without.start())
    report.note("\(Int(rest.seconds)) s without any event")
    pause(settling)
    let before = try (with.meter.processorNanoseconds(), without.meter.processorNanoseconds())
    let start = Clock.now
    pause(rest)
    let after = try (with.meter.processorNanoseconds(), without.meter.processorNanoseconds())
    let elapsed = (Clock.now - start).seconds
    try add("with-broker", with, Double(after.0 - before.0) / elapsed, floor, to: report)
    try add("without-broker", without, Double(after.1 - before.1) / elapsed, floor, to: report)
  }

  /// Until the first attempts to reach a broker, and what a start leaves behind, are over.
  private static let settling: Duration = .seconds(4)
  private static let rest: Duration = .seconds(30)

  private static func add(
    _ name: String, _ daemon: IdleDaemon, _ nanosecondsPerSecond: Double,
    _ floor: ProcessMeter.Memory, to report: Report
  ) throws(SystemError) {
    let memory = try daemon.meter.memory()
    let empty = Figure.Reference(name: "MiB of an empty program", value: floor.resident)
    try report.add(
      Figure(
        name: "idle.\(name).resident", value: memory.resident, unit: "MiB", reference: empty))
    // Most of it is program text in the kernel's page cache, which the machine takes back when it
    // needs room. The daemon does not let go of text by itself: at its first fire alarm it might
    // have to read that from the SD card again. So there is no bound here.
    try report.add(
      Figure(
        name: "idle.\(name).above-empty", value: memory.resident - floor.resident, unit: "MiB"))
    // The machine has these pages back only when the daemon ends.
    try report.add(
      Figure(
        name: "idle.\(name).private-dirty", value: memory.privateDirty, unit: "MiB",
        bound: .atMost(3)))
    try report.add(
      Figure(
        name: "idle.\(name).processor", value: nanosecondsPerSecond / 1e7, unit: "% of a core",
        bound: .atMost(0.1)))
  }

  /// Milliseconds from exec to READY=1, sorted: once with a new store, then with the same one.
  private static func starts(_ folder: WorkFolder, brokerPort: Int) throws -> [Double] {
    let daemon = try IdleDaemon("with", brokerPort: brokerPort, in: folder)
    return try (0..<10).map { _ in try daemon.start().seconds * 1000 }.sorted()
  }
}

/// A stationd that nothing happens to.
private final class IdleDaemon {
  private let folder: WorkFolder
  private let name: String
  private let socket: NotifySocket
  private let terminal: PseudoTerminal
  private var program: PipedProgram?

  init(_ name: String, brokerPort: Int, in folder: WorkFolder) throws {
    self.folder = folder
    self.name = name
    terminal = try PseudoTerminal()
    socket = try NotifySocket(path: folder.file("\(name).notify"))
    try folder.write("secret", to: "\(name)/credentials/mqtt-password")
    let key = String(decoding: SigningKey.generate().publicPEM, as: UTF8.self)
    try folder.write(key, to: "\(name)/keys/issuer.pem")
    try folder.write(
      """
      [station]
      id = \(name)
      [access-point 1]
      [reader front]
      device = \(terminal.path)
      [issuer bench]
      key = \(folder.file("\(name)/keys/issuer.pem"))
      [clock]
      trust = accept
      [board]
      kind = simulated
      socket = \(folder.file("\(name)/board.socket"))
      [broker]
      login = password
      port = \(brokerPort)
      credentials-directory = \(folder.file("\(name)/credentials"))
      [store]
      path = \(folder.file("\(name)/station.sqlite"))

      """, to: "\(name)/stationd.conf")
  }

  /// Starts it, ending the one before.
  /// - Returns: how long that took until it was ready.
  func start() throws -> Duration {
    if let before = program { try before.stop() }
    terminal.release()
    let start = Clock.now
    program = try PipedProgram(
      Checkout.file(".build-install/release/stationd"),
      ["--config", folder.file("\(name)/stationd.conf")],
      environment: ["NOTIFY_SOCKET=\(socket.path)"], log: folder.file("\(name).log"))
    return try socket.waitForReady() - start
  }

  var meter: ProcessMeter { ProcessMeter(identifier: program?.identifier ?? 0) }
}
