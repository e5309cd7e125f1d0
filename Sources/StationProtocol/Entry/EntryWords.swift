// What is said of who wants to come in: what was shown, and why it was granted or refused.

/// The credential that was shown at a reader. A PIN leaves no trace that it could be guessed from.
package enum Credential: Hashable, Sendable {
  /// A member code, by the digest of what was signed, or of what was read where nothing was.
  case code(CodeDigest)
  /// A card, by the digest of its format and number.
  case card(CodeDigest)
  case pin
  /// A code that was typed without a member's number; nil where it is none of the access point, or
  /// where nobody has looked.
  case typed(TypedCodeID?)

  /// How records call it.
  package enum Kind: String, CaseIterable, Sendable {
    case code
    case card
    case pin
    case typed
  }

  package var kind: Kind {
    switch self {
    case .code: .code
    case .card: .card
    case .pin: .pin
    case .typed: .typed
    }
  }

  package var digest: CodeDigest? {
    switch self {
    case .code(let digest), .card(let digest): digest
    case .pin, .typed: nil
    }
  }
}

extension Credential {
  /// The name of a typed code.
  package var typed: TypedCodeID? {
    if case .typed(let id) = self { id } else { nil }
  }
}

/// What a manager should know of a grant; of several the first.
package enum GrantNote: String, CaseIterable, Sendable {
  /// The member showed that he was being forced. Nothing at the door tells.
  case duress
  /// A maintainer came in although others would have been refused.
  case override
  /// By the station's count this member was inside already.
  case passedBack = "passed-back"
  /// More are inside than should be.
  case overCapacity = "over-capacity"
}

/// Why an entry is refused: one closed list, shown to the worker and to the manager.
/// The grounds are examined in this order.
package enum Denial: String, CaseIterable, Sendable {
  case malformed
  case unsupportedAlgorithm = "unsupported-algorithm"
  case unknownKey = "unknown-key"
  case badSignature = "bad-signature"
  /// A card that nobody here has.
  case unknownCard = "unknown-card"
  /// A member number and a PIN that do not belong together.
  case wrongPIN = "wrong-pin"
  /// Digits that were typed without a number, and are no code of this access point.
  case wrongTypedCode = "wrong-typed-code"
  /// Too many wrong cards, PINs or typed codes in a row; member codes are never paused.
  case paused
  /// The station does not know the time well enough to judge a code.
  case clockUntrusted = "clock-untrusted"
  /// The typed code opens later than now.
  case typedCodeEarly = "typed-code-early"
  /// The time of the typed code is over.
  case typedCodeOver = "typed-code-over"
  /// The typed code has opened as often as it may.
  case typedCodeUsed = "typed-code-used"
  /// The key is one that this station knows, and its issuer's time is over.
  case issuerEnded = "issuer-ended"
  case notYetValid = "not-yet-valid"
  case expired
  case tooLongLived = "too-long-lived"
  case noSubject = "no-subject"
  /// Made for another place.
  case wrongAudience = "wrong-audience"
  /// Signed by an issuer that may not sign for this member, or not for this trait.
  case beyondIssuer = "beyond-issuer"
  /// The member's codes are not believed any more.
  case revoked
  /// This code has opened a door before.
  case replayed
  /// The membership rests.
  case suspended
  /// Outside the opening hours.
  case closed
  /// At this time the room is for those who have reserved it.
  case notReserved = "not-reserved"
  /// By the station's count this member is inside already.
  case passedBack = "passed-back"
  /// The other door of a pair is not shut.
  case interlocked
  /// As many are inside as may be.
  case full
  /// Nobody is let in.
  case lockedDown = "locked-down"
  /// Only maintainers are let in.
  case maintenance
  /// The service lets nobody but maintainers in by this reader.
  case readerHeld = "reader-held"

  package init(_ refusal: CodeRefusal) {
    self =
      switch refusal {
      case .malformed: .malformed
      case .unsupportedAlgorithm: .unsupportedAlgorithm
      case .unknownKey: .unknownKey
      case .badSignature: .badSignature
      case .issuerEnded: .issuerEnded
      case .notYetValid: .notYetValid
      case .expired: .expired
      case .tooLongLived: .tooLongLived
      case .noSubject: .noSubject
      case .wrongAudience: .wrongAudience
      case .beyondIssuer: .beyondIssuer
      }
  }
}
