// stationd as a process: its command line, its surroundings, its end.
import Foundation
import Linux
import MemberCode
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("stationd")
struct StationdTests {
  let bench: DaemonBench

  init() throws { bench = try DaemonBench() }

  @Test("the version, the default configuration and a wrong command line")
  func commandLine() throws {
    #expect(try bench.run("--version") == (0, "stationd \(StationCommand.version)\n"))
    let (status, text) = try bench.run("--print-default-config")
    #expect(status == 0)
    #expect(text == StationSettings.table.defaultText)
    for words in [[], ["--config"], ["--nonsense"], ["--config", "a", "b"], ["--check-config"]] {
      let (status, text) = try Program.run(Checkout.program("stationd"), words)
      #expect(status == 2)
      #expect(text.hasPrefix("stationd: ") && text.contains("\nusage: stationd"))
    }
  }

  @Test("the printed configuration is accepted as it is, and so is a good one")
  func checking() throws {
    let printed = try bench.folder.write(StationSettings.table.defaultText, to: "printed.conf")
    // What it goes without is said, and is no error.
    let (status, text) = try bench.run("--config", printed, "--check-config")
    #expect(status == 0)
    #expect(text.contains("there is no [issuer NAME] section"))
    #expect(text.contains("\(printed): no errors\n"))
    // And with every section that stands there in comments.
    let lines = StationSettings.table.defaultText.split(
      separator: "\n", omittingEmptySubsequences: false)
    var isSpare = false
    let complete = lines.map { line -> Substring in
      if line.hasPrefix("#[") { isSpare = true }
      if line.isEmpty { isSpare = false }
      return isSpare && !line.hasPrefix("# ") ? line.dropFirst() : line
    }
    for section in [
      "relay lights", "energy-meter mains", "people-counter front", "slot 1", "issuer union",
    ] {
      #expect(complete.contains("[\(section)]"), "\(section)")
    }
    let here = complete.joined(separator: "\n")
      .replacingOccurrences(
        of: "/etc/worker-station/issuer-keys/union.pem",
        with: bench.folder.file("keys/issuer.pem")
      )
      .replacingOccurrences(
        of: "/etc/worker-station/service-keys/current.pem",
        with: bench.folder.file("keys/issuer.pem")
      )
      .replacingOccurrences(
        of: "#credentials-directory = /etc/worker-station/credentials",
        with: "credentials-directory = \(bench.folder.file("credentials"))"
      )
      .replacingOccurrences(of: "login = certificate", with: "login = password")
    let path = try bench.folder.write(here, to: "complete.conf")
    #expect(try bench.run("--check-config", "--config", path) == (0, "\(path): no errors\n"))
  }

  @Test("a card and a PIN of the member list open; what nobody has does not, and none is logged")
  func cardsAndPINs() throws {
    let hash = try #require(PINHash(pin: Array("258046".utf8)))
    let list = try bench.folder.write(
      "[member m-1]\ncard = 26:1:2\nnumber = 4711\npin = \(hash.text)\n", to: "members.ini")
    let revoked = try bench.folder.write("m-2\n", to: "revoked.txt")
    bench.sections = "[members]\nlist = \(list)\nrevocations = \(revoked)\n"
    let reader = try bench.plugInReader()
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1", "input exit-1 0")
    board.say("card 1 26 7")
    try board.wait(for: "show 1 refused unknown-card", count: 1)
    board.say("card 1 26 65538")
    try board.wait(for: "show 1 granted -", count: 1)
    board.say("keys 1 4711*258047#")
    try board.wait(for: "show 1 refused wrong-pin", count: 1)
    board.say("keys 1 4711*258046#")
    try board.wait(for: "show 1 granted -", count: 2)
    _ = reader.write(try bench.code("m-2"))
    try board.wait(for: "show 1 refused revoked", count: 1)
    #expect(try daemon.stop() == 0)
    #expect(!daemon.log.contains("258046") && !daemon.log.contains("65538"))
  }

