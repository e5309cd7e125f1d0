// One request and its response while the library's callbacks bring it in piece by piece.

import CMicroHTTPD

/// Lives from the end of a request's header until the library is done with it; the library
/// carries the reference.
final class HTTPExchange {
  private var body: [UInt8] = []
  private var received = 0
  /// The body is too large, and has an end that is known.
  private var isAnnounced = false
  private var stream: HTTPEventStream?
  /// An answer that is awaited, and the header fields that it gets.
  private var later: (answer: HTTPLaterAnswer, headers: [(name: String, value: String)])?
  private var claim: (peer: String, connection: UInt64) = ("", 0)
  /// Names in lower case.
  private let headers: [(name: String, value: String)]
  private let server: HTTPServer
  private let connection: OpaquePointer
  private let descriptor: Int32

  init(server: HTTPServer, connection: OpaquePointer) {
    self.server = server
    self.connection = connection
    descriptor = chttp_descriptor(connection)
    headers = Self.values(.HEADER_KIND, of: connection).map { ($0.name.lowercased(), $0.value) }
  }

  private var isTooLarge: Bool { received > server.options.largestBody }

  /// The header is complete. A body that is announced as too large is refused before it comes
  /// where the client waits to hear that, or where nobody would want it to come. Otherwise it is
  /// let through and thrown away: a client that is still sending when the connection is closed
  /// loses the answer (RFC 9112 section 9.6).
  func begin(path: String, method: String) -> MHD_Result {
    server.connection(descriptor, is: .body)
    guard let claim = server.claim(descriptor, forwarded) else {
      server.onRefused(.turnedAway)
      return send(server.refusal(503), method: method)
    }
    self.claim = claim
    guard hasOneLength else {
      return send(server.refusal(400).adding("Connection", "close"), method: method)
    }
    // A body keeps a connection waiting; whoever may not send one is told so before it comes.
    if hasBody, case .success(let request) = request(path: path, method: method),
      let answer = server.gate(request)
    {
      return send(answer, method: method)
    }
    guard let size = header("content-length").flatMap({ Int($0) }),
      size > server.options.largestBody
    else { return .YES }
    let waits = header("expect") != nil
    guard waits || size > 256 * server.options.largestBody else {
      isAnnounced = true
      return .YES
    }
    return send(server.refusal(413), method: "")
  }

  /// Whether it is said once at most where the request ends. A proxy in front may believe the other
  /// word, and take for a body what is read here as somebody else's request (RFC 9112 section 11.2).
  private var hasOneLength: Bool {
    headers.count { $0.name == "content-length" || $0.name == "transfer-encoding" } <= 1
  }

  private var hasBody: Bool {
    if header("transfer-encoding") != nil { return true }
    guard let size = header("content-length") else { return false }
    return Int(size) != 0
  }

  private var forwarded: [String] {
    headers.filter { $0.name == "x-forwarded-for" }.map(\.value)
  }

  private func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// A piece of the body.
  func take(_ piece: UnsafeBufferPointer<CChar>) -> MHD_Result {
    received += piece.count
    if isTooLarge {
      body = []
      // The library can answer only at the end of a body; a chunked one may have none.
      if !isAnnounced, received > 16 * server.options.largestBody {
        server.cutOff(descriptor, answering: 413)
      }
      return .YES
    }
    piece.withMemoryRebound(to: UInt8.self) { body.append(contentsOf: $0) }
    return .YES
  }

  /// The request is complete.
  func finish(path: String, method: String) -> MHD_Result {
    if let later {
      // Woken without an answer: the server stops.
      var answer = later.answer.answer ?? server.refusal(503)
      answer.headers += later.headers
      return send(answer, method: method)
    }
    if isTooLarge { return send(server.refusal(413), method: method) }
    switch request(path: path, method: method) {
    case .success(let request): return send(server.handler(request), method: method)
    case .failure(let fault): return send(server.refusal(fault.status), method: method)
    }
  }

  /// The status for the part of a request that cannot be understood.
  private struct Fault: Error { let status: Int }

  private func request(path: String, method: String) -> Result<HTTPRequest, Fault> {
    guard let segments = PercentEscapes.segments(path), let query = query() else {
      return .failure(Fault(status: 400))
    }
    guard let known = HTTPMethod(rawValue: method) else { return .failure(Fault(status: 501)) }
    return .success(
      HTTPRequest(
        method: known, path: segments, query: query, headers: headers, body: body,
        peer: claim.peer, connection: claim.connection))
  }

