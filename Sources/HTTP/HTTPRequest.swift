// A request that has arrived whole: bounded, decoded once, and a plain value from then on.

/// The methods of RFC 9110 section 9, of RFC 5789, and QUERY. A method that is none of these is
/// not implemented (501); one of these at the wrong address is not allowed there (405).
package enum HTTPMethod: String, CaseIterable, Sendable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case options = "OPTIONS"
  case trace = "TRACE"
  case query = "QUERY"
}

package struct HTTPRequest: Sendable {
  package var method: HTTPMethod
  /// The path's segments without percent escapes; none for `/`.
  package var path: [String]
  /// Names and values without percent escapes, in the order of the request.
  package var query: [(name: String, value: String)]
  /// Names in lower case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// The address of whoever asks, of which those of an IPv6 customer count as one; behind a proxy
  /// that is named in the options, the address for which it asks.
  package var peer: String
  /// Names the connection for as long as the server lives; 0 for a request of no connection.
  package var connection: UInt64

  package init(
    method: HTTPMethod, path: [String], query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], peer: String = "",
    connection: UInt64 = 0
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
    self.connection = connection
  }

  /// The first value of a query parameter.
  package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The first value of a header field.
  /// - Parameter name: in lower case.
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Percent escapes (RFC 3986 section 2.1), strictly.
package enum PercentEscapes {
  /// - Returns: nil where an escape is broken, or what it stands for is no UTF-8 or holds NUL.
  package static func decode(_ text: some StringProtocol) -> String? { decode(text.utf8) }

  private static func decode(_ text: some Collection<UInt8>) -> String? {
    // Nearly every text stands for itself.
    guard text.contains(UInt8(ascii: "%")) else { return checked(text) }
    var bytes: [UInt8] = []
    var rest = Array(text)[...]
    while let byte = rest.popFirst() {
      if byte != UInt8(ascii: "%") {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return checked(bytes)
  }

  private static func checked(_ bytes: some Collection<UInt8>) -> String? {
    bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  /// The segments of an absolute path, each decoded by itself so that `%2F` separates nothing.
  /// - Returns: nil where the path is not absolute or a segment is broken.
  package static func segments(_ path: String) -> [String]? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    if path == "/" { return [] }
    var path = path
    // Bytes, not characters: to Swift a slash with a combining mark behind it is no slash.
    return path.withUTF8 { bytes in
      var segments: [String] = []
      let parts = bytes.dropFirst().split(
        separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      for part in parts {
        guard let segment = decode(part) else { return nil }
        segments.append(segment)
      }
      return segments
    }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
    default: nil
    }
  }
}
