// Configuration files: what is read, what is refused with its line, and what is printed.

import StationProtocol
import Testing

private let table = ConfigurationTable(
  title: "An example.",
  [
    ConfigurationSection(
      "station", "Who this station is.",
      [
        ConfigurationKey("id", .text, standard: nil, "The name in every topic."),
        ConfigurationKey("note", .text, standard: "", "For people."),
      ]),
    ConfigurationSection(
      "mqtt", "The broker.",
      [
        ConfigurationKey("port", .integer(1...65_535), standard: "1883", "Where it listens."),
        ConfigurationKey("tls", .boolean, standard: "no", "Whether the link is encrypted."),
        ConfigurationKey(
          "keep-alive", .duration(.seconds(1)...(.seconds(3600))), standard: "10s",
          "How long it may be silent."),
      ]),
    ConfigurationSection(
      "reader", exampleArgument: "1", "A code reader.",
      [
        ConfigurationKey("device", .text, standard: nil, "Its line."),
        ConfigurationKey("mode", .choice(["line", "gap"]), standard: "line", "How a code ends."),
      ]),
  ])

/// The errors of a text; none where it is good.
private func errors(_ text: String) -> [String] {
  switch table.read(Array(text.utf8)) {
  case .success: []
  case .failure(let failure): failure.errors.map(\.description)
  }
}

@Suite("Configuration files")
struct INITests {
  @Test("values are typed, standard values stand in, comments and space are nothing")
  func good() throws {
    let text =
      "# top\r\n[station]\r\n id=a-1 \r\n; more\n[reader 2]\ndevice = /dev/b # no comment\n"
      + "[mqtt]\nkeep-alive = 1500 ms\ntls = yes\n\n[reader 1]\n\tdevice=/dev/a\nmode = gap"
    let reading = try table.read(Array(text.utf8)).get()
    #expect(reading["station"].text("id") == "a-1")
    #expect(reading["station"].optionalText("note") == nil)
    #expect(reading["mqtt"].integer("port") == 1883)
    #expect(reading["mqtt"].boolean("tls"))
    #expect(reading["mqtt"].duration("keep-alive") == .milliseconds(1500))
    #expect(reading["mqtt"].line(of: "tls") == 9)
    #expect(reading["mqtt"].line(of: "port") == 7)
    #expect(reading.all("reader").map(\.argument) == ["2", "1"])
    #expect(reading.all("reader").map { $0.text("device") } == ["/dev/b # no comment", "/dev/a"])
    #expect(reading.all("reader").map { $0.text("mode") } == ["line", "gap"])
  }

  @Test("every mistake is reported, with its line, in one go")
  func allErrors() {
    let text = """
      stray = 1
      [station]
      colour = red
      [mqtt]
      port = 70000
      tls = maybe
      tls = no
      keep-alive = 10
      nonsense
      = 3
      [reader]
      device = a
      [reader 1]
      device = b
      [reader 1]
      device = c
      mode = x
      [mqtt 2]
      [oven]
      [broken
      [ ]
      """
    #expect(
      errors(text) == [
        "line 1: \"stray\" stands before any section",
        "line 2: [station] needs \"id\": The name in every topic.",
        "line 3: unknown key \"colour\" in [station]; there are id, note",
        "line 5: \"port\" must be a whole number from 1 to 65535, not \"70000\"",
        "line 6: \"tls\" must be yes or no, not \"maybe\"",
        "line 7: \"tls\" stands in line 6 already",
        "line 8: \"keep-alive\" must be a time from 1s to 1h, not \"10\"",
        "line 9: expected \"[section]\", \"key = value\" or a comment",
        "line 10: a key is missing before \"=\"",
        "line 11: [reader] needs a word behind its name, as in [reader 1]",
        "line 15: [reader] stands in line 13 already",
        "line 17: \"mode\" must be line or gap, not \"x\"",
        "line 18: [mqtt] takes nothing behind its name",
        "line 19: unknown section [oven]; there are [station], [mqtt], [reader]",
        "line 20: a section ends with \"]\"",
        "line 21: a section needs a name",
      ])
  }

  @Test("a section that is missing is an error only where it has a key without standard value")
  func missingSection() {
    #expect(errors("") == ["[station] needs \"id\": The name in every topic."])
    #expect(errors("[station]\nid = a") == [])
  }

  @Test("a file that is no text, or too long, is refused")
  func notText() {
    #expect(table.read([0xFF]).failure == [ConfigurationError(line: nil, "not UTF-8")])
    let long = [UInt8](repeating: 0x20, count: INI.mostBytes + 1)
    #expect(
      table.read(long).failure
        == [ConfigurationError(line: nil, "longer than 65536 bytes")])
  }

  @Test("the printed example says what each key expects, and lacks only what must be given")
  func example() {
    let text = table.example
    #expect(
      errors(text.replacingFirst("id = ", "id = a").replacingFirst("device = ", "device = b"))
        == [])
    #expect(text.contains("# How long it may be silent. (a time from 1s to 1h)\n#keep-alive = 10s"))
    #expect(text.contains("\n[reader 1]\n"))
  }

  @Test(
    "durations without a unit, with a sign or beyond all sense are refused",
    arguments: ["10", "-1 s", "1.5 s", "s", "1 d", "9999999999 h", "1 s s", "999ms", "2h"])
  func badDurations(text: String) {
    let expected = "line 4: \"keep-alive\" must be a time from 1s to 1h, not \"\(text)\""
    #expect(errors("[station]\nid = a\n[mqtt]\nkeep-alive = \(text)") == [expected])
  }
}

extension Result where Failure == ConfigurationErrors {
  /// The errors; none where it succeeded.
  fileprivate var failure: [ConfigurationError] {
    if case .failure(let failure) = self { failure.errors } else { [] }
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, _ other: String) -> String {
    guard let range = firstRange(of: text) else { return self }
    return replacingCharacters(in: range, with: other)
  }

  private func replacingCharacters(in range: Range<Index>, with other: String) -> String {
    String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
