// Credentials besides codes: cards by their number, and numbers typed at a keypad.
import StationProtocol

/// A card at a reader. The digest names it in records; its number is written nowhere.
package struct CardPresentation: Equatable, Sendable {
  package var card: Card
  package var digest: CodeDigest

  package init(_ card: Card, digest: CodeDigest) {
    self.card = card
    self.digest = digest
  }
}

/// A member's number and PIN, typed and compared. The PIN itself never comes this far.
package enum PINAttempt: Equatable, Sendable {
  /// The PIN was that member's.
  case right(MemberID)
  /// The PIN is the one that the member types under threat.
  case duress(MemberID)
  /// There is no such number, or it was not its PIN: which of the two is nobody's business.
  case wrong
}

/// One attempt to come in, whatever was shown.
package enum EntryAttempt: Equatable, Sendable {
  case code(Presentation)
  case card(CardPresentation)
  /// The number that was typed is nil where what was typed has none.
  case pin(PINAttempt, number: TypedNumber? = nil)
  /// As many digits as a typed code has, hashed with the salt of the access point.
  case typed(TypedCodeHash)

  /// What tells this showing from another; nil where each is one of its own.
  var digest: CodeDigest? {
    switch self {
    case .code(let presentation): presentation.digest
    case .card(let presentation): presentation.digest
    case .typed(let hash): hash.digest
    case .pin: nil
    }
  }

  /// The number whose PIN was tried.
  var number: TypedNumber? {
    if case .pin(_, let number) = self { number } else { nil }
  }
}
