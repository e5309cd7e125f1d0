// How the library's callbacks, which are C functions, find the server that they are meant for.

import CMicroHTTPD

/// The context that the library's callbacks are given; it finds the server without keeping it alive.
final class ServerContext {
  weak var server: HTTPServer?
  let watcher = UnsafeMutablePointer<chttp_watcher>.allocate(capacity: 1)

  init() {
    watcher.initialize(
      to: chttp_watcher(
        refused: noteRefusal, context: Unmanaged.passUnretained(self).toOpaque()))
  }

  deinit { watcher.deallocate() }

  static func server(_ context: UnsafeMutableRawPointer?) -> HTTPServer? {
    context.flatMap { Unmanaged<ServerContext>.fromOpaque($0).takeUnretainedValue().server }
  }
}

/// The library opened or closed a connection.
func noteConnection(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ what: MHD_ConnectionNotificationCode
) {
  guard let connection, let server = ServerContext.server(context) else { return }
  switch what {
  case .CONNECTION_NOTIFY_STARTED: server.began(connection, context)
  case .CONNECTION_NOTIFY_CLOSED: server.ended(chttp_descriptor(connection))
  default: break
  }
}

/// The library has read a request line.
func noteRequestLine(
  _ context: UnsafeMutableRawPointer?, _ line: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let connection else { return nil }
  ServerContext.server(context)?.connection(chttp_descriptor(connection), is: .header)
  // The first call of the access handler finds its slot empty.
  return nil
}

/// The library has answered a request by itself.
func noteRefusal(_ context: UnsafeMutableRawPointer?, _ status: UInt32) {
  ServerContext.server(context)?.libraryAnswered(Int(status))
}
