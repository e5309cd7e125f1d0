// Members' points: what is issued, granted and moved back, and who has how many.
import HTTP
import JSON
import ManagementCore
import StationProtocol
import Text

extension Endpoint {
  static var points: [Endpoint] {
    [
      Endpoint(.get, "/members/*/points", .viewPoints, query: [.before, .limit]) {
        try $0.showPoints($1)
      },
      Endpoint(
        .post, "/members/*/grants", .movePoints,
        body: { bytes throws(JSONError) in try LedgerBody(json: bytes, .grant) }
      ) { try $0.grantPoints($1, $2) },
      Endpoint(
        .post, "/issues", .movePoints,
        body: { bytes throws(JSONError) in try LedgerBody(json: bytes, .issue) }
      ) { try $0.issuePoints($1, $2) },
      Endpoint(.get, "/movements", .viewPoints, query: [.before, .limit]) {
        try $0.listMovements($1)
      },
      Endpoint(
        .post, "/movements/*/reversal", .movePoints,
        body: { bytes throws(JSONError) in try LedgerBody(json: bytes, .reversal) }
      ) { try $0.reverseMovement($1, $2) },
    ]
  }
}

extension API {
  /// A member's balance and one page of what moved his points.
  fileprivate func showPoints(_ call: Call) throws -> HTTPResponse {
    let before = try call.number(.before)
    let limit = try call.limit()
    let name = call.parameters[0]
    return asking { store in
      guard let member = MemberID(name), let balance = try store.balance(of: member) else {
        throw Problem.notFound("No member \"\(Excerpt(name))\" is enrolled.")
      }
      let lines = try store.statement(of: member, before: before, limit: limit)
      return JSONWriter.object { writer in
        writer.field("member", member.text)
        writer.field("balance", balance)
        writer.key("movements")
        writer.array(lines) { $1.write(to: &$0) }
      }
    }
  }

  fileprivate func grantPoints(_ call: Call, _ body: LedgerBody) throws -> HTTPResponse {
    guard let member = MemberID(call.parameters[0]), let amount = Points(body.amount ?? 0) else {
      throw Problem.notFound("No member \"\(Excerpt(call.parameters[0]))\" is enrolled.")
    }
    return try carryOut(.grant(member, amount, reason: body.reason), body.key, call.actor)
  }

  fileprivate func issuePoints(_ call: Call, _ body: LedgerBody) throws -> HTTPResponse {
    return try carryOut(.issue(body.amount ?? 0, reason: body.reason), body.key, call.actor)
  }

  fileprivate func listMovements(_ call: Call) throws -> HTTPResponse {
    let before = try call.number(.before)
    let limit = try call.limit()
    return asking { store in
      API.list("movements", try store.movements(before: before, limit: limit)) { $1.write(to: &$0) }
    }
  }

  fileprivate func reverseMovement(_ call: Call, _ body: LedgerBody) throws -> HTTPResponse {
    let id = try Self.id(call.parameters[0], "movement")
    return try carryOut(.reverse(movement: id, reason: body.reason), body.key, call.actor)
  }
}
