// Tests of the real stationboard: socket, serial lines, HTTP, and what it leaves behind.
import Foundation
import GPIO
import Linux
import MemberCode
import Testing

@Suite("stationboard, the process")
struct BoardProcessTests {
  private func read(_ port: SerialPort, _ board: BoardProcess, count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try board.wait("\(count) bytes from the reader") {
      bytes += port.read() ?? []
      return bytes.count >= count
    }
    return bytes
  }

  @Test("scanned text and bytes arrive on the serial line as they are, with CR")
  func scan() throws {
    let board = try BoardProcess(readers: [1, 2])
    let first = try SerialPort(board.readerPath(0), speed: 9600)
    let second = try SerialPort(board.readerPath(1), speed: 115_200)
    #expect(try board.post("/scan", #"{"accessPoint":1,"text":"6BF \u4f60"}"#).status == 200)
    #expect(try read(first, board, count: 8) == Array("6BF 你\r".utf8))
    #expect(try board.post("/scan", #"{"accessPoint":2,"base64":"AAMT/w=="}"#).status == 200)
    #expect(try read(second, board, count: 5) == [0, 3, 0x13, 0xFF, 0x0D])
    #expect(first.read() == [])
  }

  @Test("codes that the page issues are judged as their names say")
  func codes() throws {
    let board = try BoardProcess()
    let port = try SerialPort(board.readerPath(0), speed: 9600)
    let verifier = CodeVerifier(try KeySet([board.key.verificationKey]))
    func show(_ order: String) throws -> [UInt8] {
      #expect(try board.post("/code", order).status == 200)
      var bytes: [UInt8] = []
      try board.wait("a code") {
        bytes += port.read() ?? []
        return bytes.last == 0x0D
      }
      return bytes.dropLast()
    }
    let early = try board.post("/code", #"{"accessPoint":1,"kind":"same"}"#)
    #expect(early.status == 409 && early.body == #"{"error":"no-code"}"#)
    let good = try show(#"{"accessPoint":1,"kind":"good","member":"m-2"}"#)
    guard case .genuine(let code) = verifier.authenticate(good) else {
      Issue.record("the good code is not genuine")
      return
    }
    #expect(code.claims.subject == "m-2")
    #expect(try show(#"{"accessPoint":1,"kind":"same"}"#) == good)
    let foreign = try show(#"{"accessPoint":1,"kind":"foreign"}"#)
    guard case .refused(.unknownKey, _) = verifier.authenticate(foreign) else {
      Issue.record("the foreign code is not refused for its key")
      return
    }
  }

  /// The lines with which a board of one door greets a daemon: its version, and the level of each
  /// input but the lock's feedback, which this lock does not have.
  private static let greeting =
    (BoardLine.Kind.ofAccessPoint + BoardLine.Kind.ofStation)
    .count { $0.isInput && $0 != .strikeFeedback } + 1

  @Test("a daemon is greeted, moves the strike, and sees a person walk in")
  func story() throws {
    let board = try BoardProcess()
    let daemon = try FakeDaemon(board)
    try board.wait("the greeting") { daemon.listen() && daemon.lines.count == Self.greeting }
    #expect(
      daemon.lines.prefix(7) == [
        "hello 2", "input contact-1 1", "input exit-1 0", "input outer-beam-1 1",
        "input inner-beam-1 1", "input tamper-1 1", "input counter-1 0",
      ])
    let walk = #"{"accessPoint":1,"action":"in"}"#
    #expect(try board.post("/walk", walk).body == #"{"error":"locked"}"#)
    #expect(daemon.say("output strike-1 1"))
    try board.wait("the strike") {
      try board.send("GET", "/state").body.contains(#""strike":true"#)
    }
    #expect(try board.post("/walk", walk).status == 200)
    try board.wait("the walk") { daemon.listen() && daemon.lines.count == Self.greeting + 6 }
    #expect(
      daemon.lines.suffix(6) == [
        "input contact-1 0", "input outer-beam-1 0", "input inner-beam-1 0",
        "input outer-beam-1 1", "input inner-beam-1 1", "input contact-1 1",
      ])
  }

  @Test("a card and a row of keys reach the daemon, and what is neither is refused")
  func credentials() throws {
    let board = try BoardProcess()
    let daemon = try FakeDaemon(board)
    let before = daemon.lines.count
    for (path, order, status) in [
      ("/card", #"{"accessPoint":1,"card":"26:12:34567"}"#, 200),
      ("/keys", #"{"accessPoint":1,"keys":"4711*258046#"}"#, 200),
      ("/card", #"{"accessPoint":1,"card":"26:256:1"}"#, 400),
      ("/card", #"{"accessPoint":1}"#, 400),
      ("/keys", #"{"accessPoint":1,"keys":"12a"}"#, 400),
      ("/keys", #"{"accessPoint":1,"keys":"12","card":"34:7"}"#, 400),
      ("/keys", #"{"accessPoint":4,"keys":"12"}"#, 404),
    ] as [(String, String, Int)] {
      #expect(try board.post(path, order).status == status, "\(order)")
    }
    try board.wait("both") {
      daemon.listen() && daemon.lines.suffix(2).first?.hasPrefix("card") == true
    }
    #expect(daemon.lines.count >= before + 2)
    #expect(daemon.lines.suffix(2) == ["card 1 26 820999", "keys 1 4711*258046#"])
  }

  @Test("the exit button, the beams and the leaf reach the daemon as single changes")
  func hands() throws {
    let board = try BoardProcess()
    let daemon = try FakeDaemon(board)
    for (path, order) in [
      ("/exit", #"{"accessPoint":1}"#),
      ("/beam", #"{"accessPoint":1,"beam":"inner","clear":false}"#),
      ("/beam", #"{"accessPoint":1,"beam":"inner","clear":true}"#),
      ("/door", #"{"accessPoint":1,"action":"force"}"#),
      ("/door", #"{"accessPoint":1,"action":"close"}"#),
    ] {
      #expect(try board.post(path, order).status == 200)
    }
    try board.wait("every change") { daemon.listen() && daemon.lines.count == Self.greeting + 6 }
    #expect(
      daemon.lines.suffix(6).filter { !$0.contains("exit") } == [
        "input inner-beam-1 0", "input inner-beam-1 1", "input contact-1 0", "input contact-1 1",
      ])
    #expect(
      daemon.lines.filter { $0.contains("exit") }.suffix(2) == [
        "input exit-1 1", "input exit-1 0",
      ])
  }

  @Test("what the page does in the room and to the door's parts reaches the daemon")
  func room() throws {
    let board = try BoardProcess()
    let daemon = try FakeDaemon(board)
    for (path, order) in [
      ("/room", #"{"switch":"fire","on":true}"#), ("/room", #"{"switch":"cut","on":true}"#),
      ("/room", #"{"switch":"emergency","on":true}"#),
      ("/room", #"{"switch":"lights-override","on":true}"#),
      ("/fault", #"{"accessPoint":1,"action":"tamper","on":true}"#),
      ("/fault", #"{"accessPoint":1,"action":"stuck","on":true}"#),
      ("/door", #"{"accessPoint":1,"action":"force"}"#),
    ] {
      #expect(try board.post(path, order).status == 200)
    }
    for (path, order) in [
      ("/room", #"{"switch":"lights","on":true}"#), ("/room", #"{"switch":"fire"}"#),
      ("/fault", #"{"accessPoint":1,"action":"nothing","on":true}"#),
      ("/fault", #"{"accessPoint":1,"action":"jam"}"#),
    ] {
      #expect(try board.post(path, order).status == 400)
    }
    try board.wait("every change") { daemon.listen() && daemon.lines.last == "input tamper-1 0" }
    #expect(
      daemon.lines.suffix(6) == [
        "input fire 0", "input fire-b 1", "input fire-b 0", "input emergency 1",
        "input lights-override 1", "input tamper-1 0",
      ])
    #expect(daemon.say("output lights 1"))
    try board.wait("the relay") {
      let state = try board.send("GET", "/state").body
      let on = state.firstMatch(of: #/"on":\[([^\]]*)\]/#)?.1 ?? ""
      return ["emergency", "machine-door", "lights-override", "lights"].allSatisfy {
        on.contains("\"\($0)\"")
      }
    }
  }

  @Test("the strike falls when the daemon is gone, and the next daemon finds the board")
  func daemonDies() throws {
    let board = try BoardProcess()
    var daemon: FakeDaemon? = try FakeDaemon(board)
    #expect(daemon?.say("output strike-1 1") == true)
    try board.wait("the strike") {
      try board.send("GET", "/state").body.contains(#""strike":true"#)
    }
    let second = try FakeDaemon(board)
    try board.wait("the second daemon to be turned away") { !second.listen() }
    #expect(second.lines.isEmpty)
    daemon = nil
    try board.wait("the strike to fall") {
      try board.send("GET", "/state").body.contains(#""strike":false"#)
    }
    let next = try FakeDaemon(board)
    try board.wait("a greeting") { next.listen() && next.lines.first == "hello 2" }
  }

  @Test(
    "a daemon that speaks out of the grammar is cut off",
    arguments: [
      "hello 2", "output x 1",
      "output strike-2 1", "show 1 granted",
    ])
  func nonsense(line: String) throws {
    let board = try BoardProcess()
    let daemon = try FakeDaemon(board)
    _ = daemon.say(line)
    try board.wait("the end of the connection") { !daemon.listen() }
    #expect(try board.send("GET", "/state").body.contains(#""daemon":false"#))
  }

  @Test("the event stream tells the state, what is shown, and each move of the strike")
  func events() throws {
    let board = try BoardProcess()
    let page = try WebConnection(address: board.address)
    try page.send("GET /events HTTP/1.1\r\nHost: \(board.address)\r\n\r\n")
    _ = try page.read { $0.contains("event: state\ndata: {\"name\"") }
    let daemon = try FakeDaemon(board)
    #expect(daemon.say("output strike-1 1") && daemon.say("show 1 refused replayed"))
    let text = try page.read { $0.contains("event: show") && $0.contains("replayed\",\"at\"") }
    #expect(text.contains(#"{"accessPoint":1,"line":"strike-1","level":true,"at":"#))
    #expect(text.contains(#"{"accessPoint":1,"outcome":"refused","reason":"replayed","at":"#))
  }

  @Test("the event stream tells what was shown at a reader, and what came of it")
  func presentations() throws {
    let board = try BoardProcess()
    let daemon = try FakeDaemon(board)
    #expect(try board.post("/code", #"{"accessPoint":1,"kind":"nested"}"#).status == 200)
    #expect(daemon.say("show 1 refused malformed too-deep"))
    let page = try WebConnection(address: board.address)
    try page.send("GET /events HTTP/1.1\r\nHost: \(board.address)\r\n\r\n")
    let text = try page.read {
      $0.contains("event: presented")
        && $0.contains(#""answer":"refused","reason":"malformed","fault":"too-deep"}"#)
    }
    #expect(text.contains(#"{"number":1,"accessPoint":1,"kind":"nested","start":""#))
    #expect(try board.post("/scan", #"{"accessPoint":1,"text":"<b>"}"#).status == 200)
    let more = try page.read { $0.contains(#""number":2"#) }
    #expect(more.contains(#""kind":null,"start":"<b>","bytes":3,"#))
  }

  @Test("the page, its parts and its texts are served, and nothing else is")
  func files() throws {
    let board = try BoardProcess()
    #expect(try board.send("GET", "/").body.contains("board.js"))
    #expect(try board.send("GET", "/board.js").status == 200)
    #expect(try board.send("GET", "/texts/zh.json").body.contains("entry.granted"))
    for path in [
      "/nothing.js", "/texts/../Page/board.js", "/%2e%2e/Board.swift", "/.hidden", "/a/b.js",
    ] {
      #expect(try board.send("GET", path).status == 404, "\(path)")
    }
  }

  @Test("another site's page, a form and a foreign name are refused")
  func strangers() throws {
    let board = try BoardProcess()
    let json = ["Content-Type": "application/json"]
    let own = ["Origin": "http://\(board.address)", "Sec-Fetch-Site": "same-origin"]
    let press = #"{"accessPoint":1}"#
    func status(_ headers: [String: String]) throws -> Int {
      try board.send("POST", "/exit", press, headers: headers).status
    }
    #expect(try status(json.merging(own) { $1 }) == 200)
    #expect(try status(json.merging(["Origin": "http://example.org"]) { $1 }) == 403)
    #expect(try status(json.merging(["Sec-Fetch-Site": "cross-site"]) { $1 }) == 403)
    #expect(try status(json.merging(["Host": "example.org"]) { $1 }) == 403)
    #expect(try status(["Content-Type": "text/plain"]) == 403)
    #expect(try status([:]) == 403)
    #expect(try board.send("GET", "/state", headers: ["Host": "example.org"]).status == 403)
  }

  @Test(
    "an order that means nothing is refused, and the board stands",
    arguments: [
      ("/door", "", 400), ("/door", "{}", 400), ("/door", #"{"accessPoint":1}"#, 400),
      ("/door", #"{"accessPoint":1,"action":"fly"}"#, 400),
      ("/door", #"{"accessPoint":1,"action":"open","kind":"good"}"#, 400),
      ("/door", #"{"accessPoint":3,"action":"open"}"#, 404),
      ("/door", #"{"accessPoint":9,"action":"open"}"#, 400),
      ("/scan", #"{"accessPoint":1}"#, 400),
      ("/scan", #"{"accessPoint":1,"text":"a","base64":"YQ=="}"#, 400),
      ("/scan", #"{"accessPoint":1,"base64":"YQ"}"#, 400),
      ("/scan", #"{"accessPoint":2,"text":"a"}"#, 409),
      ("/code", #"{"accessPoint":1,"kind":"golden"}"#, 400),
      ("/beam", #"{"accessPoint":1,"beam":"inner"}"#, 400),
      ("/exit", #"{"accessPoint":1,"accessPoint":1}"#, 400),
      ("/exit", String(repeating: "x", count: 9000), 413), ("/fly", "{}", 405),
    ])
  func nonsenseOrders(path: String, body: String, status: Int) throws {
    let board = try BoardProcess()
    #expect(try board.post(path, body).status == status)
    #expect(try board.send("GET", "/state").status == 200)
  }

  @Test("a board without an issuer's key says that it cannot issue codes")
  func noIssuer() throws {
    let board = try BoardProcess(canIssue: false)
    let answer = try board.post("/code", #"{"accessPoint":1,"kind":"good"}"#)
    #expect(answer.status == 409 && answer.body == #"{"error":"no-issuer"}"#)
    #expect(try board.send("GET", "/state").body.contains(#""canIssue":false"#))
  }

  @Test("a reader whose line nobody reads is busy in the end, and the board stands")
  func readerFull() throws {
    let board = try BoardProcess()
    let text = String(repeating: "A", count: 4000)
    try board.wait("the line to be full") {
      try board.post("/scan", #"{"accessPoint":1,"text":"\#(text)"}"#).body.contains("reader-busy")
    }
  }

  @Test("SIGTERM ends it in good order and leaves nothing behind", arguments: [SIGTERM, SIGINT])
  func ending(signal: Int32) throws {
    let board = try BoardProcess(readers: [1, 2])
    let daemon = try FakeDaemon(board)
    let page = try WebConnection(address: board.address)
    try page.send("GET /events HTTP/1.1\r\nHost: \(board.address)\r\n\r\n")
    _ = try page.read { $0.contains("event: state") }
    kill(board.process.processIdentifier, signal)
    board.process.waitUntilExit()
    #expect(board.process.terminationStatus == 0)
    #expect(board.process.terminationReason == .exit)
    #expect(try FileManager.default.contentsOfDirectory(atPath: board.folder) == ["key.pem"])
    try board.wait("the daemon to notice") { !daemon.listen() }
  }

  @Test("a board that was killed leaves no obstacle for the next one")
  func afterKill() throws {
    let board = try BoardProcess()
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: board.readerPath(0))
    kill(board.process.processIdentifier, SIGKILL)
    board.process.waitUntilExit()
    let again = Process()
    again.executableURL = board.process.executableURL
    again.arguments = board.process.arguments
    again.standardError = FileHandle.nullDevice
    unlink(board.addressFile)
    try again.run()
    try board.wait("the second board") { Files.exists(board.addressFile) }
    #expect(!target.isEmpty && Files.exists(board.readerPath(0)))
    again.terminate()
    again.waitUntilExit()
    #expect(again.terminationStatus == 0)
  }
}
