// Takings of a station's exchanges, and the proof of the ledger.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension Endpoint {
  static var takings: [Endpoint] {
    [
      Endpoint(.get, "/stations/*/takings", .viewStations, query: [.days]) {
        try $0.listTakings($1)
      },
      Endpoint(.get, "/ledger-proof", .viewPoints) { try $0.proveLedger($1) },
    ]
  }
}

extension API {
  /// Takings of a station's exchanges, by day and article, up to today.
  fileprivate func listTakings(_ call: Call) throws -> HTTPResponse {
    let days = try call.number(.days, 1...366) ?? 31
    let view = try view(of: call.parameters[0])
    let today = view.life.localDay(now())
    let id = view.id
    return asking { store in
      let takings = try store.takings(of: id, days: today - Int(days) + 1...today)
      return JSONWriter.object { writer in
        writer.field("today", today)
        writer.key("takings")
        writer.array(takings) { $1.write(to: &$0) }
      }
    }
  }

  fileprivate func proveLedger(_ call: Call) throws -> HTTPResponse {
    HTTPResponse(200, content: .later(try prove()))
  }
}
