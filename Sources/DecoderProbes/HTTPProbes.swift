// What the API's callers send: bodies, paths, numbers, and their tokens.
import HTTP
import JSON
import ManagementShell
import StationProtocol
import Text

extension Probe {
  static let http = [body, field, tokenFile]

  private static let body = Probe("http-body", longest: 1024, words: Words.bodies) {
    (bytes) throws(Violation) in
    try checkBody(
      bytes, { (json) throws(JSONError) in try MemberEnrolment(json: json) },
      { enrolment, writer in
        if let id = enrolment.id { writer.field("id", id.text) }
        if let label = enrolment.label { writer.field("label", label) }
      })
    try checkBody(
      bytes, { (json) throws(JSONError) in try StatusChange(json: json) },
      { change, writer in writer.field("status", change.status.rawValue) })
    try checkBody(
      bytes, { (json) throws(JSONError) in try StationNaming(json: json) },
      { naming, writer in
        writer.field("en", naming.names.english)
        writer.field("zh", naming.names.chinese)
      })
    try checkBody(
      bytes, { (json) throws(JSONError) in try LockDownBody(json: json) },
      { order, writer in
        writer.field("lockDown", order.isOn)
        writer.field("reason", order.reason)
      })
    if (try? CodeRequest(json: bytes)) != nil {
      let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
      let text = bytes.filter { !space.contains($0) }
      try expect(text.isEmpty || text == Array("{}".utf8), "a request for a code asks for nothing")
    }
  }

  private static func checkBody<Body: Equatable>(
    _ bytes: [UInt8], _ decode: ([UInt8]) throws(JSONError) -> Body,
    _ write: (Body, inout JSONWriter) -> Void
  ) throws(Violation) {
    let body: Body
    do throws(JSONError) {
      body = try decode(bytes)
    } catch {
      return try check(error, bytes)
    }
    try expect(JSONSyntax(bytes) != nil, "what is decoded is JSON")
    let json = JSONWriter.object { write(body, &$0) }
    try expect((try? decode(json)) == body, "a body that is written again is the same: \(body)")
  }

  /// One text as a path, as a number of a query or of Last-Event-ID, and as Authorization.
  private static let field = Probe("http-field", longest: 700) { (bytes) throws(Violation) in
    // As the library hands texts over: up to the first NUL, with what is no UTF-8 replaced.
    let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    if let segments = PercentEscapes.segments(text) {
      let raw = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      try expectEqual(
        segments.count, text == "/" ? 0 : raw.count - 1, "each slash parts two segments")
      let escaped = segments.map { segment in
        segment.utf8.map { "%" + Hex.text(UInt64($0), digits: 2) }.joined()
      }
      let path = "/" + escaped.joined(separator: "/")
      try expect(
        PercentEscapes.segments(path) == segments || segments == [""],
        "a path that is escaped in full is the same")
    }
    if let number = RequestNumber.read(text, in: 0...Int64.max) {
      try expect(String(number).utf8.elementsEqual(text.utf8), "a number has one spelling")
    }
    if let actor = tokens.actor(authorization: text) {
      let token = actor.name == "anna" ? "0123456789abcdef" : "fedcba9876543210"
      try expect(text.utf8.reversed().starts(with: token.utf8.reversed()), "a token is known whole")
    }
  }

  private static let tokens: Tokens = {
    let file = "anna:viewer:0123456789abcdef\nbela:manager:fedcba9876543210\n"
    let (tokens, faults) = Tokens.read(file)
    precondition(faults.isEmpty, "these are tokens")
    return tokens
  }()

  /// The credential file `api-tokens`.
  private static let tokenFile = Probe("api-tokens", longest: 1500) { (bytes) throws(Violation) in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let (tokens, faults) = Tokens.read(text)
    var number = 0
    for whole in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let line = whole.last == UInt8(ascii: "\r") ? whole.dropLast() : whole
      if line.first == UInt8(ascii: "#") || faults.contains(where: { $0.line == number }) {
        continue
      }
      let parts = line.split(
        separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let token = String(decoding: parts[2], as: UTF8.self)
      let actor = tokens.actor(authorization: "Bearer \(token)")
      try expect(
        actor.map { $0.name.utf8.elementsEqual(parts[0]) } ?? false,
        "a token that was accepted names its actor")
    }
  }
}
