// From the bytes of a code at the reader to the command at the strike, in a whole stationd.
import GPIO
import Linux
import MemberCode
import StationCore
import StationProtocol
import StationShell

/// Times a real daemon: codes are written to a pseudo-terminal by another thread, and the clock
/// stops when the strike is told to release. Everything on the way is the product's: serial
/// line, framing, signature, decision, and the journal committing to disk beside it.
enum DoorPath {
  static func report(codes count: Int) -> Int32 {
    do {
      let key = SigningKey.generate()
      let codes = try issue(count, with: key)
      let verifier = CodeVerifier(try KeySet([key.verificationKey]))
      let check = Figure(name: "signature check alone", times: checks(codes, verifier))
      let floor = Figure(
        name: "the same after one wake-up over a pipe", times: try wakeups(codes, verifier))
      let door = Figure(
        name: "reader bytes to strike command", times: try doorTimes(codes, key))
      Output.write("\(count) codes, Ed25519\n")
      Output.write(
        String(repeating: " ", count: 49) + "p50    / floor" + String(repeating: " ", count: 14)
          + "p99    / floor\n")
      for figure in [check, floor, door] { Output.write(figure.line(besides: floor) + "\n") }
      return 0
    } catch {
      Output.complain("bench: \(error)")
      return 1
    }
  }

  private static func issue(_ count: Int, with key: SigningKey) throws -> [[UInt8]] {
    let issuer = CodeIssuer(key)
    return try (0..<count).map { index in
      guard let member = MemberID("m-\(index)") else { preconditionFailure("no member \(index)") }
      let code = try issuer.issue(
        member, life: .seconds(120), at: Clock.wall, tokenID: Randomness.bytes(8))
      return Array(code.utf8)
    }
  }

  private static func checks(_ codes: [[UInt8]], _ verifier: CodeVerifier) -> Quantiles {
    Quantiles(
      codes.map { code in
        let start = Clock.now
        guard case .genuine = verifier.authenticate(code) else {
          preconditionFailure("a code of this run is not genuine")
        }
        return (Clock.now - start).wholeNanoseconds
      })
  }

  private static func wakeups(_ codes: [[UInt8]], _ verifier: CodeVerifier) throws -> Quantiles {
    let loop = try EventLoop()
    let pipe = try Mailbox<Int>()
    let run = Run(count: codes.count, loop: loop) { _ in pipe.send(0) }
    try loop.receive(from: pipe) { _ in
      _ = verifier.authenticate(codes[run.current])
      run.finishOne()
    }
    run.begin()
    try loop.run()
    return run.times()
  }

  private static func doorTimes(_ codes: [[UInt8]], _ key: SigningKey) throws -> Quantiles {
    let folder = try ScratchFolder()
    try Files.write(Array(key.publicPEM), to: "\(folder.path)/issuer.pem")
    try Files.write(Array("bench".utf8), to: "\(folder.path)/mqtt-password")
    let terminal = try PseudoTerminal()
    let lines = StampedLines()
    let daemon = try StationDaemon(
      try StationSettings.read(
        Array(configuration(folder.path, reader: terminal.path).utf8), version: "bench")
    ) { loop in
      let run = Run(count: codes.count, loop: loop) { index in
        _ = terminal.write(codes[index] + [0x0D])
      }
      lines.run = run
      loop.schedule(after: .milliseconds(200)) { run.begin() }
      return lines
    }
    lines.run?.whenDone = { daemon.requestStop() }
    try daemon.run()
    guard let run = lines.run else { preconditionFailure("the daemon made no lines") }
    return run.times()
  }

  private static func configuration(_ folder: String, reader: String) -> String {
    """
    [station]
    id = bench
    [access-point 1]
    [reader bench]
    device = \(reader)
    speed = 115200
    [entry]
    issuer-keys = \(folder)
    longest-code-life = 1 h
    [clock]
    trust = accept
    [board]
    kind = simulated
    socket = \(folder)/none
    [broker]
    port = 1
    credentials-directory = \(folder)
    [store]
    path = \(folder)/station.sqlite

    """
  }
}

/// A board that notes when its strike is told to release.
private final class StampedLines: StationLines {
  var onLevel: (BoardLine, Bool) -> Void = { _, _ in }
  var onReadable: (Int, Bool, String) -> Void = { _, _, _ in }
  var run: Run?

  func start() {
    onReadable(1, true, "")
    onLevel(BoardLine(.contact, 1), true)
  }

  func set(_ line: BoardLine, to level: Bool) {
    if level { run?.finishOne() }
  }

  func show(accessPoint: Int, _ outcome: BoardOrder.Outcome) {}
  func stop() {}
}
