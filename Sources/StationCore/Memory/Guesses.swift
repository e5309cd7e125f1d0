// Wrong PINs and cards, as the store keeps them.
import StationProtocol

/// Names a member's number as it was typed, and is not that number: people type PINs in its place.
package struct TypedNumber: Hashable, Sendable {
  package var bits: UInt64

  package init(bits: UInt64) { self.bits = bits }
}

/// Against whom wrong tries count.
package enum GuessKey: Hashable, Comparable, Sendable {
  case reader(AccessPointID)
  case number(TypedNumber)

  private var order: (Int, UInt64) {
    switch self {
    case .reader(let point): (0, UInt64(point.number))
    case .number(let number): (1, number.bits)
    }
  }

  package static func < (one: GuessKey, other: GuessKey) -> Bool { one.order < other.order }
}

/// A change to the wrong tries that boot must know, in durations: no clock of this life means anything
/// to the next.
package enum GuessChange: Equatable, Sendable {
  /// nil where nothing is held against the key any more.
  case bucket(GuessKey, GuessMemory?)
  /// How long ago the last wrong tries were, the oldest first.
  case times([Duration])
}

/// The tries that count against one key, in durations, as boot must know them.
package struct GuessMemory: Equatable, Sendable {
  package var debt: Duration
  /// How often it was full since it was empty.
  package var pauses: Int
  /// For how long tries still wait.
  package var held: Duration

  package init(debt: Duration, pauses: Int, held: Duration) {
    self.debt = debt
    self.pauses = pauses
    self.held = held
  }
}
