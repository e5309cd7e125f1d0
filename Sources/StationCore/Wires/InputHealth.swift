// Which inputs of an access point, or of the station, chatter too fast to mean anything.

/// An input of the station, for those who must know which one is unsound.
package enum InputLine: String, CaseIterable, Sendable, Comparable {
  case contact, exit, outerBeam, innerBeam, strikeFeedback, tamper, counter
  case fire, secondFire, fireReset, lockDown, maintenance, emergency, motion, relayOverride
  case machineDoor
  /// The wires of a card reader or keypad.
  case reader

  package static func < (one: InputLine, other: InputLine) -> Bool {
    one.rawValue < other.rawValue
  }
}

/// The inputs of one place that chatter. While one does, what it says is not known; its alarm
/// stands until the last of them is quiet.
package struct InputHealth: Equatable, Sendable {
  /// Sorted.
  package private(set) var chattering: [InputLine] = []

  package init() {}

  /// - Returns: whether the alarm is to stand, where that changes.
  package mutating func chatter(_ line: InputLine, _ isChattering: Bool) -> Bool? {
    let hadAny = !chattering.isEmpty
    chattering.removeAll { $0 == line }
    if isChattering { chattering = (chattering + [line]).sorted() }
    return hadAny == !chattering.isEmpty ? nil : isChattering
  }
}
