// Which inputs of an access point, or of the station, chatter too fast to mean anything.

/// An input of the station by its name, for those who must know which one is unsound. The names
/// that a room has something to do with are these; any other wire has its own.
package struct InputLine: RawRepresentable, Hashable, Sendable, Comparable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let contact = InputLine(rawValue: "contact")
  package static let strikeFeedback = InputLine(rawValue: "strike-feedback")
  package static let outerBeam = InputLine(rawValue: "outer-beam")
  package static let innerBeam = InputLine(rawValue: "inner-beam")
  package static let fire = InputLine(rawValue: "fire")
  package static let secondFire = InputLine(rawValue: "fire-b")
  package static let motion = InputLine(rawValue: "motion")
  /// The wires of a card reader or keypad.
  package static let reader = InputLine(rawValue: "reader")

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
