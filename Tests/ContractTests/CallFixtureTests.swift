// Every call as a fixture: what is accepted, and what is refused in which words.
import Foundation
import MemberCode
import TestBed
import Testing

@Suite("Calls as fixtures")
struct CallFixtureTests {
  static let operations: [String] = (try? CallOperation.all().map(\.operation)) ?? []

  @Test("every operation has a table, and no table is of none")
  func tables() throws {
    let places = try FixtureTable.places("calls")
    #expect(places == Self.operations.map { "calls/\($0)" }.sorted())
  }

  @Test("a call is answered as its fixture says, and as openapi.yaml says", arguments: operations)
  func calls(operation: String) throws {
    let service = try LoneManagement()
    try service.prepare()
    var table = try FixtureTable("calls/\(operation)")
    let fixtures = table.fixtures
    #expect(!table.valid.isEmpty && !table.invalid.isEmpty)
    for fixture in fixtures {
      let exchange = try service.send(fixture.input)
      var text = "\(exchange.status)"
      if let problem = exchange.problem { text += " \(problem.code): \(problem.detail)" }
      #expect(table.difference(text, of: fixture) == nil, "\(fixture.name): \(text)")
      #expect((exchange.status < 400) == fixture.isValid, "\(fixture.name): \(text)")
    }
    try table.save()
    let exchanges = Array(service.caller.exchanges.suffix(fixtures.count))
    for (fixture, (exchange, verdict)) in zip(
      fixtures, zip(exchanges, try Exchange.verdicts(exchanges)))
    {
      #expect(verdict.operation == operation, "\(fixture.name)")
      #expect(verdict.response == nil, "\(fixture.name)")
      if exchange.status == 400, fixture.beyondSchema == nil {
        #expect(verdict.request != nil, "\(fixture.name) is a valid request by openapi.yaml")
      } else if exchange.status < 400 || exchange.status == 409 || fixture.beyondSchema != nil {
        #expect(verdict.request == nil, "\(fixture.name)")
      }
    }
  }
}

/// A service without a broker, which is all that most calls need.
final class LoneManagement {
  let folder: WorkFolder
  let management: ManagementUnderTest
  let caller: Caller

  init(issuerKey: String? = nil, hasAuthority: Bool = true) throws {
    folder = try WorkFolder()
    let key = issuerKey ?? String(decoding: SigningKey.generate().privatePEM, as: UTF8.self)
    management = try ManagementUnderTest(
      folder, brokerPort: try FreePort.find(), password: "nobody listens", issuerKey: key,
      authority: hasAuthority ? AuthorityPlan(port: 8883) : nil)
    caller = Caller(management, folder)
  }

  deinit { management.kill() }

  /// What fixtures may count on: a station, a member, one who is suspended, and a ledger.
  func prepare() throws {
    for (method, target, json, status) in [
      ("PUT", "/api/v1/stations/gate-1", #"{"en":"North gate","zh":"北门驿站"}"#, 200),
      ("POST", "/api/v1/members", #"{"id":"m-1","label":"环卫 三班"}"#, 201),
      ("POST", "/api/v1/members", #"{"id":"m-2"}"#, 201),
      ("PATCH", "/api/v1/members/m-2", #"{"status":"suspended"}"#, 200),
    ] {
      let exchange = try caller.call(method, target, json: json)
      guard exchange.status == status else { throw TestBedError(exchange.name) }
    }
    try LedgerContents.fill(folder.file("management/management.sqlite"))
  }

  /// Sends a fixture: a line `METHOD TARGET`, header lines, an empty line, the body.
  /// `Token: viewer` and `Token: none` take the place of the manager's token. With `Claim: STATION` a
  /// code is made for it first, and `CLAIM`, `REQUEST` and `PROOF` in the body are what a board with
  /// that code sends.
  func send(_ fixture: [UInt8]) throws -> Exchange {
    let data = Data(fixture)
    let gap = data.range(of: Data("\n\n".utf8))
    let head = String(decoding: data[..<(gap?.lowerBound ?? data.endIndex)], as: UTF8.self)
    var lines = head.split(separator: "\n")
    guard !lines.isEmpty else { throw TestBedError("an empty fixture") }
    let words = lines.removeFirst().split(separator: " ")
    guard words.count == 2 else { throw TestBedError("no METHOD TARGET: \(words)") }
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstRange(of: ": ") else { throw TestBedError("no header: \(line)") }
      headers[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
    }
    var body = gap.map { data[$0.upperBound...] } ?? Data()
    if let station = headers.removeValue(forKey: "Claim") {
      body = try BoardClaim.body(
        String(decoding: body, as: UTF8.self), for: station, at: management)
    }
    let token = headers.removeValue(forKey: "Token").flatMap(Caller.Token.init) ?? .manager
    return try caller.call(
      String(words[0]), String(words[1]), body, token: token, headers: headers)
  }
}
