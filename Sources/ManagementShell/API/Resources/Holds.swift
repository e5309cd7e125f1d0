// Points that are set aside for exchanges.
import HTTP
import JSON
import ManagementCore
import StationProtocol
import Text
import Time

extension Endpoint {
  static var holds: [Endpoint] {
    [
      Endpoint(.get, "/holds", .viewPoints, query: [.after, .limit]) { try $0.listHolds($1) },
      Endpoint(
        .post, "/holds/*/resolution", .movePoints,
        body: { bytes throws(JSONError) in try LedgerBody(json: bytes, .resolution) }
      ) { try $0.resolveHold($1, $2) },
    ]
  }
}

extension API {
  fileprivate func listHolds(_ call: Call) throws -> HTTPResponse {
    let after = try call.number(.after) ?? 0
    let limit = try call.limit()
    let time = now().wall
    return asking { [oldHold] store in
      let (open, old) = try store.countHolds(olderThan: time + (.zero - oldHold))
      let holds = try store.openHolds(after: after, limit: limit)
      return JSONWriter.object { writer in
        writer.field("open", open)
        writer.field("old", old)
        writer.field("oldAfterSeconds", oldHold.components.seconds)
        writer.key("holds")
        writer.array(holds) { $1.write(to: &$0, at: time, old: oldHold) }
      }
    }
  }

  fileprivate func resolveHold(_ call: Call, _ body: LedgerBody) throws -> HTTPResponse {
    guard let exchange = ExchangeID(call.parameters[0]) else {
      throw Problem.notFound("There is no exchange \"\(Excerpt(call.parameters[0]))\".")
    }
    let decision: HoldDecision =
      body.isAffirmed ? .post(body.amount.flatMap { Points($0) }) : .void
    return try carryOut(.resolve(exchange, decision, reason: body.reason), body.key, call.actor)
  }
}
