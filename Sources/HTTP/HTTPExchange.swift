// One request on its way in and its response on its way out, between the library's callbacks.
import CMicroHTTPD

/// The state of a request while its body arrives. The library holds a reference to it from the
/// first callback to the last.
final class HTTPExchange {
  private var request: HTTPRequest
  private var received = 0
  private var isAnswered = false
  private var stream: HTTPStream?

  /// How much of a body that is too large is thrown away before the connection is cut.
  private static let patience = 1 << 20

  private init(_ request: HTTPRequest) { self.request = request }

  /// libmicrohttpd calls this once when the headers are there, once for each piece of the body,
  /// and once when all has come.
  static let handle: MHD_AccessHandlerCallback = {
    context, connection, path, method, _, bytes, count, slot in
    guard let context, let slot, let count, let path, let method else { return .NO }
    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    guard let known = slot.pointee else {
      let exchange = HTTPExchange(
        HTTPRequest(
          method: String(cString: method).uppercased(), path: String(cString: path),
          query: values(connection, .GET_ARGUMENT_KIND),
          headers: values(connection, .HEADER_KIND)))
      slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
      return exchange.begin(server, connection)
    }
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(known).takeUnretainedValue()
    guard count.pointee == 0 else {
      defer { count.pointee = 0 }
      return exchange.take(UnsafeRawBufferPointer(start: bytes, count: count.pointee), server)
    }
    return exchange.finish(server, connection)
  }

  static let completed: MHD_RequestCompletedCallback = { context, _, slot, _ in
    guard let context, let slot, let known = slot.pointee else { return }
    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(known).takeRetainedValue()
    slot.pointee = nil
    if let stream = exchange.stream { server.close(stream) }
  }

  /// A body that says of itself that it is too large is refused before it is read.
  private func begin(_ server: HTTPServer, _ connection: OpaquePointer?) -> MHD_Result {
    guard let length = request.headers["content-length"] else { return .YES }
    guard let count = Int(length), count <= server.bodyLimit else {
      isAnswered = true
      return Self.queue(Self.tooLarge(server.bodyLimit), for: request, connection)
    }
    return .YES
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ server: HTTPServer) -> MHD_Result {
    received += bytes.count
    if received <= server.bodyLimit { request.body.append(contentsOf: bytes) }
    return received <= Self.patience ? .YES : .NO
  }

  private func finish(_ server: HTTPServer, _ connection: OpaquePointer?) -> MHD_Result {
    guard !isAnswered else { return .YES }
    isAnswered = true
    guard received <= server.bodyLimit else {
      return Self.queue(Self.tooLarge(server.bodyLimit), for: request, connection)
    }
    let response = server.answer(request)
    if case .stream(let stream) = response.content {
      self.stream = stream
      server.open(stream, on: connection)
    }
    return Self.queue(response, for: request, connection)
  }

  private static func tooLarge(_ limit: Int) -> HTTPResponse {
    HTTPResponse(
      status: 413, type: "text/plain; charset=utf-8",
      Array("The body may have at most \(limit) bytes.\n".utf8))
  }

  private static func queue(
    _ response: HTTPResponse, for request: HTTPRequest, _ connection: OpaquePointer?
  ) -> MHD_Result {
    let made: OpaquePointer?
    switch response.content {
    case .bytes(let bytes):
      made = bytes.withUnsafeBytes {
        MHD_create_response_from_buffer(
          bytes.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
      }
    case .stream(let stream):
      made = MHD_create_response_from_callback(
        http_size_unknown, 16_384,
        { stream, _, buffer, room in
          guard let stream, let buffer else { return http_end_of_stream }
          return Unmanaged<HTTPStream>.fromOpaque(stream).takeUnretainedValue()
            .take(into: buffer, room)
        }, Unmanaged.passRetained(stream).toOpaque(),
        { stream in
          guard let stream else { return }
          Unmanaged<HTTPStream>.fromOpaque(stream).release()
        })
    }
    guard let made else { return .NO }
    defer { MHD_destroy_response(made) }
    for (name, value) in response.headers { MHD_add_response_header(made, name, value) }
    return MHD_queue_response(connection, UInt32(response.status), made)
  }

  private static func values(
    _ connection: OpaquePointer?, _ kind: MHD_ValueKind
  ) -> [String: String] {
    let values = Values(areHeaders: kind == .HEADER_KIND)
    MHD_get_connection_values(
      connection, kind,
      { context, _, name, value in
        guard let context, let name else { return .YES }
        Unmanaged<Values>.fromOpaque(context).takeUnretainedValue().add(
          String(cString: name), value.map { String(cString: $0) } ?? "")
        return .YES
      }, Unmanaged.passUnretained(values).toOpaque())
    return values.all
  }

  private final class Values {
    private let areHeaders: Bool
    private(set) var all: [String: String] = [:]

    init(areHeaders: Bool) { self.areHeaders = areHeaders }

    func add(_ name: String, _ value: String) {
      all[areHeaders ? name.lowercased() : name] = value
    }
  }
}
