// An answer that is not what was asked for, in a form that programs and people can read.
import HTTP
import JSON
import ManagementCore

/// A problem detail (RFC 9457). `code` is a key of the text catalogues, so that a page can say it
/// in the reader's language; `detail` says in English what was wrong with this request.
package struct Problem: Error, Equatable, Sendable {
  package var status: Int
  package var code: String
  package var detail: String
  /// Seconds after which it is worth asking again, where that is known.
  package var retryAfter: Int64?
  /// Why the ledger refuses an order, as a word of its closed list.
  package var reason: OrderRefusal?

  package static func badRequest(_ detail: String) -> Problem {
    Problem(status: 400, code: "bad-request", detail: detail)
  }
  package static let unauthorized = Problem(
    status: 401, code: "unauthorized",
    detail: "Send a token that this service knows: Authorization: Bearer TOKEN.")
  package static let forbidden = Problem(
    status: 403, code: "forbidden", detail: "This token's role may not do that.")
  package static func notFound(_ detail: String) -> Problem {
    Problem(status: 404, code: "not-found", detail: detail)
  }
  package static let methodNotAllowed = Problem(
    status: 405, code: "method-not-allowed", detail: "See the header Allow.")
  package static func conflict(_ detail: String) -> Problem {
    Problem(status: 409, code: "conflict", detail: detail)
  }
  package static func unknownOperation(_ detail: String) -> Problem {
    Problem(status: 409, code: "unknown-operation", detail: detail)
  }
  package static let tooLarge = Problem(
    status: 413, code: "too-large", detail: "A request's body has at most 64 KiB.")
  /// - Parameter retryAfter: seconds, at least 1.
  package static func tooManyRequests(_ detail: String, retryAfter: Int64) -> Problem {
    var problem = Problem(status: 429, code: "too-many-requests", detail: detail)
    problem.retryAfter = retryAfter
    return problem
  }
  package static let timedOut = Problem(
    status: 408, code: "timed-out",
    detail: "The request took too long to arrive. Send it at once, on a new connection.")
  package static let `internal` = Problem(
    status: 500, code: "internal", detail: "The service failed inside; its log says where.")
  package static func unavailable(_ detail: String) -> Problem {
    Problem(status: 503, code: "unavailable", detail: detail)
  }

  /// The problem for a status that the server itself has found.
  package init(status: Int) {
    switch status {
    case 404: self = .notFound("There is nothing at this address.")
    case 405: self = .methodNotAllowed
    case 408: self = .timedOut
    case 413: self = .tooLarge
    case 503: self = .unavailable("Too many connections are open. Try again in a moment.")
    case 400: self = .badRequest("The request is not HTTP as this service understands it.")
    default:
      self = Problem(status: status, code: "unknown", detail: HTTPResponse.phrase(status))
    }
  }

  package init(status: Int, code: String, detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  package var response: HTTPResponse {
    let json = JSONWriter.object {
      $0.field("type", "about:blank")
      $0.field("title", HTTPResponse.phrase(status))
      $0.field("status", status)
      $0.field("code", code)
      $0.field("detail", detail)
      if let reason { $0.field("reason", reason.rawValue) }
    }
    var response = HTTPResponse(status, type: "application/problem+json", json)
    if let retryAfter { response = response.adding("Retry-After", "\(retryAfter)") }
    guard status == 401 else { return response }
    // The scheme alone is not enough: a parameter must follow it (RFC 6750 section 3), and there
    // are clients that fall over without one.
    return response.adding("WWW-Authenticate", "Bearer realm=\"worker-station\"")
  }
}
