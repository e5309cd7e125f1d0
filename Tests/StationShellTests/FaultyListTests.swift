// Lists that cannot be read as they stand: nobody comes in by a mistake, and a mistake is told.
import Foundation
import Linux
import MemberCode
import StationCore
import StationProtocol
import TestBed
import Testing

@testable import StationShell

@Suite("Lists with mistakes")
struct FaultyListTests {
  private let folder: WorkFolder
  private let paths: MemberFileSettings
  private var list: String { folder.file("members.ini") }
  private var revoked: String { folder.file("revoked.txt") }

  init() throws {
    folder = try WorkFolder()
    paths = MemberFileSettings(
      list: folder.file("members.ini"), revocations: nil,
      keptBeside: folder.file("station.sqlite"))
  }

  private func member(_ text: String) -> MemberID { MemberID(text)! }

  private func write(_ text: String, _ path: String) throws {
    try write(Array(text.utf8), path)
  }

  private func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// The lists as a station has them after a start.
  private func started(_ paths: MemberFileSettings? = nil) -> MemberLists {
    var lists = MemberLists(paths ?? self.paths)
    _ = lists.look()
    return lists
  }

  private func status(_ id: String, _ lists: MemberLists) -> MemberProfile.Status {
    lists.directory.profile(of: member(id)).status
  }

  // MARK: - Across a restart

  @Test(
    "after a restart a suspended member stays out, whatever has become of the list",
    arguments: [
      "[member m-1]\nstatus = suspended\n[member m-2]\ncard = 26:999:1\n",
      "\u{FEFF}[member m-1]\nstatus = suspended\n[member m-2]\ncard = 26:999:1\n",
      "[member m-1]\r\nstatus = suspended\r\n[member m-2]\r\ncard = 26:999:1\r\n",
      "[member m-1]\nstatus = suspnded\n", "[member m-1]\nstatus suspended\n",
      "[member m-1]\nstatus = active\nstatus = suspended\n", "[member m-1]\nstate = suspended\n",
      "[member m-1\nstatus = suspended\n", "[membr m-1]\nstatus = suspended\n",
      "[member m/1]\nstatus = suspended\n", "member m-1]\nstatus = suspended\n",
      "[member m-1]\n[member m-1]\nstatus = suspended\n", "", " \n\n", "\u{FEFF}\n",
      String(repeating: "\0", count: 512), "[member m-2]", "[member m-2]\ncard = 3",
    ])
  func restart(_ text: String) throws {
    try write("[member m-1]\nstatus = suspended\n[member m-2]\ncard = 34:7\n", list)
    #expect(started().areFaulty == false)
    try write(text, list)
    let lists = started()
    #expect(lists.areFaulty)
    #expect(status("m-1", lists) == .suspended)
    #expect(status("m-2", lists) == .active)
    // What is in force is what is kept, not only what the first good file said.
    #expect(status("m-1", started()) == .suspended)
  }

