// Tests that JSON is read strictly, with messages that say where and why.
import Foundation
import JSON
import TestBed
import Testing

@Suite struct JSONReaderTests {
  private func outcome<Value>(
    _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value
  ) -> Result<Value, JSONError> {
    do throws(JSONError) { return .success(try JSONReader.read(bytes, body)) } catch {
      return .failure(error)
    }
  }

  private func integer(_ text: String) -> Result<Int64, JSONError> {
    outcome(Array(text.utf8)) { (reader) throws(JSONError) in try reader.integer() }
  }

  private func string(_ bytes: [UInt8], limit: Int = 512) -> Result<String, JSONError> {
    outcome(bytes) { (reader) throws(JSONError) in try reader.string(limit: limit) }
  }

  private func anything(_ text: String) -> Result<Range<Int>, JSONError> {
    outcome(Array(text.utf8)) { (reader) throws(JSONError) in try reader.anything() }
  }

  @Test(
    "integers are read exactly up to 2 to the power of 53",
    arguments: [
      ("0", 0), ("-1", -1), (" 42\n", 42), ("9007199254740992", 1 << 53),
      ("-9007199254740992", -(1 << 53)),
    ] as [(String, Int64)])
  func integers(_ text: String, _ number: Int64) {
    #expect(integer(text) == .success(number))
  }

