// The JSON reader and writer, held against a plain second reading of the same grammar.
import JSON

extension Probe {
  static let json = [
    Probe("json", longest: 2048, words: Words.json) { (bytes) throws(Violation) in
      let syntax = JSONSyntax(bytes)
      do throws(JSONError) {
        _ = try JSONReader.read(bytes) { (reader) throws(JSONError) in try reader.anything() }
      } catch {
        // The reader bounds what the grammar does not.
        let isBounded = syntax.map {
          $0.deepest <= JSONReader.deepest && $0.longestName <= 64
        }
        try expect(isBounded != true, "what is JSON is read, not refused: \(error)")
        return try check(error, bytes)
      }
      try expect(syntax != nil, "what is no JSON is refused")
      try checkString(bytes)
      try checkInteger(bytes)
    }
  ]

  /// - Throws: where an error does not point into the text.
  static func check(_ error: JSONError, _ bytes: [UInt8]) throws(Violation) {
    try expect((0...bytes.count).contains(error.offset), "an error is in the text: \(error)")
  }

  private static func checkString(_ bytes: [UInt8]) throws(Violation) {
    let string = { (bytes: [UInt8]) in
      try? JSONReader.read(bytes) { (reader) throws(JSONError) in
        try reader.string(limit: 4096)
      }
    }
    guard let text = string(bytes) else { return }
    var writer = JSONWriter()
    writer.value(text)
    try expect(JSONSyntax(writer.bytes) != nil, "what is written is JSON")
    // The same scalars: Swift's own equality would let a letter and its parts be one.
    let again = string(writer.bytes)
    try expect(
      again.map { $0.utf8.elementsEqual(text.utf8) } ?? false,
      "a text that is written comes back")
  }

  private static func checkInteger(_ bytes: [UInt8]) throws(Violation) {
    let integer = try? JSONReader.read(bytes) { (reader) throws(JSONError) in
      try reader.integer()
    }
    guard let integer else { return }
    let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let digits = bytes.filter { !space.contains($0) }
    try expect(
      String(integer).utf8.elementsEqual(digits), "an integer has one spelling: \(integer)")
  }
}
