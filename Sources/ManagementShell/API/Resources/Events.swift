// Events of all stations: a list, and a stream.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension Endpoint {
  static var events: [Endpoint] {
    [
      Endpoint(.get, "/events", .viewStations, query: [.station, .kind, .before, .limit]) {
        try $0.listEvents($1)
      },
      Endpoint(.get, "/events/stream", .viewStations, query: [.lastEventID]) {
        try $0.streamEvents($1)
      },
    ]
  }
}

extension API {
  fileprivate func listEvents(_ call: Call) throws -> HTTPResponse {
    var filter = EventFilter(before: try call.number(.before))
    if let text = call.text(.station) {
      guard let station = StationID(text) else {
        throw Problem.badRequest("\"station\" is a station's id: \(StationID.syntax).")
      }
      filter.station = station
    }
    if let text = call.text(.kind) {
      guard let kind = Record.Kind(rawValue: text), kind.isEvent else {
        let kinds = Record.Kind.allCases.filter(\.isEvent).map(\.rawValue).joined(separator: ", ")
        throw Problem.badRequest("\"kind\" is one of \(kinds).")
      }
      filter.kind = kind
    }
    let limit = try call.limit()
    return asking { [filter] store in
      API.list("events", try store.events(matching: filter, limit: limit)) { $1.write(to: &$0) }
    }
  }

  /// Server-sent events; `Last-Event-ID`, or `lastEventId` where a client cannot send headers.
  fileprivate func streamEvents(_ call: Call) throws -> HTTPResponse {
    let asked = try call.number(.lastEventID, 0...(1 << 53))
    let last = try call.request.header("last-event-id").map {
      try Call.number("Last-Event-ID", $0, 0...(1 << 53))
    }
    return .events(try hub.open(lastEventID: last ?? asked, for: call.actor.name))
  }
}
