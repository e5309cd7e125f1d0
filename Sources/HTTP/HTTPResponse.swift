// What is sent back: a status, header fields, and bytes, a file, or a stream of events.

package struct HTTPResponse {
  package enum Content {
    case bytes([UInt8])
    /// A file that is open for reading; the server closes it.
    case file(descriptor: Int32, size: UInt64)
    /// Sent as it comes until either side closes.
    case stream(HTTPEventStream)
  }

  package var status: Int
  package var headers: [(name: String, value: String)]
  package var content: Content

  package init(
    _ status: Int, headers: [(name: String, value: String)] = [], content: Content = .bytes([])
  ) {
    self.status = status
    self.headers = headers
    self.content = content
  }

  /// - Parameter type: the media type, such as `application/json`.
  package init(_ status: Int = 200, type: String, _ bytes: [UInt8]) {
    self.init(status, headers: [("Content-Type", type)], content: .bytes(bytes))
  }

  package static func text(_ status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(status, type: "text/plain; charset=utf-8", Array(text.utf8))
  }

  /// Server-sent events (WHATWG HTML 9.2), for as long as either side likes. No cache keeps them,
  /// and no proxy gathers them: nginx would hold them back until its buffer is full.
  package static func events(_ stream: HTTPEventStream) -> HTTPResponse {
    let headers = [
      ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"),
      ("X-Accel-Buffering", "no"),
    ]
    return HTTPResponse(200, headers: headers, content: .stream(stream))
  }

  /// The same with one more header field.
  package func adding(_ name: String, _ value: String) -> HTTPResponse {
    var response = self
    response.headers.append((name, value))
    return response
  }

  /// As it is sent where the library cannot: the last answer of its connection.
  var closing: [UInt8] {
    var body: [UInt8] = []
    if case .bytes(let bytes) = content { body = bytes }
    let fields =
      headers + [(name: "Content-Length", value: "\(body.count)"), ("Connection", "close")]
    let head =
      "HTTP/1.1 \(status) \(Self.phrase(status))\r\n"
      + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
    return Array(head.utf8) + body
  }

  /// The phrases of RFC 9110 for the statuses that are used here.
  package static func phrase(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 204: "No Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    default: "Status \(status)"
    }
  }
}
