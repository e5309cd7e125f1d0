// A board becomes a station, another one takes its place, and whoever has no code gets nothing.
import Foundation
import MemberCode
import TestBed
import Testing

@Suite("Boards are claimed", .serialized)
struct ClaimTests {
  @Test("a claimed board is a station: its records arrive, and a command opens its door")
  func claimed() throws {
    let bed = try ClaimBed()
    let code = try bed.management.claimCode(for: "gate-4")
    let told = try bed.claim(code, at: "first")
    #expect(told.status == 0 && told.output.contains("this board is gate-4 now"), "\(told.output)")
    #expect(!bed.management.log.contains(code), "a code stands in the log")
    let station = try bed.station("gate-4", board: "first")
    try Deadline.wait(until: "the claimed station (\(station.log))") { try bed.isOnline("gate-4") }
    let id = try bed.management.order("gate-4", #""op":"open","ap":1"#, seconds: 30)
    let command = try bed.management.waitForEnd(of: id, at: "gate-4", seconds: 30)
    #expect(command["state"] as? String == "done", "\(command)")
    try Deadline.wait(until: "the record of the opening") {
      try bed.management.records(of: "gate-4").contains {
        ($0["record"] as? [String: Any])?["kind"] as? String == "command-ended"
      }
    }
    #expect(station.log.contains("without TLS") == false)
    let files = try FileManager.default.attributesOfItem(
      atPath: bed.identity("first") + "/board.pem")
    #expect(files[.posixPermissions] as? Int == 0o600)
  }

  @Test("a code is good once, and nothing else is good at all")
  func codes() throws {
    let bed = try ClaimBed()
    let code = try bed.management.claimCode(for: "gate-4")
    #expect(try bed.claim(code, at: "first").status == 0)
    let twice = try bed.claim(code, at: "second")
    #expect(twice.status == 2 && twice.output.contains("No claim is open"), "\(twice.output)")
    let next = try bed.management.claimCode(for: "gate-4")
    let last = next.last == "0" ? "1" : "0"
    for _ in 1...5 {
      let wrong = try bed.claim("\(next.dropLast())\(last)", at: "second")
      #expect(wrong.status == 2 && wrong.output.contains("404"), "\(wrong.output)")
    }
    let void = try bed.claim(next, at: "second")
    #expect(void.output.contains("No claim is open"), "five guesses left the code: \(void.output)")
    var answers: [String] = []
    for _ in 1...6 { answers.append(try bed.claim("00000-00000-00000-00000", at: "second").output) }
    #expect(answers.last?.contains("429") == true, "\(answers)")
    #expect(try bed.claim("nonsense", at: "second").output.contains("that is no claim code"))
    #expect(!FileManager.default.fileExists(atPath: bed.identity("second")))
  }

  @Test("a board that replaces another one takes its name, and the old one is locked out at once")
  func replaced() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "old").status == 0)
    // A thief's session: no will, no word, and it comes back as long as it is let in.
    let thief = try bed.listener(as: "old")
    defer { thief.kill() }
    try Deadline.wait(until: "the thief to listen") { thief.log.contains("online") }
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "new").status == 0)
    #expect(try bed.certificates(of: "gate-4").map(\.counts) == [true, false])
    // Until the broker has read the list the old one comes back, however often it is thrown out.
    try Deadline.wait(until: "the old board's first loss of its session") {
      thief.log.components(separatedBy: "online").count > 2
    }
    #expect(!bed.management.log.contains("lets no revoked certificate in"))
    try bed.broker.reload()
    try Deadline.wait(until: "the service to know that the list counts") {
      bed.management.log.contains("the broker lets no revoked certificate in")
    }
    let read = ["-t", "ws/v1/service/status", "-C", "1", "-W", "5"]
    #expect(try bed.client("mosquitto_sub", as: "old", read).status != 0)
    try Deadline.wait(until: "the end of the thief's session") { !thief.isRunning }
    let station = try bed.station("gate-4", board: "new")
    try Deadline.wait(until: "the new board (\(station.log))") { try bed.isOnline("gate-4") }
  }

  @Test("a board that is locked out loses its session, and says why it gets none")
  func lockedOut() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "board").status == 0)
    let station = try bed.station("gate-4", board: "board")
    try Deadline.wait(until: "the board (\(station.log))") { try bed.isOnline("gate-4") }
    let out = try bed.management.api.call(
      "POST", "/stations/gate-4/lock-out", json: #"{"reason":"stolen"}"#)
    #expect(out.status == 200 && out.object["revoked"] as? Int == 1)
    try bed.broker.reload()
    try Deadline.wait(until: "the board to be out") {
      station.log.contains("does not take this certificate, which may be over, revoked")
    }
    try Deadline.wait(until: "the service to know that the list counts") {
      bed.management.log.contains("the broker lets no revoked certificate in")
    }
    #expect(try !bed.isOnline("gate-4"))
    try station.pressExit()
    try Deadline.wait(until: "the door to open") {
      try station.accessPoint()["unlocked"] as? Bool == true
    }
  }

  @Test("a claim that the board cannot keep costs nothing, and leaves nothing behind")
  func unwritable() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "old").status == 0)
    let code = try bed.management.claimCode(for: "gate-4")
    let told = try bed.claim(code, at: "no/such/folder")
    #expect(told.status == 2 && told.output.contains("cannot look at"), "\(told.output)")
    func counted() throws -> [Bool] { try bed.certificates(of: "gate-4").map(\.counts) }
    #expect(try counted() == [true])
    #expect(try bed.claim(code, at: "new").status == 0)
    #expect(try counted() == [true, false])
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "new").status == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: bed.folder.file("boards"))
    #expect(left.sorted() == ["new", "old"])
    let files = try FileManager.default.contentsOfDirectory(atPath: bed.identity("new"))
    #expect(
      files.sorted() == [
        "authority.pem", "board.pem", "broker", "service-key-1.pem",
      ])
  }

  @Test("a store that comes back from a backup lets no board in again that was locked out since")
  func restored() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "first").status == 0)
    let store = bed.folder.file("management/management.sqlite")
    let copy = bed.folder.file("backup.sqlite")
    let kept = try Program.run("sqlite3", [store, ".backup \(copy)"])
    #expect(kept.status == 0)
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "second").status == 0)
    let out = try bed.management.api.call(
      "POST", "/stations/gate-4/lock-out", json: #"{"reason":"stolen"}"#)
    #expect(out.status == 200)
    try bed.management.stop()
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + end) }
    try FileManager.default.copyItem(atPath: copy, toPath: store)
    try bed.management.start()
    try Deadline.wait(until: "the service at its broker") { try bed.isLinked() }
    try bed.broker.reload()
    let read = ["-t", "ws/v1/service/status", "-C", "1", "-W", "5"]
    for board in ["first", "second"] {
      try Deadline.wait(until: "\(board) to be out") {
        try bed.client("mosquitto_sub", as: board, read).status != 0
      }
    }
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "third").status == 0)
    #expect(try bed.client("mosquitto_sub", as: "third", read).status == 0)
  }

  @Test("a station that is claimed while it runs takes no word before it knows the service's keys")
  func lateClaim() throws {
    let bed = try ClaimBed()
    let station = try bed.station("gate-4", board: "first")
    try Deadline.wait(until: "the station to say that it is not claimed") {
      station.log.contains("this board is not claimed")
    }
    #expect(!station.log.contains("no [service-key NAME] section"))
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "first").status == 0)
    try station.stopDaemon()
    try station.start()
    try Deadline.wait(until: "the claimed station (\(station.log))") { try bed.isOnline("gate-4") }
  }

  @Test("a stolen certificate speaks and hears for its own station alone")
  func stolen() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "thief").status == 0)
    #expect(try bed.claim(bed.management.claimCode(for: "hall-2"), at: "victim").status == 0)
    let forged = try bed.client(
      "mosquitto_pub", as: "thief",
      ["-q", "1", "-t", "ws/v1/hall-2/status", "-m", "{}", "-i", "hall-2", "-u", "hall-2"])
    #expect(forged.output.contains("Not authorized"), "\(forged.output)")
    let heard = try bed.client(
      "mosquitto_sub", as: "thief", ["-t", "ws/v1/hall-2/#", "-W", "2", "-v"])
    #expect(!heard.output.contains("hall-2/"), "\(heard.output)")
  }

  @Test("a station whose claim is for another name says so, and its door works")
  func otherName() throws {
    let bed = try ClaimBed()
    #expect(try bed.claim(bed.management.claimCode(for: "gate-4"), at: "first").status == 0)
    let station = try bed.station("hall-2", board: "first")
    try Deadline.wait(until: "the reason in the log") {
      station.log.contains(
        "this board was claimed for gate-4, and the configuration calls it hall-2")
    }
    try station.pressExit()
    try Deadline.wait(until: "the door to open") {
      try station.accessPoint()["unlocked"] as? Bool == true
    }
  }
}
