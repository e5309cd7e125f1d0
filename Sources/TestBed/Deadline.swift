// Waiting for a thing itself, for as long as is reasonable and no longer.
import Foundation

/// Looks until something is there. It is not a pause: the first look that finds it ends it.
package enum Deadline {
  /// - Parameters:
  ///   - seconds: when to give up.
  ///   - what: the thing, in words that follow "waited in vain for".
  ///   - look: nil while it is not there.
  @discardableResult
  package static func wait<Value>(
    _ seconds: Double = 20, for what: @autoclosure () -> String, _ look: () throws -> Value?
  ) throws -> Value {
    let end = Date().addingTimeInterval(seconds)
    while true {
      if let value = try look() { return value }
      guard Date() < end else {
        throw TestBedError("waited \(Int(seconds)) s in vain for \(what())")
      }
      var pause = timespec(tv_sec: 0, tv_nsec: 5_000_000)
      nanosleep(&pause, nil)
    }
  }

  package static func wait(
    _ seconds: Double = 20, until what: @autoclosure () -> String, _ look: () throws -> Bool
  ) throws {
    try wait(seconds, for: what()) { try look() ? true : nil }
  }
}