  @Test("a list that is gone, a folder, a pipe, or UTF-16 leaves the last good one in force")
  func unreadable() throws {
    try write("[member m-1]\nstatus = suspended\n", list)
    _ = started()
    try FileManager.default.removeItem(atPath: list)
    #expect(status("m-1", started()) == .suspended)
    try FileManager.default.createDirectory(atPath: list, withIntermediateDirectories: false)
    #expect(status("m-1", started()) == .suspended)
    try FileManager.default.removeItem(atPath: list)
    #expect(mkfifo(list, 0o600) == 0)
    let lists = started()
    #expect(lists.areFaulty)
    #expect(status("m-1", lists) == .suspended)
    try FileManager.default.removeItem(atPath: list)
    try write([0xFF, 0xFE] + "[member m-1]\n".utf8.flatMap { [$0, 0] }, list)
    var again = MemberLists(paths)
    #expect(
      again.look().problems.first == "\(list): line 1: the file is UTF-16: save it as UTF-8")
    #expect(status("m-1", again) == .suspended)
  }

  @Test("a byte order mark and line ends of Windows are no mistake")
  func marks() throws {
    try write("\u{FEFF}[member m-1]\r\nstatus = suspended\r\n", list)
    let lists = started()
    #expect(!lists.areFaulty)
    #expect(status("m-1", lists) == .suspended)
  }

  @Test("a list that is empty on purpose says so in a comment")
  func emptied() throws {
    try write("[member m-1]\nstatus = suspended\n", list)
    _ = started()
    try write("# nobody\n", list)
    var lists = MemberLists(paths)
    let outcome = lists.look()
    #expect(outcome.problems.isEmpty)
    #expect(outcome.notes == ["\(list) names 1 members fewer than before"])
    #expect(status("m-1", lists) == .active)
    #expect(!started().areFaulty)
    // A new station has nothing to lose.
    let other = try WorkFolder()
    let fresh = MemberFileSettings(
      list: try other.write("", to: "members.ini"), keptBeside: other.file("station.sqlite"))
    #expect(!started(fresh).areFaulty)
  }

  @Test("what is kept is read by the daemon alone, and is not believed once a byte is another")
  func keptCopy() throws {
    try write("[member m-1]\nstatus = suspended\n", list)
    _ = started()
    let kept = folder.file("station.sqlite.members")
    let attributes = try FileManager.default.attributesOfItem(atPath: kept)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let bytes = try Files.read(kept)
    #expect(bytes.suffix(32) == Array("[member m-1]\nstatus = suspended\n".utf8)[...])
    for index in bytes.indices {
      var spoilt = bytes
      spoilt[index] ^= 1
      try write(spoilt, kept)
      #expect(throws: SystemError.self) { try KeptList(path: kept, limit: 1000).read() }
    }
    try write(Array(bytes.dropLast(9)), kept)
    try FileManager.default.removeItem(atPath: list)
    var lists = MemberLists(paths)
    let problems = lists.look().problems
    #expect(
      problems.first == "cannot read \(kept): its check sum is wrong, so it counts for nothing")
    #expect(lists.areFaulty)
  }

  @Test("where nothing can be kept the lists hold all the same, and it is said")
  func nowhere() throws {
    try write("[member m-1]\nstatus = suspended\n", list)
    var lists = MemberLists(
      MemberFileSettings(list: list, keptBeside: folder.file("none/station.sqlite")))
    let outcome = lists.look()
    #expect(outcome.problems.count == 1)
    #expect(
      outcome.problems[0].hasSuffix("a restart would not know the lists that are in force now"))
    #expect(!lists.areFaulty)
    #expect(status("m-1", lists) == .suspended)
  }

  // MARK: - One mistake spoils itself alone

  private static let pin = PINHash(pin: Array("258046".utf8))!

  @Test("a mistake spoils its own key and no other entry, on a new station too")
  func itself() throws {
    try write(
      """
      [member m-1]
      status = suspended
      card = 34:999999999999999
      [member m-2]
      status = active
      card = 34:2
      [member m 3]
      status = suspended
      card = 34:3
      [member m-4]
      status = sleeping
      card = 34:4
      [member m-5]
      role = maintainr
      number = 5
      pin = \(Self.pin.text)

      """, list)
    var lists = MemberLists(paths)
    #expect(
      lists.look().problems == [
        "\(list): line 3: \"card\" expects \(Card.form), not \"34:999999999999999\"",
        "\(list): line 7: a section is written [name] or [name argument]",
        "\(list): line 8: \"status\" stands in line 5 already",
        "\(list): line 9: \"card\" stands in line 6 already",
        "\(list): line 11: \"status\" expects one of active, suspended, not \"sleeping\"",
        "\(list): line 14: \"role\" expects one of member, maintainer, not \"maintainr\"",
        "\(list) has mistakes: there what was known before stays in force",
      ])
    let directory = lists.directory
    #expect(status("m-1", lists) == .suspended)
    #expect(status("m-2", lists) == .active)
    #expect(directory.member(with: try #require(Card(text: "34:2"))) == member("m-2"))
    #expect(directory.member(with: try #require(Card(text: "34:3"))) == nil)
    // Nobody knows what was meant: out, until somebody has looked at the line.
    #expect(status("m-4", lists) == .suspended)
    #expect(!directory.profile(of: member("m-5")).isMaintainer)
    #expect(lists.pins.compare("5*258046#") == .right(member("m-5")))
  }

  @Test("a suspension that is new counts although another line of its entry is wrong")
  func newSuspension() throws {
    try write("[member m-1]\ncard = 34:1\n", list)
    var lists = started()
    try write("[member m-1]\nstatus = suspended\ncard = 34:x\n", list)
    _ = lists.look()
    #expect(status("m-1", lists) == .suspended)
    #expect(lists.directory.profile(of: member("m-1")).card == Card(text: "34:1"))
  }

  @Test("a card or a number that two members claim stays with the one that had it")
  func shared() throws {
    let first = "[member m-1]\ncard = 34:1\nnumber = 1\npin = \(Self.pin.text)\n"
    try write(first, list)
    var lists = started()
    try write(first.replacingOccurrences(of: "m-1", with: "m-0") + first, list)
    _ = lists.look()
    #expect(lists.areFaulty)
    #expect(lists.directory.member(with: try #require(Card(text: "34:1"))) == member("m-1"))
    #expect(lists.pins.compare("1*258046") == .right(member("m-1")))
    // And is nobody's where neither had it.
    let other = try WorkFolder()
    let fresh = MemberFileSettings(
      list: try other.write(first.replacingOccurrences(of: "m-1", with: "m-0") + first, to: "m"))
    lists = started(fresh)
    #expect(lists.directory.member(with: try #require(Card(text: "34:1"))) == nil)
    #expect(lists.pins.compare("1*258046") == .wrong)
  }

  @Test("what is said of a list with thousands of mistakes is bounded")
  func many() throws {
    try write(String(repeating: "nonsense\n", count: 5000), list)
    var lists = MemberLists(paths)
    let problems = lists.look().problems
    #expect(problems.count == RevocationList.mostProblems + 2)
    #expect(problems[RevocationList.mostProblems] == "\(list): and 4980 more mistakes")
  }

  // MARK: - Revocations

  private func revocations() -> MemberFileSettings {
    MemberFileSettings(revocations: revoked, keptBeside: paths.keptBeside)
  }

  @Test(
    "nobody comes off the list of revocations by a file that cannot be read as it stands",
    arguments: [
      "m-2\n\u{200B}m-1\n", "m-1 # stolen\nm-2\n", "m-2", "m-", "", "\n", "m-1;m-2\n",
      "\0\0\0\0\n",
    ])
  func shrinking(_ text: String) throws {
    try write("\u{FEFF}m-1\nm-2\n", revoked)
    var lists = started(revocations())
    #expect(!lists.areFaulty)
    #expect(lists.directory.revoked.contains(member("m-1")))
    try write(text, revoked)
    #expect(!lists.look().problems.isEmpty)
    for lists in [lists, started(revocations())] {
      #expect(lists.areFaulty)
      #expect(lists.directory.revoked.contains(member("m-1")))
      #expect(lists.directory.revoked.contains(member("m-2")))
    }
    try FileManager.default.removeItem(atPath: revoked)
    let gone = started(revocations())
    #expect(gone.areFaulty)
    #expect(gone.directory.revoked.contains(member("m-1")))
  }

  @Test("whoever is taken off the list on purpose is told of in the log")
  func takenOff() throws {
    try write("m-1\nm-2\n", revoked)
    var lists = started(revocations())
    try write("m-2\n", revoked)
    #expect(
      lists.look()
        == MemberLists.Outcome(
          hasChanged: true, notes: ["\(revoked) names 1 members fewer than before"]))
    #expect(!started(revocations()).directory.revoked.contains(member("m-1")))
  }
}