  @Test("a keeper reads an unknown card's number while the key is turned; no log or record has it")
  func unknownCard() throws {
    let list = try bench.folder.write("# nobody yet\n", to: "members.ini")
    let file = bench.folder.file("unknown-card")
    bench.sections = "[members]\nlist = \(list)\nunknown-card-file = \(file)\n"
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1", "input maintenance 0")
    board.say("card 1 37 34359738000")
    try board.wait(for: "show 1 refused unknown-card", count: 1)
    #expect(!FileManager.default.fileExists(atPath: file))
    board.say("input maintenance 1")
    board.say("card 1 37 34359738001")
    try board.wait(for: "show 1 refused unknown-card", count: 2)
    #expect(try Files.read(file) == Array("37:34359738001\n".utf8))
    board.say("input maintenance 0")
    try Deadline.wait(until: "the number to be gone") {
      !FileManager.default.fileExists(atPath: file)
    }
    #expect(try daemon.stop() == 0)
    let records = try Program.run(
      "sqlite3", [bench.store, "SELECT CAST(record AS TEXT) FROM outbox"])
    #expect(records.output.contains("unknown-card"))
    for text in [daemon.log, records.output] { #expect(!text.contains("3435973800")) }
  }

  @Test("whatever a scanner puts around a code, it opens once, and nothing is said after that")
  func bytesAround() throws {
    let reader = try bench.plugInReader()
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1", "input exit-1 0")
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let around: [(before: [UInt8], after: [UInt8])] = [
      ([], [0x0D, 0x00]), ([], [0x00]), ([0x20], [0x0D]), ([], [0x20, 0x0D]), ([0x1D], [0x0D]),
      ([], [0x1D, 0x0D]), ([], [0x04]), ([0x04], [0x0D]), (mark, [0x0D]), ([], mark + [0x0D]),
      ([0x20, 0x20], [0x20, 0x00, 0x0A]), (Array("]Q1".utf8), [0x0D, 0x0A, 0x00, 0x20]),
    ]
    for (index, (before, after)) in around.enumerated() {
      let code = Array(try bench.code("m-\(index)").dropLast())
      _ = reader.write(before + code + after)
      try board.wait(for: "show 1 granted -", count: index + 1)
    }
    // A frame that silence had to end would have been refused by now.
    let later = Clock.now + .milliseconds(500)
    try Deadline.wait(until: "the silence that ends a frame") {
      board.listen()
      return Clock.now > later
    }
    #expect(board.counts.keys.filter { $0.hasPrefix("show") } == ["show 1 granted -"])
    #expect(board.counts["show 1 granted -"] == around.count)
    #expect(try daemon.stop() == 0)
  }

  @Test("each mistake is a line with its place, and the status is 78; a missing file is 1")
  func mistakes() throws {
    let path = try bench.folder.write("[station]\nid = A\n[x]\n", to: "bad.conf")
    let (status, text) = try bench.run("--config", path, "--check-config")
    #expect(status == 78)
    #expect(
      text == """
        \(path): line 2: "id" expects 1 to 48 of a-z, 0-9 and -, but not "service", not "A"
        \(path): line 3: no section [x]

        """)
    let missing = try bench.run("--config", bench.folder.file("none"), "--check-config")
    #expect(missing.status == 1)
    #expect(missing.output.contains("cannot open \(bench.folder.file("none")): No such file"))
  }

  @Test(
    "without its password it says so and runs: the door needs no broker", arguments: [nil, "\n"])
  func credential(content: String?) throws {
    let path = bench.folder.file("credentials/mqtt-password")
    try FileManager.default.removeItem(atPath: path)
    // systemd leaves a file with an empty line where the secret is missing.
    if let content { try bench.folder.write(content, to: "credentials/mqtt-password") }
    let daemon = try bench.start()
    #expect(daemon.log.contains(path))
    #expect(daemon.log.contains("the broker will refuse this station"))
    #expect(try daemon.stop() == 0)
  }

