// A whole stationd inside this process, whose strike says when it was told to release.
import GPIO
import Glibc
import Linux
import StationProtocol
import StationShell
import TestBed
import Time

/// The product's daemon on a thread of its own: serial lines, framing, signature, decision and
/// the journal committing to disk are the product's; only the board is the benchmark's.
final class DoorStation {
  struct Plan: Sendable {
    var accessPoints = 1
    /// The broker's; none answers at port 1.
    var brokerPort = 1
    var password = "none"
    /// How often an input of a door behind the first one changes; nil for never.
    var inputPause: Duration?
    /// PEM of the key of the service that it obeys; nil for none.
    var serviceKey: String?
  }

  /// What its thread tells.
  enum Event: Sendable {
    case ready
    /// The first strike was told to release.
    case released(Instant)
    case ended(String)
  }

  /// Its id, which is its user name at the broker.
  static let name = "bench"

  /// The scanners, one for each access point.
  let readers: [ReaderLine]
  private let folder: WorkFolder
  private let events: Mailbox<Event>
  private let stop: Mailbox<Bool>
  private let thread: WorkerThread<StationSettings>
  private var isOver = false

  /// Starts it, and waits until it serves.
  init(_ plan: Plan, issuerKey: String) throws {
    let folder = try WorkFolder()
    self.folder = folder
    readers = try (0..<plan.accessPoints).map { _ in try ReaderLine() }
    try folder.write(issuerKey, to: "keys/issuer.pem")
    if let key = plan.serviceKey { try folder.write(key, to: "keys/service.pem") }
    try folder.write(plan.password, to: "credentials/mqtt-password")
    let settings = try StationSettings.read(
      Array(Self.configuration(plan, folder.path, readers).utf8), version: "bench")
    let events = try Mailbox<Event>()
    let stop = try Mailbox<Bool>()
    self.events = events
    self.stop = stop
    thread = WorkerThread(name: "station") {
      { jobs in
        for settings in jobs { Self.run(settings, plan, events, stop) }
        return nil
      }
    }
    thread.submit(settings)
    switch try next() {
    case .ready: break
    case .ended(let reason): throw SystemError("run a station", detail: reason)
    case .released, nil: throw SystemError("run a station", detail: "it does not begin")
    }
  }

  deinit {
    stop.send(true)
    thread.finish()
  }

  /// Waits for the strike.
  func waitForRelease() throws(SystemError) -> Instant {
    switch try next() {
    case .released(let instant): return instant
    case .ended(let reason): throw SystemError("run a station", detail: reason)
    case .ready, nil: throw SystemError("open the door", detail: "nothing came for 5 s")
    }
  }

  private var waiting: [Event] = []

  private func next() throws(SystemError) -> Event? {
    if waiting.isEmpty {
      var poll = pollfd(fd: events.descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, 5000) > 0 else { return nil }
      waiting = events.drain()
    }
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }

  private static func run(
    _ settings: StationSettings, _ plan: Plan, _ events: Mailbox<Event>, _ stop: Mailbox<Bool>
  ) {
    do {
      var failure: SystemError?
      var orders: (() -> Void)?
      let daemon = try StationDaemon(settings) { loop in
        do throws(SystemError) {
          try loop.receive(from: stop) { _ in orders?() }
        } catch {
          failure = error
        }
        return BenchLines(loop, plan, events)
      }
      if let failure { throw failure }
      orders = { [unowned daemon] in daemon.requestStop() }
      try daemon.run()
    } catch {
      events.send(.ended("\(error)"))
    }
  }

  private static func configuration(
    _ plan: Plan, _ folder: String, _ readers: [ReaderLine]
  ) -> String {
    var text = """
      [station]
      id = \(name)
      [issuer bench]
      key = \(folder)/keys/issuer.pem
      [entry]
      longest-code-life = 1 h
      [clock]
      trust = accept
      [board]
      kind = simulated
      socket = \(folder)/none
      [broker]
      login = password
      port = \(plan.brokerPort)
      credentials-directory = \(folder)/credentials
      [store]
      path = \(folder)/station.sqlite

      """
    if plan.serviceKey != nil {
      text += "[service-key current]\nkey = \(folder)/keys/service.pem\n"
    }
    for (index, reader) in readers.enumerated() {
      text += """
        [access-point \(index + 1)]
        [reader door-\(index + 1)]
        access-point = \(index + 1)
        device = \(reader.path)
        speed = 115200
        idle-gap = 2 s

        """
    }
    return text
  }
}

/// A board that notes when the first strike is told to release, and whose other doors are
/// opened and shut without pause where the plan says so.
private final class BenchLines: StationLines {
  var onLevel: (BoardLine, Bool, Instant) -> Void = { _, _, _ in }
  var onReadable: (Int?, Bool, String) -> Void = { _, _, _ in }
  var onChatter: (BoardLine, Bool) -> Void = { _, _ in }
  var onShown: (Int, BoardCredential) -> Void = { _, _ in }

  private let loop: EventLoop
  private let plan: DoorStation.Plan
  private let events: Mailbox<DoorStation.Event>
  private var changes = 0

  init(_ loop: EventLoop, _ plan: DoorStation.Plan, _ events: Mailbox<DoorStation.Event>) {
    self.loop = loop
    self.plan = plan
    self.events = events
  }

  func start() {
    for point in 1...plan.accessPoints {
      onReadable(point, true, "")
      for kind in [BoardLine.Kind.contact, .outerBeam, .innerBeam] {
        onLevel(BoardLine(kind, point), true, Clock.now)
      }
    }
    // By the first turn of the loop the readers are open.
    loop.schedule(after: .zero) { [self] in events.send(.ready) }
    if let pause = plan.inputPause { change(after: pause) }
  }

  func set(_ line: BoardLine, to level: Bool) {
    if level, line.accessPoint == 1 {
      events.send(.released(Clock.now))
    }
  }

  func show(accessPoint: Int, _ outcome: ReaderAnswer) {}
  func stop() {}

  /// Doors that are forced open and shut again: two records and a commit at once, each time.
  private func change(after pause: Duration) {
    loop.schedule(after: pause) { [unowned self] in
      let doors = plan.accessPoints - 1
      let door = 2 + changes % doors
      onLevel(BoardLine(.contact, door), changes / doors % 2 == 1, Clock.now)
      changes += 1
      change(after: pause)
    }
  }
}