  @Test(
    "loose numbers are no integers",
    arguments: [
      ("9007199254740993", "byte 0: expected a smaller number"),
      ("99999999999999999999999999", "byte 0: expected a smaller number"),
      ("-0", "byte 0: expected an integer"), ("01", "byte 0: expected an integer"),
      ("+1", "byte 0: expected an integer"), ("1.0", "byte 0: expected an integer"),
      ("1e3", "byte 0: expected an integer"), ("-", "byte 0: expected an integer"),
      ("", "byte 0: expected an integer"), ("0x1", "byte 1: more bytes follow the value"),
      ("1 2", "byte 2: more bytes follow the value"), ("NaN", "byte 0: expected an integer"),
    ])
  func looseIntegers(_ text: String, _ message: String) {
    #expect(throws: (any Error).self) { try integer(text).get() }
    if case .failure(let error) = integer(text) { #expect(error.description == message) }
  }

  @Test("any text comes back from its JSON, whoever wrote it")
  func strings() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      let text = random.text()
      var writer = JSONWriter()
      writer.value(text)
      #expect(string(writer.bytes) == .success(text))
      let foreign = try JSONEncoder().encode([text])
      #expect(string(Array(foreign.dropFirst().dropLast())) == .success(text))
      #expect(
        try JSONDecoder().decode([String].self, from: Data([91] + writer.bytes + [93])) == [text])
    }
  }

  @Test(
    "escapes mean what RFC 8259 says",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u7AD9""#, "Aé站"),
      (#""\ud83d\udeaa""#, "🚪"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\u0000""#, "\u{0}"),
    ])
  func escapes(_ json: String, _ text: String) {
    #expect(string(Array(json.utf8)) == .success(text))
  }

  @Test(
    "what is no string is refused",
    arguments: [
      (#""abc"#, "byte 4: the text ends early"), (#""abc\"#, "byte 5: the text ends early"),
      (#""\x41""#, "byte 3: expected an escape that JSON knows"),
      (#""\u12""#, "byte 3: the text ends early"),
      (#""\u12zz""#, "byte 5: expected four hex digits"),
      (#""\ud83d""#, "byte 7: expected the second half of a pair"),
      (#""\ud83d\u0041""#, "byte 13: expected the second half of a pair"),
      (#""\udeaa""#, "byte 7: expected a Unicode scalar"),
      ("\"a\nb\"", "byte 2: expected an escaped control character"),
      ("'a'", "byte 0: expected a string"), ("", "byte 0: the text ends early"),
    ])
  func badStrings(_ json: String, _ message: String) {
    #expect(throws: (any Error).self) { try string(Array(json.utf8)).get() }
    if case .failure(let error) = string(Array(json.utf8)) {
      #expect(error.description == message, "of \(json)")
    }
  }

  @Test(
    "bytes that are not UTF-8 are refused",
    arguments: [
      [0x80], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x61, 0xC3, 0x28],
    ] as [[UInt8]])
  func badUTF8(_ bytes: [UInt8]) {
    let error = JSONError(offset: 0, reason: .invalidUTF8)
    #expect(string([0x22] + bytes + [0x22]) == .failure(error))
    #expect(error.description == "byte 0: not UTF-8")
  }

  @Test("a string may have exactly as many bytes as its limit, written out or escaped")
  func lengths() {
    let tooLong = JSONError(offset: 0, reason: .tooLong(limit: 4))
    #expect(string(Array(#""abcd""#.utf8), limit: 4) == .success("abcd"))
    #expect(string(Array(#""abcde""#.utf8), limit: 4) == .failure(tooLong))
    #expect(string(Array(#""\ud83d\udeaa""#.utf8), limit: 4) == .success("🚪"))
    #expect(string(Array(#""a\ud83d\udeaa""#.utf8), limit: 4) == .failure(tooLong))
    #expect(string(Array(#""a\nbcdefgh""#.utf8), limit: 4) == .failure(tooLong))
    #expect(tooLong.description == "byte 0: longer than 4 bytes")
  }

  @Test("objects and arrays nest 16 deep and no deeper")
  func depth() {
    let deep = { (levels: Int) in
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(anything(deep(16)) == .success(0..<32))
    let error = JSONError(offset: 17, reason: .tooDeep)
    #expect(anything(deep(17)) == .failure(error))
    #expect(error.description == "byte 17: nested more than 16 deep")
    #expect(anything(String(repeating: "[", count: 100_000)) == .failure(error))
  }

  @Test("siblings do not add to the depth")
  func siblings() {
    let text = "[" + Array(repeating: "[{}]", count: 100).joined(separator: ",") + "]"
    #expect(anything(text) == .success(0..<text.utf8.count))
  }

  @Test("the syntax check agrees with another JSON library on damaged text")
  func syntaxAgrees() {
    var random = SeededGenerator(seed: 12)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-0", "1.5", "2e9 ", "01", "1.", "true",
      "false", "null", "nul", " ",
    ]
    var read = 0
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 1...7, using: &random))
        .map { _ in pieces.randomElement(using: &random)! }.joined()
      let ours = (try? anything(text).get()) != nil
      let theirs =
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
        != nil
      #expect(ours == theirs, "\(text)")
      read += ours ? 1 : 0
    }
    #expect(read > 500)
  }

  @Test("an array has no more elements than it may have")
  func arrayLimit() {
    let read: (String) -> Result<Int, JSONError> = { text in
      outcome(Array(text.utf8)) { (reader) throws(JSONError) in
        var count = 0
        try reader.array(limit: 2) { (reader) throws(JSONError) in
          _ = try reader.integer()
          count += 1
        }
        return count
      }
    }
    #expect(read("[]") == .success(0))
    #expect(read("[1, 2]") == .success(2))
    #expect(
      read("[1,2,3]") == .failure(JSONError(offset: 5, reason: .expected("at most 2 elements"))))
    #expect(read("[1,]") == .failure(JSONError(offset: 3, reason: .expected("an integer"))))
    #expect(read("[1 2]") == .failure(JSONError(offset: 3, reason: .expected("\",\" or \"]\""))))
  }

  @Test("booleans and null are whole words in lower case")
  func words() {
    let bool: (String) -> Result<Bool, JSONError> = { text in
      outcome(Array(text.utf8)) { (reader) throws(JSONError) in try reader.bool() }
    }
    #expect(bool("true") == .success(true))
    #expect(bool(" false ") == .success(false))
    #expect(bool("True") == .failure(JSONError(offset: 0, reason: .expected("true or false"))))
    #expect(bool("") == .failure(JSONError(offset: 0, reason: .endsEarly)))
    #expect(bool("truely") == .failure(JSONError(offset: 4, reason: .trailingBytes)))
    let null = outcome(Array("null".utf8)) { (reader) throws(JSONError) in reader.takeNull() }
    #expect(null == .success(true))
  }
}
