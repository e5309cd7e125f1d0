// A request as it came and a response as it goes, without a trace of the library between.

/// A whole request; its body has arrived and is within the server's limit.
package struct HTTPRequest: Equatable, Sendable {
  /// In upper case.
  package var method: String
  /// Percent-decoded, without the query.
  package var path: String
  /// Percent-decoded; of a repeated name the last value.
  package var query: [String: String]
  /// Names in lower case; of a repeated name the last value.
  package var headers: [String: String]
  package var body: [UInt8]

  package init(
    method: String, path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

/// What a request is answered with.
package struct HTTPResponse {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var content: Content

  package enum Content {
    case bytes([UInt8])
    /// Goes on until one side ends it.
    case stream(HTTPStream)
  }

  package init(
    status: Int = 200, type: String, _ bytes: [UInt8],
    headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.headers = [("Content-Type", type)] + headers
    content = .bytes(bytes)
  }

  /// An answer without a body.
  package init(status: Int, headers: [(name: String, value: String)] = []) {
    self.status = status
    self.headers = headers
    content = .bytes([])
  }

  /// An endless answer of server-sent events (HTML Living Standard, section 9.2).
  package init(events stream: HTTPStream) {
    status = 200
    headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")]
    content = .stream(stream)
  }
}
