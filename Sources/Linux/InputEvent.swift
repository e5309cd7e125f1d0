// What an input device says: keys that go down and up, and the ends of its reports.

/// One event of a device with keys, as the kernel tells it (input-event-codes.h of Linux).
package enum InputEvent: Equatable, Sendable {
  /// - Parameter code: the key's number, the same whatever is printed on it.
  case key(_ code: UInt16, Motion)
  /// The device's report ends here: what came since the last one happened at once.
  case reportEnds
  /// The kernel had no room for what was typed: some of it is missing here.
  /// - Parameter held: the keys that are down now.
  case lost(held: [UInt16])

  package enum Motion: Int32, Sendable {
    case released = 0
    case pressed = 1
    /// Held for so long that it types again.
    case repeated = 2
  }
}
