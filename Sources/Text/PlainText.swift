// A line of text that a person wrote for people: whether it shows what it says.

/// Reasons, names and labels. They are read by somebody who decides by them, so nothing in them may
/// be invisible, and something must be visible.
public enum PlainText {
  /// Why a text is not acceptable, as the words of an error.
  public enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing but space, or nothing at all.
    case blank
    /// - Parameter place: of the character, counted in Unicode scalars from 1.
    case invisible(Unicode.Scalar, place: Int)
    case tooLong(most: Int)

    /// The fault as the end of a sentence about the text.
    public var description: String {
      switch self {
      case .blank: "it shows nothing"
      case .invisible(let scalar, let place):
        "its character \(place) is \(Excerpt.name(of: scalar)), which nobody sees"
      case .tooLong(let most): "it is longer than \(most) characters"
      }
    }
  }

  /// - Parameter most: in Unicode scalars.
  public static func fault(of text: String, most: Int) -> Fault? {
    var isVisible = false
    var count = 0
    var before: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      count += 1
      guard count <= most else { return .tooLong(most: most) }
      if isHidden(scalar) {
        // It says in which of its forms the character before it is shown.
        let isSelector = scalar.properties.isVariationSelector
        guard isSelector, let before, shows(before) else {
          return .invisible(scalar, place: count)
        }
      }
      if shows(scalar) { isVisible = true }
      before = scalar
    }
    return isVisible ? nil : .blank
  }

  /// Control and format characters, marks of direction, line ends, and whatever a font shall not
  /// draw (Unicode's Default_Ignorable_Code_Point).
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    // Nearly all of what is asked about.
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint { return true }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default: return false
    }
  }

  /// Signs and letters by their category that are blank by their definition: the pattern of braille
  /// without a dot, the blanks of hieroglyphs, the head of a note that has none.
  private static let blanks: [Unicode.Scalar] = [
    "\u{2800}", "\u{13441}", "\u{13442}", "\u{1D159}",
  ]

  /// Whether it leaves a trace by itself: a letter, a digit, a sign.
  private static func shows(_ scalar: Unicode.Scalar) -> Bool {
    guard !blanks.contains(scalar), !isHidden(scalar) else { return false }
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .nonspacingMark, .enclosingMark, .spacingMark: return false
    default: return true
    }
  }
}