@Suite("stationd with faulty lists")
struct StationdListTests {
  let bench: DaemonBench

  init() throws { bench = try DaemonBench() }

  @Test("a typo and a restart let no suspended member in; the alarm stands until it is mended")
  func typo() throws {
    let list = try bench.folder.write("[member m-1]\nstatus = suspended\n", to: "members.ini")
    bench.sections = "[members]\nlist = \(list)\n"
    let reader = try bench.plugInReader()
    let first = try bench.start()
    #expect(try first.stop() == 0)
    try bench.folder.write(
      "[member m-1]\nstatus = suspnded\n[member m-2]\ncard = 26:999:1\n", to: "members.ini")
    let board = try TestBoard(bench.socketPath)
    let second = try bench.start()
    try board.greet("input contact-1 1", "input exit-1 0")
    _ = reader.write(try bench.code("m-1"))
    try board.wait(for: "show 1 refused suspended", count: 1)
    #expect(try second.stop() == 0)
    #expect(second.log.contains("\(list): line 2: \"status\" expects"))
    #expect(second.log.contains("\(list): line 4: \"card\" expects"))
    #expect(try alarms() == [.alarm(.raised(.listFaulty, nil))])
    try bench.folder.write("[member m-1]\nstatus = active\n", to: "members.ini")
    let third = try bench.start()
    try board.greet("input contact-1 1", "input exit-1 0")
    _ = reader.write(try bench.code("m-1"))
    try board.wait(for: "show 1 granted -", count: 1)
    #expect(try third.stop() == 0)
    #expect(try alarms() == [.alarm(.raised(.listFaulty, nil))])
  }

  /// Every alarm of a list that was ever written down.
  private func alarms() throws -> [Record.Body] {
    let (store, recovered) = try StationStore.open(path: bench.store, fresh: StreamID(bits: 1))
    defer { store.abandon() }
    guard recovered.next > 1 else { return [] }
    let rows = try store.records(in: 1...(recovered.next - 1)).rows
    return rows.compactMap { row -> Record.Body? in
      guard let row, let body = try? Record(json: row).body else { return nil }
      switch body {
      case .alarm(.raised(.listFaulty, _)), .alarm(.cleared(.listFaulty, _)): return body
      default: return nil
      }
    }
  }

  @Test("--check-config reads the lists and names every bad line")
  func checks() throws {
    let list = try bench.folder.write(
      "[member m-1]\nstatus = suspended\n[member m-2]\ncard = 26:999:1\n", to: "members.ini")
    let lines = (1...30).map { "bad line \($0)\n" }.joined()
    let revoked = try bench.folder.write(lines, to: "revoked.txt")
    bench.sections = "[members]\nlist = \(list)\nrevocations = \(revoked)\n"
    let path = try bench.folder.write(bench.configuration, to: "lists.conf")
    let (status, text) = try bench.run("--config", path, "--check-config")
    #expect(status == 78)
    var expected = ["\(list): line 4: \"card\" expects \(Card.form), not \"26:999:1\""]
    expected += (1...30).map { "\(revoked): line \($0): no member id" }
    #expect(text.split(separator: "\n").map(String.init) == expected)
    try bench.folder.write("m-1\n", to: "revoked.txt")
    try FileManager.default.removeItem(atPath: list)
    let missing = try bench.run("--config", path, "--check-config")
    #expect(missing == (78, "cannot open \(list): No such file or directory (errno 2)\n"))
  }
}
