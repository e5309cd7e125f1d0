// The keys of issuers as they lie in files, and stationd with several of them.
import Foundation
import Issuers
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing

@testable import StationShell

@Suite("Issuers of stationd")
struct IssuerKeysTests {
  private let folder: WorkFolder

  init() throws { folder = try WorkFolder() }

  private func issuer(_ name: String, _ terms: IssuerTerms = .unlimited) -> IssuerSettings {
    IssuerSettings(name: name, path: folder.file("\(name).pem"), terms: terms)
  }

  private func write(_ key: SigningKey, to name: String) throws {
    try folder.write(String(decoding: key.publicPEM, as: UTF8.self), to: "\(name).pem")
  }

  @Test("each file is judged for itself: one that is missing or no key takes nobody else's away")
  func files() throws {
    let key = SigningKey.generate()
    try write(key, to: "union")
    try write(key, to: "twin")
    try folder.write("nothing\n", to: "broken.pem")
    let found = IssuerKeys.read([
      issuer("broken"), issuer("union"), issuer("missing"), issuer("twin"),
    ])
    #expect(found.issuers.map(\.key) == [nil, key.id.bits, nil, nil])
    #expect(found.keys.issuers.map(\.key.id) == [key.id])
    #expect(found.problems.count == 3)
    #expect(found.problems[0].hasPrefix("[issuer broken]: \(folder.file("broken.pem")): no PEM"))
    #expect(
      found.problems[1].hasPrefix("[issuer missing]: cannot open \(folder.file("missing.pem")):"))
    #expect(found.problems[2] == "[issuer twin]: \(folder.file("twin.pem")) is the key of union")
  }

  @Test("a look finds the key that was replaced, and the one that was taken away, and says so once")
  func again() throws {
    let (old, new) = (SigningKey.generate(), SigningKey.generate())
    try write(old, to: "union")
    let keys = try IssuerKeys.watch([issuer("union")])
    #expect(keys.files.issuers.map(\.key) == [old.id.bits])
    func look() throws -> [IssuerFiles] {
      keys.look()
      var reports: [IssuerFiles] = []
      try Deadline.wait(until: "a report of the keys") {
        reports += keys.reports.drain()
        return !reports.isEmpty
      }
      return reports
    }
    try write(new, to: "union")
    #expect(try look().map { $0.issuers.map(\.key) } == [[new.id.bits]])
    // Nothing has changed: no report, so that the next one is of the change that follows.
    keys.look()
    try FileManager.default.removeItem(atPath: folder.file("union.pem"))
    #expect(try look().map { $0.issuers.map(\.key) } == [[nil]])
    keys.stop()
  }

  @Test("a key opens for its own members, in its own places, and makes nobody a maintainer")
  func bounded() throws {
    let bench = try DaemonBench()
    let metal = SigningKey.generate()
    let path = try bench.folder.write(
      String(decoding: metal.publicPEM, as: UTF8.self), to: "keys/metal.pem")
    bench.issuers += "\n[issuer metal]\nkey = \(path)\nmembers = metal-\naudience = metalworks\n"
    let reader = try bench.plugInReader()
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1", "input exit-1 0")
    func show(_ member: String, _ audience: String? = nil, _ traits: MemberTraits = []) throws {
      let member = try #require(MemberID(member))
      let code = try CodeIssuer(metal).issue(
        member, life: .seconds(60), at: Clock.wall, audience: audience, traits: traits)
      _ = reader.write(Array(code.utf8) + [0x0D])
    }
    try show("m-1")
    try board.wait(for: "show 1 refused beyond-issuer", count: 1)
    try show("metal-1", nil, .maintainer)
    try board.wait(for: "show 1 refused beyond-issuer", count: 2)
    try show("metal-1", "another-place")
    try board.wait(for: "show 1 refused wrong-audience", count: 1)
    try show("metal-1", "metalworks")
    try board.wait(for: "show 1 granted -", count: 1)
    #expect(try daemon.stop() == 0)
  }

  @Test("a member who is suspended in the list is refused with his card at once")
  func suspended() throws {
    let bench = try DaemonBench()
    let list = try bench.folder.write("[member m-1]\ncard = 26:1:2\n", to: "members.ini")
    bench.sections = "[members]\nlist = \(list)\n"
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1", "input exit-1 0")
    board.say("card 1 26 65538")
    try board.wait(for: "show 1 granted -", count: 1)
    try bench.folder.write(
      "[member m-1]\ncard = 26:1:2\nstatus = suspended\n", to: "members.ini")
    // Further than three seconds from the first showing, which would be the same presentation.
    board.say("card 1 26 7")
    try board.wait(for: "show 1 refused unknown-card", count: 1)
    board.say("card 1 26 65538")
    try board.wait(for: "show 1 refused suspended", count: 1)
    #expect(try daemon.stop() == 0)
  }

  @Test("--check-config reads keys, lists and the password, and names the file that is wrong")
  func checked() throws {
    let bench = try DaemonBench()
    let path = try bench.folder.write(bench.configuration, to: "checked.conf")
    #expect(try bench.run("--config", path, "--check-config") == (0, "\(path): no errors\n"))
    let key = bench.folder.file("keys/issuer.pem")
    let password = bench.folder.file("credentials/mqtt-password")
    try FileManager.default.removeItem(atPath: key)
    try FileManager.default.removeItem(atPath: password)
    let (status, text) = try bench.run("--config", path, "--check-config")
    #expect(status == 78)
    #expect(text.contains("[issuer union]: cannot open \(key): No such file"))
    #expect(text.contains("cannot read the credential mqtt-password \(password): No such file"))
    #expect(!text.contains("no errors"))
  }
}
