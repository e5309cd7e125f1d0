// A real stationboard, started for one test with everything in a folder of its own.
import Foundation
import GPIO
import Linux
import MemberCode
import Testing

/// Runs the program that this package builds; ends it and removes its folder when dropped.
final class BoardProcess {
  struct Failure: Error, CustomStringConvertible { let description: String }

  let folder: String
  let process = Process()
  private(set) var address = ""
  var socket: String { "\(folder)/board.sock" }
  var addressFile: String { "\(folder)/address" }
  let key = SigningKey.generate()

  /// - Parameters:
  ///   - readers: by the access point of each.
  ///   - step: of walks, in milliseconds.
  init(
    readers: [Int] = [1], step: Int = 20, canIssue: Bool = true, hasDevices: Bool = false,
    hasMachine: Bool = false
  ) throws {
    folder = NSTemporaryDirectory() + "stationboard-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    var words = [
      "--socket", socket, "--address-file", addressFile, "--step", "\(step)",
      "--pages", sources.appendingPathComponent("SimulatedBoard/Page").path,
      "--texts", sources.appendingPathComponent("Texts").path,
      "--access-points", "\(readers.max() ?? 1)",
    ]
    for (index, point) in readers.enumerated() {
      words += ["--reader", "\(readerPath(index))=\(point)"]
    }
    if hasMachine {
      words += ["--machine", "\(folder)/machine", "--machine-reader", "\(folder)/reader-machine"]
    }
    if hasDevices { words += ["--devices", "\(folder)/devices"] }
    if canIssue {
      try Data(key.privatePEM).write(to: URL(fileURLWithPath: "\(folder)/key.pem"))
      words += ["--demo-issuer", "\(folder)/key.pem", "--member", "m-1", "--member", "m-2"]
    }
    process.executableURL = try Self.program()
    process.arguments = words
    process.standardError = FileHandle.nullDevice
    try process.run()
    try wait("the board to serve its page") {
      guard let bytes = try? Files.read(addressFile) else { return false }
      address = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
      return true
    }
  }

  deinit {
    if process.isRunning {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  func readerPath(_ index: Int) -> String { "\(folder)/reader-\(index)" }

  /// Sends a request with curl's absence of manners: no Origin, no Sec-Fetch-Site.
  func send(
    _ method: String, _ path: String, _ body: String? = nil,
    headers: [String: String] = ["Content-Type": "application/json"]
  ) throws -> (status: Int, body: String) {
    var text = "\(method) \(path) HTTP/1.1\r\nConnection: close\r\n"
    if headers["Host"] == nil { text += "Host: \(address)\r\n" }
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    text += "Content-Length: \(body?.utf8.count ?? 0)\r\n\r\n\(body ?? "")"
    let connection = try WebConnection(address: address)
    try connection.send(text)
    let answer = try connection.readToEnd()
    guard let head = answer.range(of: "\r\n\r\n"), let status = Int(answer.dropFirst(9).prefix(3))
    else { throw Failure(description: "no HTTP answer: \(answer)") }
    return (status, String(answer[head.upperBound...]))
  }

  func post(_ path: String, _ body: String) throws -> (status: Int, body: String) {
    try send("POST", path, body)
  }

  /// Waits on the thing itself, with a deadline that only a broken board reaches.
  func wait(_ what: String, _ condition: () throws -> Bool) throws {
    let deadline = Date().addingTimeInterval(20)
    while try !condition() {
      guard Date() < deadline else { throw Failure(description: "waited in vain for \(what)") }
      poll(nil, 0, 2)
    }
  }

  private static func program() throws -> URL {
    // The test bundle and the programs of this package lie in one folder.
    let candidates = [Bundle.main.bundleURL, URL(fileURLWithPath: CommandLine.arguments[0])]
    for candidate in candidates {
      var folder = candidate.resolvingSymlinksInPath()
      for _ in 0..<4 {
        let program = folder.appendingPathComponent("stationboard")
        if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        folder = folder.deletingLastPathComponent()
      }
    }
    throw Failure(description: "stationboard is not built beside \(candidates)")
  }
}

/// A TCP connection to a loopback address, blocking, with a deadline of its own.
final class WebConnection {
  private let descriptor: Int32

  init(address: String) throws {
    guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw BoardProcess.Failure(description: "not an address: \(address)")
    }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw BoardProcess.Failure(description: "no answer at \(address)") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw BoardProcess.Failure(description: "the request did not go out")
    }
  }

  func readToEnd() throws -> String { try read { _ in false } }

  /// Reads until the text is enough, or the peer ends.
  func read(until isEnough: (String) -> Bool) throws -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if isEnough(text) { return text }
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      guard count >= 0 else { throw BoardProcess.Failure(description: "silence after: \(text)") }
      if count == 0 { return text }
      bytes += chunk[..<count]
    }
  }
}

/// What a daemon does at the board's socket.
final class FakeDaemon {
  private let connection: LocalConnection
  private(set) var lines: [String] = []

  init(_ board: BoardProcess) throws { connection = try LocalConnection(path: board.socket) }

  func say(_ line: String) -> Bool { connection.send(line: line) }

  /// - Returns: false when the board has hung up.
  func listen() -> Bool {
    guard let more = connection.lines() else { return false }
    // The bolt goes with the strike and the leaf; the model's tests look at it.
    lines += more.filter { !$0.contains("strike-feedback") }
    return true
  }
}