  /// The library has sent the response or given up.
  func complete(_ code: MHD_RequestTerminationCode) {
    if code == .REQUEST_TERMINATED_TIMEOUT_REACHED { server.onRefused(.slowReader) }
    server.connection(descriptor, is: .idle)
    server.answered(descriptor)
    guard let stream else { return }
    server.closed(descriptor)
    stream.detach()
  }

  private func query() -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    for (name, value) in Self.values(.GET_ARGUMENT_KIND, of: connection) {
      guard let name = PercentEscapes.decode(name), let value = PercentEscapes.decode(value) else {
        return nil
      }
      pairs.append((name, value))
    }
    return pairs
  }

  private static func values(
    _ kind: MHD_ValueKind, of connection: OpaquePointer
  ) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    withUnsafeMutablePointer(to: &pairs) { list in
      _ = MHD_get_connection_values(
        connection, kind,
        { list, _, name, value in
          guard let list, let name else { return .NO }
          list.assumingMemoryBound(to: [(name: String, value: String)].self).pointee.append(
            (String(cString: name), value.map { String(cString: $0) } ?? ""))
          return .YES
        }, list)
    }
    return pairs
  }

  private func send(_ answer: HTTPResponse, method: String) -> MHD_Result {
    server.connection(descriptor, is: .answer)
    if case .later(let later) = answer.content, self.later == nil {
      self.later = (later, answer.headers)
      guard later.answer == nil else { return finish(path: "", method: method) }
      server.awaits(later, on: descriptor)
      later.wait(on: connection, of: server)
      return .YES
    }
    if (400..<500).contains(answer.status) || answer.status == 501 {
      server.onRefused(.answered(status: answer.status))
    }
    guard let response = make(answer) else { return .NO }
    defer { MHD_destroy_response(response) }
    for (name, value) in server.secured(answer).headers {
      MHD_add_response_header(response, name, value)
    }
    if case .stream(let stream) = answer.content {
      self.stream = stream
      stream.attach(to: connection, descriptor, of: server)
      server.opened(stream, on: descriptor)
      server.connection(descriptor, is: .stream)
      // To HEAD the header is the whole answer.
      if method == HTTPMethod.head.rawValue { stream.close() }
      chttp_never_time_out(connection)
    }
    return MHD_queue_response(connection, UInt32(answer.status), response)
  }

  private func make(_ answer: HTTPResponse) -> OpaquePointer? {
    switch answer.content {
    case .bytes(let bytes):
      // The library only reads what it copies.
      return bytes.withUnsafeBytes {
        MHD_create_response_from_buffer(
          $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
      }
    // `HTTPLaterAnswer` gives what was promised, never a promise.
    case .later: return MHD_create_response_from_buffer(0, nil, .RESPMEM_MUST_COPY)
    case .file(let descriptor, let size):
      return MHD_create_response_from_fd64(size, descriptor)
    case .stream(let stream):
      return MHD_create_response_from_callback(
        chttp_unknown_size(), 16_384,
        { stream, _, buffer, most in
          guard let stream, let buffer else { return chttp_end_of_stream() }
          return Unmanaged<HTTPEventStream>.fromOpaque(stream).takeUnretainedValue()
            .read(into: buffer, most)
        }, Unmanaged.passRetained(stream).toOpaque(),
        { stream in
          if let stream { Unmanaged<HTTPEventStream>.fromOpaque(stream).release() }
        })
    }
  }
}

/// The library's access handler: first called with the header, then with each piece of the body,
/// then once more.
func answerRequest(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
  _ piece: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let context, let connection, let method, let size, let slot,
    let server = ServerContext.server(context)
  else { return .NO }
  // A request line without a target has no path.
  let target = path.map { String(cString: $0) } ?? ""
  let word = String(cString: method)
  guard let known = slot.pointee else {
    let exchange = HTTPExchange(server: server, connection: connection)
    slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
    return exchange.begin(path: target, method: word)
  }
  let exchange = Unmanaged<HTTPExchange>.fromOpaque(known).takeUnretainedValue()
  if size.pointee > 0 {
    let result = exchange.take(UnsafeBufferPointer(start: piece, count: size.pointee))
    size.pointee = 0
    return result
  }
  return exchange.finish(path: target, method: word)
}

/// The library's end of a request, however it ended.
func completeRequest(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
  guard let known = slot?.pointee else { return }
  slot?.pointee = nil
  Unmanaged<HTTPExchange>.fromOpaque(known).takeRetainedValue().complete(code)
}
