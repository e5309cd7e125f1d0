// A response that goes on: bytes are sent as they come, within a bound, until someone closes.

import CMicroHTTPD
import Linux
import Time

/// The sending end of a stream. It lives on the loop's thread. What does not fit is refused and
/// not dropped: the owner keeps its place and goes on from `onDrained`.
package final class HTTPEventStream {
  /// Bytes that may wait for the connection.
  package let capacity: Int
  /// All that was given has been handed to the connection. More may be sent from inside.
  package var onDrained: () -> Void = {}
  /// The connection is gone, or `close()` has taken effect. Called once.
  package var onClosed: () -> Void = {}
  package private(set) var isClosed = false

  private var waiting: [UInt8] = []
  /// The number of bytes of `waiting` that have been taken.
  private var taken = 0
  private var connection: OpaquePointer?
  private var descriptor: Int32?
  private weak var server: HTTPServer?
  private var isSuspended = false
  /// Since when something has waited and the connection took nothing; nil where nothing waits, here
  /// or in the library's buffer.
  private(set) var stalledSince: Instant?

  package init(capacity: Int = 65_536) { self.capacity = capacity }

  /// Bytes that wait for the connection.
  package var pending: Int { waiting.count - taken }

  /// - Returns: false where the bytes do not fit or the stream is closed; nothing is sent then.
  package func send(_ bytes: [UInt8]) -> Bool {
    guard !isClosed, pending + bytes.count <= capacity else { return false }
    if stalledSince == nil { stalledSince = Clock.now }
    waiting.append(contentsOf: bytes)
    resume()
    return true
  }

  /// Whether whoever listened has closed the connection. The library does not look at a connection
  /// at rest: without this look it would count as one that is open until something is sent.
  package var isAbandoned: Bool {
    descriptor.map { chttp_has_ended($0) != 0 } ?? isClosed
  }

  /// Ends the response after what was given.
  package func close() {
    isClosed = true
    resume()
  }

  // MARK: For the server

  func attach(to connection: OpaquePointer, _ descriptor: Int32, of server: HTTPServer) {
    self.connection = connection
    self.descriptor = descriptor
    self.server = server
  }

  /// Fills the library's buffer, all of which the connection has taken.
  /// - Returns: how many bytes, or the library's mark for the end; 0 after suspending.
  func read(into buffer: UnsafeMutablePointer<CChar>, _ most: Int) -> Int {
    if pending == 0, !isClosed { onDrained() }
    let count = min(most, pending)
    if count > 0 {
      waiting.withUnsafeBytes {
        UnsafeMutableRawPointer(buffer).copyMemory(
          from: $0.baseAddress! + taken, byteCount: count)
      }
      taken += count
      stalledSince = Clock.now
      if pending == 0 {
        waiting.removeAll(keepingCapacity: true)
        taken = 0
      }
      return count
    }
    stalledSince = nil
    if isClosed { return chttp_end_of_stream() }
    if let connection, !isSuspended {
      isSuspended = true
      MHD_suspend_connection(connection)
    }
    return 0
  }

  /// The library has let go of the connection.
  func detach() {
    guard connection != nil else { return }
    connection = nil
    descriptor = nil
    isSuspended = false
    isClosed = true
    waiting = []
    taken = 0
    stalledSince = nil
    onClosed()
    onClosed = {}
    onDrained = {}
  }

  private func resume() {
    guard isSuspended, let connection else { return }
    isSuspended = false
    MHD_resume_connection(connection)
    server?.runSoon()
  }
}
