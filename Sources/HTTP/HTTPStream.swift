// The body of a response that goes on: bytes are appended, and leave as fast as the client reads.
import CMicroHTTPD

/// An endless body. What is sent waits here until the client has taken it; how much may wait is
/// for the sender to decide, by `unsent`.
package final class HTTPStream {
  /// The client is gone, or the stream has been finished. Called once.
  package var onClose: () -> Void = {}
  /// All that was sent has been taken by the client's connection.
  package var onDrained: () -> Void = {}
  package private(set) var isClosed = false

  private var waiting: [UInt8] = []
  private var taken = 0
  private var isFinished = false
  private var connection: OpaquePointer?
  private var isSuspended = false
  private var pump: () -> Void = {}

  package init() {}

  /// Bytes that the client has not taken.
  package var unsent: Int { waiting.count - taken }

  package func send(_ bytes: some Sequence<UInt8>) {
    guard !isClosed, !isFinished else { return }
    waiting.append(contentsOf: bytes)
    resume()
  }

  /// Ends the body when all that was sent has been taken.
  package func finish() {
    isFinished = true
    resume()
  }

  // MARK: - The server's side

  /// - Parameter pump: lets the server look at its connections again.
  func attach(_ connection: OpaquePointer?, pump: @escaping () -> Void) {
    self.connection = connection
    self.pump = pump
  }

  func closed() {
    guard !isClosed else { return }
    isClosed = true
    connection = nil
    onClose()
  }

  /// The library asks for bytes.
  /// - Returns: their number; 0 with the connection suspended where there are none.
  func take(into buffer: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
    let count = min(room, unsent)
    guard count > 0 else {
      if isFinished { return http_end_of_stream }
      isSuspended = true
      MHD_suspend_connection(connection)
      return 0
    }
    waiting.withUnsafeBytes {
      UnsafeMutableRawPointer(buffer).copyMemory(from: $0.baseAddress! + taken, byteCount: count)
    }
    taken += count
    if taken == waiting.count {
      waiting.removeAll(keepingCapacity: waiting.capacity < 65_536)
      taken = 0
      onDrained()
    }
    return count
  }

  /// Lets a waiting connection go on; at the server's end it must, or it could not be closed.
  func resume() {
    guard isSuspended, let connection else { return }
    isSuspended = false
    MHD_resume_connection(connection)
    pump()
  }
}
