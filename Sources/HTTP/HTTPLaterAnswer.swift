// A response that is made after the handler has returned, without holding up the loop.

import CMicroHTTPD

/// The place of an answer that is still being worked on. It lives on the loop's thread; whoever
/// made it gives the answer once.
package final class HTTPLaterAnswer {
  /// nil until it is there.
  private(set) var answer: HTTPResponse?
  private var connection: OpaquePointer?
  private weak var server: HTTPServer?

  package init() {}

  /// The answer is there.
  package func give(_ response: HTTPResponse) {
    guard answer == nil else { return }
    answer = response
    resume()
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
