// A client of a server-sent event stream that keeps all it has heard.
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Listens to an event stream (HTML Living Standard, section 9.2). It does not reconnect: the
/// test that wants that opens another one with `lastEventID`.
package final class EventStream: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  // Sendable because `lock` guards all that changes.
  package struct Event: Sendable {
    package var id: String?
    package var name: String
    package var data: String

    package var object: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(data.utf8))) as? [String: Any] ?? [:]
    }
  }

  private let lock = NSLock()
  private var heard: [Event] = []
  private var pending = Data()
  private var status: Int?
  private var isEnded = false
  private var session: URLSession?
  private var task: URLSessionDataTask?

  package init(
    _ client: HTTPClient, _ path: String, lastEventID: String? = nil
  ) throws {
    super.init()
    guard let url = URL(string: client.base + path) else {
      throw TestBedError("\(path) is not a valid URL")
    }
    var request = URLRequest(url: url, timeoutInterval: 3600)
    for (name, value) in client.headers { request.setValue(value, forHTTPHeaderField: name) }
    request.setValue("text/event-stream", forHTTPHeaderField: "Accept")
    if let lastEventID { request.setValue(lastEventID, forHTTPHeaderField: "Last-Event-ID") }
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
    self.session = session
    let task = session.dataTask(with: request)
    self.task = task
    task.resume()
    try Deadline.wait(until: "the event stream to open") {
      try lock.withLock {
        if isEnded { throw TestBedError("the event stream ended at once") }
        return status == 200
      }
    }
  }

  /// Ends the task and then the session, as `HTTPClient` does and for the same reason.
  package func close() {
    task?.cancel()
    session?.finishTasksAndInvalidate()
  }

  /// Everything heard so far, in order.
  package var events: [Event] { lock.withLock { heard } }

  package func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    lock.withLock { status = (response as? HTTPURLResponse)?.statusCode }
    completionHandler(.allow)
  }

  package func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data
  ) {
    lock.withLock {
      pending.append(data)
      while let end = pending.range(of: Data("\n\n".utf8)) {
        parse(String(decoding: pending[pending.startIndex..<end.lowerBound], as: UTF8.self))
        pending.removeSubrange(pending.startIndex..<end.upperBound)
      }
    }
  }

  package func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?
  ) {
    lock.withLock { isEnded = true }
  }

  private func parse(_ block: String) {
    var event = Event(id: nil, name: "message", data: "")
    var hasData = false
    for line in block.split(separator: "\n", omittingEmptySubsequences: false) {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let value = parts[1].hasPrefix(" ") ? String(parts[1].dropFirst()) : String(parts[1])
      switch parts[0] {
      case "id": event.id = value
      case "event": event.name = value
      case "data":
        event.data += (hasData ? "\n" : "") + value
        hasData = true
      default: break
      }
    }
    if hasData { heard.append(event) }
  }
}
