// A call to the HTTP library that failed: which one, on what, and why.

import Linux

/// An operating error of the HTTP target.
package struct HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The attempt, as words that follow "cannot".
  package let operation: String
  /// The address or the file that it was attempted on.
  package let place: String
  /// errno; 0 where the library gave none.
  package let code: Int32

  package init(_ operation: String, _ place: String, code: Int32) {
    self.operation = operation
    self.place = place
    self.code = code
  }

  package var description: String {
    let reason = code == 0 ? "" : ": \(SystemError.text(of: code))"
    return "cannot \(operation) \(place)\(reason)"
  }
}
