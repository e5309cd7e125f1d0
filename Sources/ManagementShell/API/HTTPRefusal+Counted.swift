// The kind of refused input as which a refusal of the HTTP server is counted.
import HTTP
import ManagementCore

extension HTTPRefusal {
  /// The kind and the reason of the count; nil for an answer that follows from the state of things
  /// and not from bad input, such as a member who is there already.
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
