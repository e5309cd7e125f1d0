// One stream of events for everybody who has a page open.
import Linux
import Time

/// Events as they go over the line (WHATWG HTML 9.2.6).
package enum ServerSentEvent {
  /// An event of one line of data.
  /// - Parameters:
  ///   - name: a word.
  ///   - id: from where a client that comes back goes on; nil where it need not.
  ///   - json: without a line break.
  package static func bytes(_ name: StaticString, id: Int64? = nil, _ json: [UInt8]) -> [UInt8] {
    let place = id.map { "\nid: \($0)" } ?? ""
    return Array("event: \(name)\(place)\ndata: ".utf8) + json + [0x0A, 0x0A]
  }

  /// A comment, which keeps a quiet connection alive and tells a page nothing.
  package static let stillHere = Array(": still here\n\n".utf8)
}

/// Sends the same events to every page that is open, and a sign of life between them. A page that
/// does not read is let go when too much waits for it: it comes back and begins anew.
package final class EventBroadcast {
  private let loop: EventLoop
  private let capacity: Int
  private let interval: Duration
  private let sign: [UInt8]
  private var streams: [HTTPEventStream] = []
  private var beat: Timer?

  /// - Parameters:
  ///   - capacity: the most bytes that wait for one page.
  ///   - sign: sent to all once in each `interval`.
  package init(
    loop: EventLoop, capacity: Int, every interval: Duration,
    sign: [UInt8] = ServerSentEvent.stillHere
  ) {
    self.loop = loop
    self.capacity = capacity
    self.interval = interval
    self.sign = sign
  }

  package func start() {
    beat = loop.schedule(after: interval) { [unowned self] in
      send(sign)
      start()
    }
  }

  package func stop() { beat?.cancel() }

  /// Opens a stream for one page.
  /// - Parameter first: what it is sent before anything else.
  package func open(_ first: [[UInt8]]) -> HTTPResponse {
    let stream = HTTPEventStream(capacity: capacity)
    stream.onClosed = { [weak self, unowned stream] in
      self?.streams.removeAll { $0 === stream }
    }
    streams.append(stream)
    for bytes in first { _ = stream.send(bytes) }
    return .events(stream)
  }

  package func send(_ bytes: [UInt8]) {
    for stream in streams where !stream.send(bytes) { stream.close() }
  }
}
