// What was refused since the service started, counted for the people who run it.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension API {
  func listRefusedInput(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let refused = refused()
    return Self.json { writer in
      writer.field("since", refused.since.milliseconds)
      writer.key("refused")
      writer.array(refused.all) { $1.write(to: &$0) }
      writer.key("notices")
      writer.array(notices()) { $0.value($1) }
    }
  }
}

extension RefusedInput.Entry {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("source", kind.source.rawValue)
      $0.field("kind", kind.rawValue)
      $0.key("station")
      if let station { $0.value(station.text) } else { $0.null() }
      $0.field("count", count)
      $0.field("last", last.milliseconds)
      $0.field("reason", reason)
    }
  }
}

extension HTTPRefusal {
  /// As what it is counted; nil for an answer that follows from the state of things and not from
  /// bad input, such as a member who is there already.
  var counted: (kind: RefusedInput.Kind, reason: String)? {
    switch self {
    case .brokenOff: (.badRequest, "a connection ended without a whole request")
    case .turnedAway: (.tooManyConnections, "more connections than are allowed; answered 503")
    case .gaveWay: (.gaveWay, "a connection without a whole request gave way to a new one")
    case .slowReader: (.slowReader, "an answer was not taken in time; the connection was cut")
    case .answered(let status): Self.kind(status).map { ($0, "answered \(status)") }
    }
  }

  private static func kind(_ status: Int) -> RefusedInput.Kind? {
    switch status {
    case 400: .badRequest
    case 401: .unauthorized
    case 403: .forbidden
    case 404: .notFound
    case 405: .methodNotAllowed
    case 408: .timedOut
    case 413: .tooLarge
    case 414: .addressTooLong
    case 429: .tooManyRequests
    case 431: .headerTooLarge
    case 501: .notImplemented
    default: nil
    }
  }
}
