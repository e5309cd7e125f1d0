// Measurements of a station, by the hour or by the day.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension Endpoint {
  static var measurements: [Endpoint] {
    [
      Endpoint(.get, "/stations/*/measurements", .viewStations, query: [.by, .count]) {
        try $0.listMeasurements($1)
      }
    ]
  }
}

extension API {
  /// Measurements of a station's sensors, by the hour or by the local day, up to now.
  fileprivate func listMeasurements(_ call: Call) throws -> HTTPResponse {
    var step = MeasuredSeries.Step.hour
    if let text = call.text(.by) {
      guard let known = MeasuredSeries.Step(rawValue: text) else {
        let steps = MeasuredSeries.Step.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem.badRequest("\"by\" is one of \(steps).")
      }
      step = known
    }
    let most = MeasuredSeries.Step.hour.most
    let count = min(try call.number(.count, 1...most) ?? 24, step.most)
    let view = try view(of: call.parameters[0])
    let now = now()
    let zone = view.life.zone ?? now.rules
    let id = view.id
    let asked = MeasuredSeries.hours(step, count: count, at: now, in: zone)
    return asking { [step] store in
      let hours = try store.measured(of: id, hours: asked)
      var writer = JSONWriter(capacity: 4096)
      MeasuredSeries(step, of: hours, in: zone).write(to: &writer)
      return writer.bytes
    }
  }
}
