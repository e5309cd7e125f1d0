// What a station can do, and which version of the contract it speaks.

/// The version of the contract between stations and service, as far as one side has to know it of
/// the other. A new member or a new kind of record needs none: whoever does not know it passes it
/// over, or keeps it until it does.
package enum ProtocolVersion {
  package static let current: Int64 = 1
}

/// Something that a station can do, by what it is equipped with: 1 to 48 of `a-z`, `0-9` and `-`.
/// A later version may have more words than this one knows.
package struct Capability: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The most that a station names.
  package static let most = 32

  /// The station lets people in at its access points.
  package static let entry = Capability(known: "entry")
  /// The station counts who is inside.
  package static let occupancy = Capability(known: "occupancy")
  /// The station switches relays by who is inside.
  package static let relays = Capability(known: "relays")
  /// The station has thermometers.
  package static let climate = Capability(known: "climate")
  /// The station has energy meters.
  package static let energy = Capability(known: "energy")
  /// The station has an exchange machine.
  package static let exchange = Capability(known: "exchange")

  package let text: String

  private init(known text: String) { self.text = text }

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: 48) else { return nil }
    self.text = String(text)
  }

  package var description: String { text }
  package static func < (one: Capability, other: Capability) -> Bool { one.text < other.text }
}

extension Capability: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }

  static let bounds = ListBounds<Capability>(most: most, "capabilities") { $0 < $1 }
}
