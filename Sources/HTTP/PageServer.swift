// A page in a browser: its files, its texts, and what every answer tells the browser.

/// Serves the files of one page, those below `/texts` from a folder of their own, and says with every
/// answer that nothing comes from elsewhere and nothing is framed.
package struct PageServer: Sendable {
  private let pages: StaticFiles
  private let texts: StaticFiles

  /// - Parameters:
  ///   - pages: the folder of the page, without a slash at its end.
  ///   - texts: the folder of the text catalogues.
  package init(pages: String, texts: String) {
    self.pages = StaticFiles(root: pages)
    self.texts = StaticFiles(root: texts)
  }

  /// - Returns: nil where there is no such file.
  package func file(for request: HTTPRequest) -> HTTPResponse? {
    request.path.first == "texts"
      ? texts.response(to: request, path: Array(request.path.dropFirst()))
      : pages.response(to: request, path: request.path)
  }

  /// The same with what every response says to a browser (Content Security Policy level 3; Fetch
  /// section 3.7; Referrer Policy).
  package static func guarded(_ response: HTTPResponse) -> HTTPResponse {
    var response = response
    for (name, value) in protection { response.headers.append((name, value)) }
    return response
  }

  private static let protection = [
    (
      "Content-Security-Policy",
      "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
        + "form-action 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
  ]
}

extension HTTPRequest {
  /// Whether it comes from a page of this server, or from no page at all. For a page without a
  /// password: without this a page from elsewhere in the same browser could press its buttons, by a
  /// form or by a name that it points here. So the host has to be a number or `localhost`.
  package var isFromOwnPage: Bool {
    guard let host = header("host"), let name = Self.name(of: host),
      name == "localhost" || HTTPOptions.isNumeric(name)
    else { return false }
    if let site = header("sec-fetch-site"), !["same-origin", "none"].contains(site) {
      return false
    }
    if let origin = header("origin"), origin != "http://\(host)" { return false }
    return method != .post
      || header("content-type")?.split(separator: ";").first == "application/json"
  }

  /// The host without its port: `[::1]:8090` is `::1`.
  private static func name(of host: String) -> String? {
    if host.hasPrefix("[") { return host.dropFirst().split(separator: "]").first.map(String.init) }
    return host.split(separator: ":", maxSplits: 1).first.map(String.init)
  }
}
