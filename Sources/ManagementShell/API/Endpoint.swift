// One call of the API, and the table of all.
import HTTP
import JSON
import ManagementCore
import StationProtocol
import Text

/// One call: its address, what it takes, the right that it needs, and its answer. `openapi.yaml`
/// describes the same calls; a test holds the two together.
struct Endpoint {
  let method: HTTPMethod
  /// Below `/api/v1`, with `*` for each part that varies.
  let path: String
  /// nil where the body itself proves who asks, and no token is looked for.
  let right: Operation?
  /// Which parameters of the query it knows.
  let query: Set<QueryParameter>
  let takesBody: Bool
  let answer: (API, Call) throws -> HTTPResponse

  init(
    _ method: HTTPMethod, _ path: String, _ right: Operation?, query: Set<QueryParameter> = [],
    _ answer: @escaping (API, Call) throws -> HTTPResponse
  ) {
    (self.method, self.path, self.right, self.query) = (method, path, right, query)
    takesBody = false
    self.answer = answer
  }

  /// The same with a body, which is read before anything is asked.
  init<Body>(
    _ method: HTTPMethod, _ path: String, _ right: Operation?,
    body read: @escaping ([UInt8]) throws(JSONError) -> Body,
    _ answer: @escaping (API, Call, Body) throws -> HTTPResponse
  ) {
    (self.method, self.path, self.right, query) = (method, path, right, [])
    takesBody = true
    self.answer = { try answer($0, $1, try read($1.request.body)) }
  }

  /// Every call below `/api/v1`.
  static var all: [Endpoint] {
    stations + commands + settings + rollouts + typedCodes + claims + measurements + counts + events
      + quarantine + audit
      + refusedInputs
      + members + codes
      + points
      + pendingOrders + holds + unproven + exchangeRules + takings
  }
}

/// A parameter of a query, by its name.
enum QueryParameter: String {
  case after
  case before
  case by
  case count
  case days
  case kind
  case lastEventID = "lastEventId"
  case limit
  case member
  case search
  case station
  case until
}

/// A request to an endpoint, by somebody who has the right.
struct Call: Sendable {
  let request: HTTPRequest
  /// The part of the path for each `*`, in order.
  let parameters: [String]
  let actor: Actor

  func text(_ name: QueryParameter) -> String? { request.query(name.rawValue) }

  /// - Parameter range: by itself what an id may be.
  func number(
    _ name: QueryParameter, _ range: ClosedRange<Int64> = 1...(1 << 53)
  ) throws(Problem) -> Int64? {
    try text(name).map { text throws(Problem) in try Self.number(name.rawValue, text, range) }
  }

  /// - Parameter name: of a parameter or a header field.
  static func number(
    _ name: String, _ text: String, _ range: ClosedRange<Int64>
  ) throws(Problem) -> Int64 {
    guard let number = RequestNumber.read(text, in: range) else {
      throw .badRequest(
        "\"\(name)\" is a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// How many rows are asked for at most.
  func limit() throws(Problem) -> Int { Int(try number(.limit, 1...1000) ?? 100) }

  /// Refuses parameters of the query that are not known, or stand twice: a mistake must not look as
  /// if it had been understood.
  static func check(
    _ query: [(name: String, value: String)], _ known: Set<QueryParameter>
  ) throws(Problem) {
    var seen: Set<String> = []
    for (name, _) in query {
      guard QueryParameter(rawValue: name).map({ known.contains($0) }) == true else {
        let rest = known.isEmpty ? "none" : known.map(\.rawValue).sorted().joined(separator: ", ")
        throw .badRequest(
          "There is no query parameter \"\(Excerpt(name))\" here; known: \(rest).")
      }
      guard seen.insert(name).inserted else {
        throw .badRequest("The query parameter \"\(name)\" stands twice.")
      }
    }
  }
}
