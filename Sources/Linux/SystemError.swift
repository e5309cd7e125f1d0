// A call to the operating system that failed: which one, on what, and why.
import CLinux
import Glibc

/// An operating error of the Linux target.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The attempt, as words that follow "cannot": `open`, `set the speed of`.
  package let operation: String
  package let path: String?
  /// errno; 0 where the refusal is our own.
  package let code: Int32
  /// Our own words, where there is no errno.
  package let detail: String?

  package init(_ operation: String, path: String? = nil, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
    self.detail = nil
  }

  package init(_ operation: String, path: String? = nil, detail: String) {
    self.operation = operation
    self.path = path
    self.code = 0
    self.detail = detail
  }

  package var description: String {
    let place = path.map { " \($0)" } ?? ""
    return "cannot \(operation)\(place): \(reason)"
  }

  /// Why, without what was attempted and on what.
  package var reason: String { detail ?? Self.text(of: code) }

  /// What glibc says of an errno, with its number.
  package static func text(of code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "errno \(code)" }
    let text = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return "\(String(decoding: text, as: UTF8.self)) (errno \(code))"
  }
}