  @Test("a second one on the same store is refused in a sentence and harms nothing")
  func second() throws {
    let first = try bench.start()
    let other = try bench.launch()
    try Deadline.wait(until: "the end of the second") { !other.isRunning }
    #expect(try other.stop() == 1)
    #expect(
      other.log
        == "error: cannot use \(bench.store): another stationd has it; stop that one first\n")
    #expect(first.isRunning)
    #expect(try first.stop() == 0)
    let third = try bench.start()
    #expect(try third.stop() == 0)
  }

  @Test("with no broker, no board, no reader and no key it runs, and says so once each")
  func alone() throws {
    try FileManager.default.removeItem(atPath: bench.folder.file("keys/issuer.pem"))
    let spoilt = try bench.folder.write("no key", to: "keys/spoilt.pem")
    bench.issuers += "\n[issuer spoilt]\nkey = \(spoilt)"
    let start = Clock.now
    let daemon = try bench.start()
    print("stationd was ready after \(Clock.now - start)")
    #expect(Clock.now - start < .seconds(1))
    let later = Clock.now + .seconds(4)
    try Deadline.wait(until: "four seconds of attempts") { Clock.now > later }
    #expect(daemon.isRunning)
    let lines = daemon.log.split(separator: "\n")
    for text in [
      "reader front: cannot open \(bench.readerPath)",
      "the lines of access point 1: cannot connect to \(bench.socketPath)",
      "[issuer union]: cannot open", "[issuer spoilt]: \(spoilt):", "every code will be refused",
      "no [service-key NAME] section: whoever owns the broker can",
      "the broker is reached without TLS",
      "no connection to 127.0.0.1:\(bench.brokerPort): cannot connect: Connection refused",
    ] {
      #expect(lines.filter { $0.contains(text) }.count == 1, "\(text) in\n\(daemon.log)")
    }
    let alarms = lines.filter { $0.contains("alarm raised: ") }
    #expect(Set(alarms).count == alarms.count, "\(daemon.log)")
    #expect(lines.count - alarms.count <= 10, "\(daemon.log)")
    let stop = Clock.now
    #expect(try daemon.stop() == 0)
    print("stationd stopped after \(Clock.now - stop)")
    #expect(Clock.now - stop < .seconds(1))
  }

  @Test("SIGTERM secures a released strike, ends the journal in order and exits with 0")
  func stopping() throws {
    let board = try TestBoard(bench.socketPath)
    let terminal = try bench.plugInReader()
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    try board.wait(until: "the strike to be secured") { $0.last == "output strike-1 0" }
    _ = terminal.write(try bench.code())
    try board.wait(until: "the grant") { $0.contains("output strike-1 1") }
    let start = Clock.now
    #expect(try daemon.stop() == 0)
    #expect(Clock.now - start < .seconds(1))
    board.listen()
    #expect(board.lines.last { $0.hasPrefix("output") } == "output strike-1 0")
    let ended = try Program.run(
      "sqlite3", [bench.store, "SELECT ended_cleanly, (SELECT COUNT(*) FROM outbox) FROM identity"])
    #expect(ended.output.hasPrefix("1|"))
  }

  @Test("a store that is lost while it runs costs no grant and no record")
  func lostStore() throws {
    let board = try TestBoard(bench.socketPath)
    let terminal = try bench.plugInReader()
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    // The daemon may be committing at this moment.
    let dropped = try Program.run(
      "sqlite3", ["-cmd", ".timeout 10000", bench.store, "DROP TABLE outbox"])
    try #require(dropped.status == 0, "\(dropped.output)")
    for member in 1...3 {
      _ = terminal.write(try bench.code("m-\(member)"))
      try board.wait(until: "grant \(member)") { lines in
        lines.filter { $0 == "show 1 granted -" }.count == member
      }
    }
    try Deadline.wait(until: "the records in the new store") {
      guard daemon.log.contains("is set aside as") else { return false }
      let rows = try Program.run("sqlite3", [bench.store, "SELECT record FROM outbox"]).output
      return rows.components(separatedBy: "entry-granted").count == 4
        && rows.contains("store-lost")
    }
    #expect(try daemon.stop() == 0)
    #expect(FileManager.default.fileExists(atPath: "\(bench.store).damaged"))
  }

  @Test("a disk that takes no more ends in memory, and every grant is given")
  func fullDisk() throws {
    let board = try TestBoard(bench.socketPath)
    let terminal = try bench.plugInReader()
    let daemon = try bench.start(through: "trap '' XFSZ; exec \"$@\"")
    try board.greet("input contact-1 1")
    // Not before: the thread sanitizer's runtime maps a file at its start and dies of the limit.
    let limit = try Program.run(
      "prlimit", ["--pid", "\(daemon.identifier)", "--fsize=65536"])
    try #require(limit.status == 0)
    for member in 1...60 {
      _ = terminal.write(try bench.code("m-\(member)"))
      try board.wait(until: "grant \(member)") { lines in
        lines.filter { $0 == "show 1 granted -" }.count == member
      }
    }
    try Deadline.wait(until: "the last resort") { daemon.log.contains("in memory only") }
    #expect(try daemon.stop() == 0)
    let damaged = try Files.names(in: bench.folder.path).filter {
      $0.contains(".damaged") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
    }
    #expect((1...3).contains(damaged.count))
  }
}

@Suite("stationd under systemd")
struct SystemdTests {
  @Test("READY comes first, WATCHDOG only while the loop turns, STOPPING at the end")
  func notifications() throws {
    let bench = try DaemonBench()
    let socket = try NotifySocket(bench.folder.file("notify"))
    let daemon = try bench.start(environment: [
      "NOTIFY_SOCKET": bench.folder.file("notify"), "WATCHDOG_USEC": "300000",
      "JOURNAL_STREAM": "8:1",
    ])
    #expect(daemon.log.contains("<5>station one is ready, boot 1"))
    try socket.wait(until: "READY=1") { $0.first?.hasPrefix("READY=1\nSTATUS=") == true }
    try socket.wait(until: "three signs of life") { messages in
      messages.filter { $0 == "WATCHDOG=1" }.count >= 3
    }
    kill(daemon.identifier, SIGSTOP)
    socket.drain()
    let later = Clock.now + .seconds(1)
    try Deadline.wait(until: "three times the watchdog's time") { Clock.now > later }
    #expect(socket.drain().filter { $0 == "WATCHDOG=1" }.count <= 1)
    kill(daemon.identifier, SIGCONT)
    try socket.wait(until: "life again") { $0.contains("WATCHDOG=1") }
    #expect(try daemon.stop() == 0)
    try socket.wait(until: "STOPPING=1") { $0.contains("STOPPING=1") }
  }
}

/// The datagram socket on which systemd listens for a daemon.
private final class NotifySocket {
  private let descriptor: Int32
  private var messages: [String] = []

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  /// What has come since the last time.
  @discardableResult
  func drain() -> [String] {
    var all: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return all }
      all.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }

  func wait(until what: String, _ look: ([String]) -> Bool) throws {
    messages = []
    try Deadline.wait(until: what) {
      messages += drain()
      return look(messages)
    }
  }
}
