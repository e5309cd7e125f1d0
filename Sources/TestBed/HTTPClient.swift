// Plain HTTP calls that wait for their answer, for stories told step by step.
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A client of one server, with the headers that every call carries.
package struct HTTPClient: Sendable {
  package let base: String
  package let headers: [String: String]

  package init(base: String, headers: [String: String] = [:]) {
    self.base = base
    self.headers = headers
  }

  package struct Answer: Sendable {
    package let status: Int
    package let headers: [String: String]
    package let body: Data

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON of any shape.
    package var json: Any {
      (try? JSONSerialization.jsonObject(with: body, options: [.fragmentsAllowed])) ?? NSNull()
    }

    package var object: [String: Any] { json as? [String: Any] ?? [:] }
  }

  package func call(
    _ method: String, _ path: String, json: String? = nil, headers extra: [String: String] = [:],
    seconds: Double = 20
  ) throws -> Answer {
    guard let url = URL(string: base + path) else {
      throw TestBedError("\(base + path) is not a valid URL")
    }
    var request = URLRequest(url: url, timeoutInterval: seconds)
    request.httpMethod = method
    for (name, value) in headers.merging(extra, uniquingKeysWith: { $1 }) {
      request.setValue(value, forHTTPHeaderField: name)
    }
    if let json {
      request.httpBody = Data(json.utf8)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let outcome = Outcome()
    let session = URLSession(configuration: .ephemeral)
    let task = session.dataTask(with: request) { data, response, error in
      outcome.finish(data, response, error)
    }
    task.resume()
    // Never invalidateAndCancel: it walks the list of tasks while the session's own queue takes the
    // one that has just ended out of it, and traps once in thousands of calls.
    defer {
      task.cancel()
      session.finishTasksAndInvalidate()
    }
    return try outcome.wait("\(method) \(path)", seconds + 5)
  }

  private final class Outcome: @unchecked Sendable {
    // Sendable because the semaphore orders its one writing before its one reading.
    private let arrived = DispatchSemaphore(value: 0)
    private var answer: Result<Answer, TestBedError>?

    func finish(_ data: Data?, _ response: URLResponse?, _ error: Error?) {
      if let response = response as? HTTPURLResponse {
        var headers: [String: String] = [:]
        for (name, value) in response.allHeaderFields {
          headers["\(name)".lowercased()] = "\(value)"
        }
        answer = .success(
          Answer(status: response.statusCode, headers: headers, body: data ?? Data()))
      } else {
        answer = .failure(TestBedError(error.map { "\($0.localizedDescription)" } ?? "no answer"))
      }
      arrived.signal()
    }

    func wait(_ what: String, _ seconds: Double) throws -> Answer {
      guard arrived.wait(timeout: .now() + seconds) == .success, let answer else {
        throw TestBedError("\(what): no answer in \(Int(seconds)) s")
      }
      return try answer.get()
    }
  }
}
