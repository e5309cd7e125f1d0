// Finds the handler of a request by its path and method.

/// A table of routes. A path that no route has is 404; one that is there for other methods is
/// 405 with `Allow`. A route for GET also answers HEAD.
package struct HTTPRouter {
  package typealias Handler = (HTTPRequest, _ parameters: [String]) -> HTTPResponse

  private struct Route {
    let method: HTTPMethod
    /// nil matches any one segment.
    let pattern: [String?]
    let handler: Handler
  }

  private var routes: [Route] = []
  /// Makes the response where there is no handler: 404 or 405.
  package var refusal: (_ status: Int) -> HTTPResponse = {
    .text($0, HTTPResponse.phrase($0) + "\n")
  }

  package init() {}

  /// - Parameter path: such as `/stations/*/doors/*`; the handler gets what stands at each `*`.
  package mutating func on(
    _ method: HTTPMethod, _ path: String, _ handler: @escaping Handler
  ) {
    let pattern = path.split(separator: "/").map { $0 == "*" ? nil : String($0) }
    routes.append(Route(method: method, pattern: pattern, handler: handler))
  }

  package func respond(to request: HTTPRequest) -> HTTPResponse {
    let method = request.method == .head ? .get : request.method
    var allowed: Set<String> = []
    for route in routes {
      guard let parameters = Self.match(route.pattern, request.path) else { continue }
      if route.method == method { return route.handler(request, parameters) }
      allowed.insert(route.method.rawValue)
      if route.method == .get { allowed.insert(HTTPMethod.head.rawValue) }
    }
    guard !allowed.isEmpty else { return refusal(404) }
    return refusal(405).adding("Allow", allowed.sorted().joined(separator: ", "))
  }

  private static func match(_ pattern: [String?], _ path: [String]) -> [String]? {
    guard pattern.count == path.count else { return nil }
    var parameters: [String] = []
    for (expected, segment) in zip(pattern, path) {
      if let expected {
        guard expected == segment else { return nil }
      } else {
        parameters.append(segment)
      }
    }
    return parameters
  }
}
