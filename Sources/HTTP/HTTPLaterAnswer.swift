// A response that is made after the handler has returned, without holding up the loop.

import CMicroHTTPD

/// The place of an answer that is still being worked on. It lives on the loop's thread; whoever
/// made it gives the answer once, or another promise in its place.
package final class HTTPLaterAnswer {
  /// nil until it is there.
  private(set) var answer: HTTPResponse?
  private var connection: OpaquePointer?
  private weak var server: HTTPServer?
  /// Another promise that this one has been given for.
  private var onward: ((HTTPResponse) -> Void)?

  package init() {}

  /// The answer is there.
  package func give(_ response: HTTPResponse) {
    guard answer == nil else { return }
    if case .later(let next) = response.content {
      return next.passOn { [self] in
        var made = $0
        made.headers += response.headers
        give(made)
      }
    }
    answer = response
    onward?(response)
    onward = nil
    resume()
  }

  private func passOn(_ take: @escaping (HTTPResponse) -> Void) {
    if let answer { take(answer) } else { onward = take }
  }

  // MARK: For the server

  /// Lets the connection rest until the answer is there.
  func wait(on connection: OpaquePointer, of server: HTTPServer) {
    self.connection = connection
    self.server = server
    MHD_suspend_connection(connection)
  }

  /// Nobody waits any more.
  func abandon() {
    if answer == nil { resume() }
    answer = answer ?? HTTPResponse(503)
  }

  private func resume() {
    guard let connection else { return }
    self.connection = nil
    MHD_resume_connection(connection)
    server?.runSoon()
  }
}
