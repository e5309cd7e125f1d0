// A number in a request's query or header, in the one spelling that it has.

package enum RequestNumber {
  /// - Returns: nil for what is out of range and for any other spelling than digits without sign
  ///   and without leading zeros.
  package static func read(_ text: String, in range: ClosedRange<Int64>) -> Int64? {
    guard let number = Int64(text), range.contains(number),
      String(number).utf8.elementsEqual(text.utf8)
    else { return nil }
    return number
  }
}
