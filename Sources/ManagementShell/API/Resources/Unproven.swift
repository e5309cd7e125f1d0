// Articles that fell without a hold, and what does not fit the books.
import HTTP
import JSON
import ManagementCore

extension Endpoint {
  static var unproven: [Endpoint] {
    [
      Endpoint(.get, "/unproven", .viewPoints) { try $0.listUnproven($1) },
      Endpoint(
        .post, "/stations/*/dismissal", .movePoints,
        body: { bytes throws(JSONError) in try LedgerBody(json: bytes, .dismissal) }
      ) { try $0.dismissUnproven($1, $2) },
      Endpoint(.get, "/discrepancies", .viewPoints, query: [.before, .limit]) {
        try $0.listDiscrepancies($1)
      },
    ]
  }
}

extension API {
  fileprivate func listUnproven(_ call: Call) throws -> HTTPResponse {
    asking { store in
      API.list("unproven", try store.unprovenSums()) { $1.write(to: &$0) }
    }
  }

  fileprivate func dismissUnproven(_ call: Call, _ body: LedgerBody) throws -> HTTPResponse {
    let station = try station(call.parameters[0])
    return try carryOut(
      .dismiss(station, through: body.through, reason: body.reason), body.key, call.actor)
  }

  fileprivate func listDiscrepancies(_ call: Call) throws -> HTTPResponse {
    let before = try call.number(.before)
    let limit = try call.limit()
    return asking { store in
      API.list("discrepancies", try store.discrepancies(before: before, limit: limit)) {
        $1.write(to: &$0)
      }
    }
  }
}
