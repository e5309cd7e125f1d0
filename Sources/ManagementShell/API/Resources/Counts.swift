// The counts of a station, by the hour or by the day: a call for each series.
import HTTP
import JSON
import ManagementCore
import StationProtocol
import Time

extension Endpoint {
  static var counts: [Endpoint] {
    HourSeries.allCases.map { series in
      Endpoint(
        .get, "/stations/*/\(series.rawValue)", .viewStations, query: [.by, .count, .until]
      ) {
        try $0.list(series, $1)
      }
    }
  }
}

extension API {
  /// The counts of the last hours or local days of a range.
  fileprivate func list(_ series: HourSeries, _ call: Call) throws -> HTTPResponse {
    let by = try call.step()
    let count = min(
      try call.number(.count, 1...CountSeries.most(.hour)) ?? 24, CountSeries.most(by))
    let view = try view(of: call.parameters[0])
    let now = now()
    let end = try call.number(.until, 0...253_402_300_799_999).map(WallTime.init(milliseconds:))
    let bounds = CountSeries.hours(
      by, count: count, at: end ?? now.wall, in: view.life.zone ?? now.rules)
    let id = view.id
    return asking { store in
      let tallies = try store.tallies(of: id, hours: bounds[0]..<bounds[bounds.count - 1])
      var writer = JSONWriter(capacity: 4096)
      CountSeries(series, by, bounds, of: tallies).write(to: &writer)
      return writer.bytes
    }
  }
}
