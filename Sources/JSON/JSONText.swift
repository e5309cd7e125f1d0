// JSON as a text, without what it means.

/// Changes of form in a text that is known to be JSON.
public enum JSONText {
  /// The same without the white space between its tokens, so that it stands on one line.
  /// - Parameter json: read by a reader before; of anything else nothing is said.
  public static func compact(_ json: [UInt8]) -> [UInt8] {
    // Mostly nothing is to be left out, and a glance shows it.
    guard json.contains(where: { $0 <= 0x20 }) else { return json }
    var compact: [UInt8] = []
    compact.reserveCapacity(json.count)
    var isString = false
    var isEscaped = false
    for byte in json {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        isString.toggle()
      } else if isString {
        isEscaped = byte == UInt8(ascii: "\\")
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
        continue
      }
      compact.append(byte)
    }
    return compact
  }
}
