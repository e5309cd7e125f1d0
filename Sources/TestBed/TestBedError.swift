// What went wrong while a whole system was being put up or watched.

/// A step of a story that did not happen, in words for the person who reads the report.
package struct TestBedError: Error, CustomStringConvertible, Sendable {
  package let description: String

  package init(_ description: String) { self.description = description }
}
