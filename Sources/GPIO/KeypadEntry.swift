// What somebody types at a keypad that sends key by key, up to its `#`.
import Time

/// One row of keys. What nobody finishes is forgotten, so that the next one at the door does not
/// go on with it.
package struct KeypadEntry: Equatable, Sendable {
  /// So many keys are a row at most; `BoardCredential` takes no more.
  package static let longest = 32

  package enum Outcome: Equatable, Sendable {
    case entered(BoardCredential)
    /// More keys than a row has. Said once, and nothing counts up to the next `#`.
    case tooLong
  }

  /// How long after a key the next one belongs to it.
  package let patience: Duration
  private var keys = ""
  private var lastAt: Instant?
  private var isTooLong = false

  package init(patience: Duration = .seconds(10)) { self.patience = patience }

  /// When what was typed is forgotten; nil where nothing was.
  private var deadline: Instant? { lastAt.map { $0 + patience } }

  /// Takes one of 0 to 9, `*` and `#`. `#` alone clears.
  package mutating func press(_ key: Character, at now: Instant) -> Outcome? {
    passed(at: now)
    if key == "#" {
      defer { self = KeypadEntry(patience: patience) }
      return isTooLong ? nil : BoardCredential(keys: keys).map { .entered($0) }
    }
    lastAt = now
    guard !isTooLong else { return nil }
    guard keys.utf8.count < Self.longest else {
      keys = ""
      isTooLong = true
      return .tooLong
    }
    keys.append(key)
    return nil
  }

  package mutating func passed(at now: Instant) {
    guard let deadline, deadline <= now else { return }
    self = KeypadEntry(patience: patience)
  }
}
