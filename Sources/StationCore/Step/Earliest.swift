// The earliest of many deadlines, found without a list of them.
import Time

/// Takes deadlines one by one and keeps the earliest. A station asks for its next deadline after
/// each event, of some twenty parts that mostly wait for nothing.
struct Earliest {
  /// nil while none was added.
  private(set) var deadline: Instant?

  /// - Parameter other: nil where a part waits for nothing.
  mutating func add(_ other: Instant?) {
    guard let other else { return }
    deadline = deadline.map { min($0, other) } ?? other
  }
}
