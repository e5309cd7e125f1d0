// Pages, scripts and pictures from one folder, and nothing from outside it.

import Glibc

/// A folder that is served as it lies there.
package struct StaticFiles: Sendable {
  package let root: String

  /// - Parameter root: without a slash at its end.
  package init(root: String) { self.root = root }

  /// - Parameter path: segments below the folder; none means its `index.html`.
  /// - Returns: nil where there is no such file, or the path might leave the folder.
  package func response(to request: HTTPRequest, path: [String]) -> HTTPResponse? {
    let path = path.isEmpty ? ["index.html"] : path
    guard path.allSatisfy(Self.isPlain), let type = Self.type(of: path[path.count - 1]) else {
      return nil
    }
    guard let file = Self.open(root + "/" + path.joined(separator: "/")) else { return nil }
    let headers = [
      ("Content-Type", type), ("ETag", file.tag), ("Cache-Control", "no-cache"),
    ]
    if Self.names(file.tag, in: request.header("if-none-match")) {
      close(file.descriptor)
      return HTTPResponse(304, headers: headers)
    }
    return HTTPResponse(
      200, headers: headers, content: .file(descriptor: file.descriptor, size: file.size))
  }

  /// A name that is one step down: not empty, not hidden, not `..`.
  private static func isPlain(_ segment: String) -> Bool {
    !segment.isEmpty && !segment.hasPrefix(".")
      && segment.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
  }

  /// Only what a page is made of is served at all.
  private static func type(of name: String) -> String? {
    let types = [
      "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
      "js": "text/javascript; charset=utf-8", "json": "application/json",
      "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon",
      "woff2": "font/woff2", "webmanifest": "application/manifest+json",
      "yaml": "application/yaml",
    ]
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return types[String(name[name.index(after: dot)...])]
  }

  private static func open(_ path: String) -> (descriptor: Int32, size: UInt64, tag: String)? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    // Size and time of change tell versions apart as well as a digest, without reading.
    let time = status.st_mtim
    let tag =
      "\"\(String(status.st_size, radix: 16))-"
      + "\(String(time.tv_sec, radix: 16))-\(String(time.tv_nsec, radix: 16))\""
    return (descriptor, UInt64(status.st_size), tag)
  }

  private static func names(_ tag: String, in header: String?) -> Bool {
    guard let header else { return false }
    return header == "*"
      || header.split(separator: ",").contains {
        $0.drop { $0 == " " }.trimmingSuffix { $0 == " " }.weakless == tag
      }
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ isExtra: (Character) -> Bool) -> Substring {
    var text = self
    while let last = text.last, isExtra(last) { text.removeLast() }
    return text
  }

  /// Without the mark of a weak validator, which does not matter to If-None-Match
  /// (RFC 9110 section 13.1.2).
  fileprivate var weakless: Substring { hasPrefix("W/") ? dropFirst(2) : self }
}
