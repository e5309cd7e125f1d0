// Visits of a station, by the hour or by the day.
import HTTP
import JSON
import ManagementCore
import StationProtocol
import Time

extension Endpoint {
  static var visits: [Endpoint] {
    [
      Endpoint(.get, "/stations/*/visits", .viewStations, query: [.by, .count, .until]) {
        try $0.listVisits($1)
      }
    ]
  }
}

extension API {
  /// The visits of the last hours or local days of a range.
  fileprivate func listVisits(_ call: Call) throws -> HTTPResponse {
    let by = try call.step()
    let count = min(
      try call.number(.count, 1...VisitSeries.most(.hour)) ?? 24, VisitSeries.most(by))
    let view = try view(of: call.parameters[0])
    let now = now()
    let end = try call.number(.until, 0...253_402_300_799_999).map(WallTime.init(milliseconds:))
    let bounds = VisitSeries.hours(
      by, count: count, at: end ?? now.wall, in: view.life.zone ?? now.rules)
    let id = view.id
    return asking { store in
      let counts = try store.visits(of: id, hours: bounds[0]..<bounds[bounds.count - 1])
      var writer = JSONWriter(capacity: 4096)
      VisitSeries(by, bounds, of: counts).write(to: &writer)
      return writer.bytes
    }
  }
}
