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
    let step = try call.step()
    let most = MeasuredSeries.Step.hour.most
    let count = min(try call.number(.count, 1...most) ?? 24, step.most)
    let view = try view(of: call.parameters[0])
    let now = now()
    let zone = view.life.zone ?? now.rules
    let id = view.id
    let asked = MeasuredSeries.hours(step, count: count, at: now, in: zone)
    return asking { store in
      let hours = try store.measured(of: id, hours: asked)
      var writer = JSONWriter(capacity: 4096)
      MeasuredSeries(step, of: hours, in: zone).write(to: &writer)
      return writer.bytes
    }
  }
}

extension Call {
  /// By the hour, which is what goes without saying, or by the day.
  func step() throws(Problem) -> MeasuredSeries.Step {
    guard let text = text(.by) else { return .hour }
    guard let step = MeasuredSeries.Step(rawValue: text) else {
      let steps = MeasuredSeries.Step.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem.badRequest("\"by\" is one of \(steps).")
    }
    return step
  }
}
