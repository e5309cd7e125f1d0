// One call of the API, by a client that is not the product's, with all that came back.
import Foundation
import TestBed

/// A request and its answer, as bytes went over the wire.
struct Exchange: Encodable {
  var method: String
  /// Path and query.
  var target: String
  var headers: [String: String]
  var body: Data
  var status = 0
  var answerHeaders: [String: String] = [:]
  var answerBody = Data()

  struct Verdict: Decodable {
    /// Nil where the contract has no such operation.
    var operation: String?
    var request: String?
    var response: String?
  }

  static func verdicts(_ exchanges: [Exchange]) throws -> [Verdict] {
    try Checker.ask("calls", .calls, exchanges)
  }

  var name: String { "\(method) \(target) \(status)" }

  /// The body of a problem.
  var problem: (code: String, detail: String)? {
    let object = try? JSONSerialization.jsonObject(with: answerBody) as? [String: Any]
    guard let code = object?["code"] as? String, let detail = object?["detail"] as? String else {
      return nil
    }
    return (code, detail)
  }
}

/// curl, talking to one service with the token that is asked for.
final class Caller {
  private let management: ManagementUnderTest
  private let folder: WorkFolder
  private(set) var exchanges: [Exchange] = []

  enum Token: String {
    case manager
    case viewer
    case none
  }

  init(_ management: ManagementUnderTest, _ folder: WorkFolder) {
    self.management = management
    self.folder = folder
  }

  @discardableResult
  func call(
    _ method: String, _ target: String, _ body: Data = Data(), token: Token = .manager,
    headers: [String: String] = [:]
  ) throws -> Exchange {
    var exchange = Exchange(method: method, target: target, headers: headers, body: body)
    try write(token, headers)
    let (bodyFile, head, answer) = (file("body"), file("head"), file("answer"))
    try body.write(to: URL(fileURLWithPath: bodyFile))
    for path in [head, answer] { try Data().write(to: URL(fileURLWithPath: path)) }
    let data = body.isEmpty ? [] : ["--data-binary", "@\(bodyFile)"]
    let kind = method == "HEAD" ? ["--head"] : ["--request", method]
    let told = try Program.run(
      "curl",
      ["--silent", "--path-as-is", "--max-time", "20", "--header", "@\(file("headers"))"]
        + kind + data + ["--dump-header", head, "--output", answer, url(target)])
    guard told.status == 0 else { throw TestBedError("curl \(method) \(target): \(told.status)") }
    try exchange.take(
      header: String(contentsOfFile: head, encoding: .utf8),
      body: method == "HEAD" ? Data() : Data(contentsOf: URL(fileURLWithPath: answer)))
    exchanges.append(exchange)
    return exchange
  }

  func call(
    _ method: String, _ target: String, json: String, token: Token = .manager
  ) throws -> Exchange {
    try call(
      method, target, Data(json.utf8), token: token, headers: ["Content-Type": "application/json"])
  }

  /// Follows an event stream from its first record on; its bytes go to the program's log.
  func follow(_ target: String) throws -> Program {
    try write(.manager, ["Last-Event-ID": "0"])
    return try Program(
      "curl", ["--silent", "--no-buffer", "--header", "@\(file("headers"))", url(target)],
      log: file("stream"))
  }

  private func url(_ target: String) -> String { "http://\(management.address)\(target)" }

  private func file(_ name: String) -> String { folder.file("caller-\(name)") }

  /// The headers lie in a file, so that no token stands in an argument.
  private func write(_ token: Token, _ headers: [String: String]) throws {
    var lines = ["Content-Type:"] + headers.map { "\($0.key): \($0.value)" }.sorted()
    switch token {
    case .manager: lines.append("Authorization: Bearer \(management.token)")
    case .viewer: lines.append("Authorization: Bearer \(management.viewerToken)")
    case .none: break
    }
    if headers["Content-Type"] != nil { lines.removeFirst() }
    try folder.write(lines.map { "\($0)\n" }.joined(), to: "caller-headers")
  }
}

extension Exchange {
  /// - Parameter header: as curl wrote it down, the last one where there are several.
  fileprivate mutating func take(header: String, body: Data) throws {
    let lines = header.split(whereSeparator: \.isNewline)
    guard let start = lines.lastIndex(where: { $0.hasPrefix("HTTP/") }),
      let status = lines[start].split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { throw TestBedError("no status line: \(header)") }
    self.status = status
    for line in lines[(start + 1)...] {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      answerHeaders[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    answerBody = body
  }
}
