// Certificates that are renewed while the station works, and whoever wants one that is not his.
import Foundation
import Keys
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Certificates are renewed", .serialized)
struct RenewalTests {
  private static let station = StationID("gate-4")!

  private static func alarms(_ bed: ClaimBed) throws -> [String] {
    let alarms = try bed.management.station("gate-4")["alarms"] as? [[String: Any]] ?? []
    return alarms.compactMap { $0["alarm"] as? String }
  }

  /// Starts the service with another life of certificates, by which those of before end soon.
  private static func prolong(_ bed: ClaimBed) throws {
    try bed.management.stop()
    let path = bed.folder.file("management/managementd.conf")
    let settings = try String(contentsOfFile: path, encoding: .utf8)
    try settings.replacing("station-life = 24 h", with: "station-life = 8760 h")
      .write(toFile: path, atomically: true, encoding: .utf8)
    try bed.management.start()
    try Deadline.wait(until: "the service at its broker") { try bed.isLinked() }
  }

  @Test("a certificate that ends soon is an alarm, until its board has taken another one")
  func renewed() throws {
    let bed = try ClaimBed(life: "24 h")
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "board").status == 0)
    let first = try bed.serial(of: "board")
    let kept = bed.folder.file("boards/kept")
    try FileManager.default.copyItem(atPath: bed.identity("board"), toPath: kept)
    try Self.prolong(bed)
    try Deadline.wait(until: "the alarm") { try Self.alarms(bed).contains("certificate-ending") }
    #expect(try bed.certificates(of: "gate-4").map(\.counts) == [true])
    let station = try bed.station("gate-4", board: "board")
    try Deadline.wait(until: "two certificates, of which the new one counts (\(station.log))") {
      try bed.certificates(of: "gate-4").map(\.counts) == [true, false]
    }
    try Deadline.wait(until: "the end of the alarm") { try Self.alarms(bed).isEmpty }
    let second = try bed.serial(of: "board")
    #expect(try bed.certificates(of: "gate-4").map(\.serial) == [second, first])
    #expect(
      !FileManager.default.fileExists(atPath: bed.identity("board") + "/next.pem"))
    #expect(station.log.contains("certificate \(second) is this board's from now on"))
    try Deadline.wait(until: "the station") { try bed.isOnline("gate-4") }
    let read = ["-t", "ws/v1/service/status", "-C", "1", "-W", "5"]
    try Deadline.wait(until: "the old certificate to be refused") {
      try bed.broker.reload()
      return try bed.client("mosquitto_sub", as: "kept", read).status != 0
    }
    #expect(try bed.client("mosquitto_sub", as: "board", read).status == 0)
    let audit = try bed.management.api.call("GET", "/audit").object["audit"] as? [[String: Any]]
    #expect(audit?.map { $0["action"] as? String }.prefix(2) == ["renewal", "claim"])
  }

  @Test("a manager has a board's key replaced, also before the board is there")
  func asked() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "board").status == 0)
    let early = try bed.management.api.call(
      "POST", "/stations/gate-4/certificate-renewals", json: "{}")
    #expect(early.status == 202 && early.object["asked"] as? Bool == false)
    let station = try bed.station("gate-4", board: "board")
    try Deadline.wait(until: "another certificate (\(station.log))") {
      try bed.certificates(of: "gate-4").map(\.counts) == [true, false]
    }
    #expect(
      try bed.certificates(of: "gate-4")[0].serial == bed.serial(of: "board"))
    try Deadline.wait(until: "the station") { try bed.isOnline("gate-4") }
    let id = try bed.management.order("gate-4", #""op":"open","ap":1"#, seconds: 30)
    let command = try bed.management.waitForEnd(of: id, at: "gate-4", seconds: 30)
    #expect(command["state"] as? String == "done", "\(command)")
  }

  @Test("a board whose next certificate the broker refuses goes on with the one that it has")
  func fallsBack() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "board").status == 0)
    let first = try bed.serial(of: "board")
    let key = KeyHandle.generateP256()
    let over = try bed.authority().issue(
      .client, to: "gate-4", key: key,
      serial: try #require(SerialNumber(String(repeating: "5", count: 32))),
      ends: WallTime(seconds: 1_700_000_000))
    try Data(key.privatePEM + over.pem).write(
      to: URL(fileURLWithPath: bed.identity("board") + "/next.pem"))
    let station = try bed.station("gate-4", board: "board")
    try Deadline.wait(until: "the station (\(station.log))") { try bed.isOnline("gate-4") }
    #expect(station.log.contains("does not take this certificate"), "\(station.log)")
    #expect(try bed.serial(of: "board") == first)
    // The one that was refused is dropped for another one.
    let asked = try bed.management.api.call(
      "POST", "/stations/gate-4/certificate-renewals", json: "{}")
    #expect(asked.status == 202)
    try Deadline.wait(until: "another certificate (\(station.log))") {
      try bed.certificates(of: "gate-4").map(\.counts) == [true, false]
    }
  }

  /// The certificate and the key of a board.
  private static func board(
    _ name: String, _ bed: ClaimBed
  ) throws -> (certificate: PEMText, key: KeyHandle) {
    let bytes = try bed.boardFile(name)
    return (PEMText(try Certificate(pem: bytes).pem), try KeyHandle(privatePEM: bytes))
  }

  /// - Parameter content: what is signed, where it is something else than what is said.
  private static func statement(
    _ certificate: PEMText, _ request: IdentityStatement.Request?, by key: KeyHandle,
    of station: StationID = station,
    saying content: [UInt8]? = nil
  ) throws -> IdentityStatement {
    let signed = content ?? IdentityStatement.content(of: station, certificate, request)
    return IdentityStatement(
      certificate: certificate, request: request,
      proof: try #require(key.signES256(signed).flatMap { IdentityProof($0) }))
  }

  private static func request(
    _ key: KeyHandle = .generateP256(), _ nonce: RenewalNonce? = nil
  ) throws -> IdentityStatement.Request {
    let drawn = RenewalNonce((0..<16).map { _ in UInt8.random(in: 0...255) })
    return IdentityStatement.Request(
      PEMText(CertificateRequest.make(for: key, name: "x")),
      nonce: try #require(nonce ?? drawn))
  }

  /// Says it with the certificate of the board, by mosquitto's own client.
  private static func say(_ statement: IdentityStatement, _ bed: ClaimBed) throws {
    let text = String(decoding: statement.json, as: UTF8.self)
    let sent = try bed.client(
      "mosquitto_pub", as: "board", ["-q", "1", "-t", "ws/v1/gate-4/identity", "-m", text])
    #expect(sent.status == 0, "\(sent.output)")
  }

  @Test("a wish is granted once: not to another key, not unasked, and not in another's name")
  func once() throws {
    let account = (name: "onlooker", password: UUID().uuidString)
    let bed = try ClaimBed(onlooker: account)
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "board").status == 0)
    #expect(try bed.claim(bed.management.claimCode(for: "hall-2"), at: "other").status == 0)
    let own = try Self.board("board", bed)
    try Self.say(try Self.statement(own.certificate, Self.request(), by: own.key), bed)
    try Deadline.wait(until: "the request that nobody asked for to be refused") {
      try bed.management.refusals(of: "unproven-identity", at: "gate-4") == 1
    }
    #expect(try bed.certificates(of: "gate-4").map(\.counts) == [true])
    // The wish that a manager has told: whoever owns the broker hears its number.
    _ = try bed.management.api.call("POST", "/stations/gate-4/certificate-renewals", json: "{}")
    let ear = try bed.listener(to: "ws/v1/gate-4/identity/reply", as: account)
    defer { ear.kill() }
    try Deadline.wait(until: "the wish") {
      try Self.say(try Self.statement(own.certificate, nil, by: own.key), bed)
      return ear.log.contains("renew")
    }
    let line = try #require(ear.log.split(separator: "\n").first { $0.contains("renew") })
    guard case .renew(_, let nonce) = try IdentityReply(json: Array(line.utf8)) else {
      Issue.record("no wish: \(line)")
      return
    }
    let requests = try (0..<2).map { _ in try Self.request(.generateP256(), nonce) }
    for request in requests {
      try Self.say(try Self.statement(own.certificate, request, by: own.key), bed)
    }
    try Deadline.wait(until: "the second key to be refused") {
      try bed.management.refusals(of: "unproven-identity", at: "gate-4") == 2
    }
    #expect(try bed.certificates(of: "gate-4").map(\.counts) == [true, true])
    let elsewhere = try bed.client(
      "mosquitto_pub", as: "other", ["-q", "1", "-t", "ws/v1/gate-4/identity", "-m", "{}"])
    #expect(elsewhere.output.contains("Not authorized"), "\(elsewhere.output)")
  }

  @Test("a service that was started anew, or has another store, renews what a board shows it")
  func restarted() throws {
    let bed = try ClaimBed()
    let store = bed.folder.file("management/management.sqlite")
    let copy = bed.folder.file("backup.sqlite")
    #expect(try Program.run("sqlite3", [store, ".backup \(copy)"]).status == 0)
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "board").status == 0)
    let station = try bed.station("gate-4", board: "board")
    try Deadline.wait(until: "the station (\(station.log))") { try bed.isOnline("gate-4") }
    // The station's session goes on meanwhile, and the store comes back from before the claim.
    try bed.management.stop()
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + end) }
    try FileManager.default.copyItem(atPath: copy, toPath: store)
    try bed.management.start()
    try Deadline.wait(until: "the certificate to be known again") {
      try !bed.certificates(of: "gate-4").isEmpty
    }
    #expect(
      station.log.components(separatedBy: "connected to").count == 2, "\(station.log)")
    try Deadline.wait(until: "the board to be asked") {
      try bed.management.api.call("POST", "/stations/gate-4/certificate-renewals", json: "{}")
        .object["asked"] as? Bool == true
    }
    try Deadline.wait(until: "another certificate (\(station.log))") {
      try bed.certificates(of: "gate-4").map(\.counts) == [true, false]
    }
  }

  @Test("nobody has a key of his own certified, nor a certificate dropped that he has not got")
  func forged() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "board").status == 0)
    #expect(try bed.claim(bed.management.claimCode(for: "hall-2"), at: "thief").status == 0)
    let (own, other) = (try Self.board("board", bed), try Self.board("thief", bed))
    let request = try Self.request()
    let hall = try #require(StationID("hall-2"))
    let same = try Self.request(own.key)
    let forgeries = [
      // With another station's certificate, under its name and under the own one.
      try Self.statement(other.certificate, request, by: other.key),
      try Self.statement(other.certificate, request, by: other.key, of: hall),
      // With the right certificate and a key that is not its own.
      try Self.statement(own.certificate, request, by: other.key),
      // What was signed for no request, with one.
      try Self.statement(
        own.certificate, request, by: own.key,
        saying: IdentityStatement.content(of: Self.station, own.certificate, nil)),
      // The key that the board has.
      try Self.statement(own.certificate, same, by: own.key),
    ]
    for (index, forgery) in forgeries.enumerated() {
      try Self.say(forgery, bed)
      try Deadline.wait(until: "forgery \(index) to be counted") {
        try bed.management.refusals(of: "unproven-identity", at: "gate-4") == index + 1
      }
    }
    #expect(try bed.certificates(of: "gate-4").map(\.counts) == [true])
  }
}
