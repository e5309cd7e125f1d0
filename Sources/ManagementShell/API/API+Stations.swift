// Stations, their events, and what could not be read of them.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text

extension API {
  func listStations(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    HTTPResponse(200, type: "application/json", stationList())
  }

  /// - Throws: `notFound` where no station of that name was ever heard of.
  func view(of name: String) throws(Problem) -> StationView {
    guard let station = StationID(name), let view = stationView(station) else {
      throw .notFound("No station \"\(Excerpt(name))\" has ever been heard of.")
    }
    return view
  }

  func showStation(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let view = try view(of: parameters[0])
    var writer = JSONWriter(capacity: 1024)
    view.write(to: &writer)
    return HTTPResponse(200, type: "application/json", writer.bytes)
  }

  /// What a station's sensors measured, by the hour or by the local day, up to now.
  func listMeasurements(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    var step = MeasuredSeries.Step.hour
    if let text = request.query("by") {
      guard let known = MeasuredSeries.Step(rawValue: text) else {
        let steps = MeasuredSeries.Step.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem.badRequest("\"by\" is one of \(steps).")
      }
      step = known
    }
    let most = MeasuredSeries.Step.hour.most
    let count = min(try Self.number("count", in: request, 1...most) ?? 24, step.most)
    let view = try view(of: parameters[0])
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

  /// Names a station, also one that has not spoken yet.
  func nameStation(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    guard let station = StationID(parameters[0]) else {
      throw Problem.badRequest("A station's id is \(StationID.syntax).")
    }
    let asked = try StationNaming(json: request.body)
    if case .some(.some(let zone)) = asked.zone, ZoneFiles.zone(zone) == nil {
      throw Problem.badRequest("There is no time zone \"\(zone)\" in the tz database.")
    }
    let now = now()
    return ordering { store in
      try store.name(station, asked.names, by: actor.name, at: now)
      if let zone = asked.zone { try store.setZone(zone, of: station, by: actor.name, at: now) }
      guard let registration = try store.stations().first(where: { $0.id == station }) else {
        throw Problem.internal
      }
      return registration
    } _: { [self] registration in
      onNamed(registration)
      return try showStation(request, parameters)
    }
  }

  /// Takes a station out of use, or back into it. Who did it stands with it, and in the log.
  func retireStation(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let order = try RetirementOrder(json: request.body)
    let now = now()
    let unknown = Problem.notFound(
      "No station \"\(Excerpt(parameters[0]))\" has ever been heard of.")
    guard let station = StationID(parameters[0]) else { throw unknown }
    return ordering {
      try $0.retire(station, order.isRetired, reason: order.reason, by: actor.name, at: now)
    } _: { [self] isKnown in
      guard isKnown else { throw unknown }
      let retirement =
        order.isRetired ? Retirement(actor: actor.name, at: now.wall, reason: order.reason) : nil
      Log.notice(
        "\(station) is \(order.isRetired ? "retired" : "in use again") by \(actor.name): "
          + order.reason)
      onRetired(station, retirement)
      return try showStation(request, parameters)
    }
  }

  func listEvents(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    var filter = EventFilter(before: try Self.number("before", in: request, 1...(1 << 53)))
    if let text = request.query("station") {
      guard let station = StationID(text) else {
        throw Problem.badRequest("\"station\" is a station's id: \(StationID.syntax).")
      }
      filter.station = station
    }
    if let text = request.query("kind") {
      guard let kind = Record.Kind(rawValue: text), kind.isEvent else {
        let kinds = Record.Kind.allCases.filter(\.isEvent).map(\.rawValue).joined(separator: ", ")
        throw Problem.badRequest("\"kind\" is one of \(kinds).")
      }
      filter.kind = kind
    }
    let limit = try Self.limit(request)
    return asking { [filter] store in
      let events = try store.events(matching: filter, limit: limit)
      return JSONWriter.object { writer in
        writer.key("events")
        writer.array(events) { $1.write(to: &$0) }
      }
    }
  }

  /// Server-sent events; `Last-Event-ID`, or `lastEventId` where a client cannot send headers.
  func streamEvents(_ request: HTTPRequest, _ actor: Actor) throws -> HTTPResponse {
    let asked = try Self.number("lastEventId", in: request, 0...(1 << 53))
    let last = try request.header("last-event-id").map {
      try Self.number("Last-Event-ID", $0, 0...(1 << 53))
    }
    return .events(try hub.open(lastEventID: last ?? asked, for: actor.name))
  }

  func listQuarantine(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let before = try Self.number("before", in: request, 1...(1 << 53))
    let limit = try Self.limit(request)
    return asking { store in
      let items = try store.quarantine(before: before, limit: limit)
      return JSONWriter.object { writer in
        writer.key("quarantine")
        writer.array(items) { $1.write(to: &$0) }
      }
    }
  }
}

extension Quarantined {
  /// The raw bytes as text; what is no UTF-8 is shown as U+FFFD.
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.field("station", station)
      $0.key("stream")
      if let stream { $0.value(stream.description) } else { $0.null() }
      $0.key("seq")
      if let seq { $0.value(seq) } else { $0.null() }
      $0.field("received", received.milliseconds)
      $0.field("reason", reason)
      $0.field("raw", String(decoding: raw, as: UTF8.self))
    }
  }
}
