// How long a code may be, and how much may be in it.

/// The bounds within which a code is read at all. More is refused before anything is built of it.
package struct CodeBounds: Equatable, Sendable {
  /// The most characters of the code as text, in base45.
  package let characters: Int
  /// The most bytes of the message that the text stands for, and of each message inside it.
  package let bytes: Int
  /// CBOR items in one message, with those inside each other.
  package let items: Int

  /// The bounds of anything shown at a reader: a member code has at most 300 characters.
  package static let station = CodeBounds(characters: 512, bytes: 1024, items: 256)

  /// The bounds of a maintainer's own checks: 4 KiB of COSE, so that other people's test data can
  /// be tried.
  package static let anyLength = CodeBounds(characters: 4096 / 2 * 3, bytes: 4096, items: 1024)
}
