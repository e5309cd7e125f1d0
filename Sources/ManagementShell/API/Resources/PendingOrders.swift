// Orders that wait for a second person.
import HTTP
import JSON
import ManagementCore

extension Endpoint {
  static var pendingOrders: [Endpoint] {
    [
      Endpoint(.get, "/pending-orders", .viewPoints, query: [.after, .limit]) {
        try $0.listPendingOrders($1)
      },
      Endpoint(
        .post, "/pending-orders/*/decision", .movePoints,
        body: { bytes throws(JSONError) in try LedgerBody(json: bytes, .decision) }
      ) { try $0.decideOrder($1, $2) },
    ]
  }
}

extension API {
  fileprivate func listPendingOrders(_ call: Call) throws -> HTTPResponse {
    let after = try call.number(.after) ?? 0
    let limit = try call.limit()
    return asking { [aloneUpTo] store in
      let orders = try store.pendingOrders(after: after, limit: limit)
      return JSONWriter.object { writer in
        writer.field("aloneUpTo", aloneUpTo)
        writer.key("orders")
        writer.array(orders) { $1.write(to: &$0) }
      }
    }
  }

  fileprivate func decideOrder(_ call: Call, _ body: LedgerBody) throws -> HTTPResponse {
    let id = try Self.id(call.parameters[0], "order")
    return carryOut(
      body.isAffirmed ? .approve(pending: id) : .decline(pending: id, reason: body.reason),
      body.key, call.actor
    ) { [self] receipt in
      // The approved order may be a price.
      if body.isAffirmed { repriceAll(by: call.actor.name) }
      return Self.answer(receipt, to: body.key, status: 201)
    }
  }
}
