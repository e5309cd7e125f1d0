// Configuration files: what is read, what is refused with its line, and what is printed.

import Configuration
import Testing

private let table = ConfigurationTable([
  .init(
    "station", "Who this station is.",
    keys: [
      .init(
        "id",
        .word(
          "a station id", accepts: { $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } }),
        .required(example: "demo-1"), "The name in every topic."),
      .init("note", .text, .optional(example: "by the gate"), "For people."),
    ]),
  .init(
    "mqtt", "The broker.",
    keys: [
      .init("port", .integer(1...65_535, unit: ""), .standard("1883"), "Where it listens."),
      .init("tls", .boolean, .standard("no"), "Whether the link is encrypted."),
      .init(
        "keep-alive", .duration(.seconds(1)...(.seconds(3600))), .standard("10 s"),
        "How long it may be silent."),
    ]),
  .init(
    "reader", "A code reader.",
    .repeated(argument: "access point", example: "1", accepts: { ["1", "2"].contains($0) }),
    keys: [
      .init("device", .path, .required(example: "/dev/scanner"), "Its line."),
      .init("mode", .choice(["line", "gap"]), .standard("line"), "How a code ends."),
      .init("speed", .integer(1...9, unit: ""), .optional(example: "5"), "Its speed."),
    ]),
])

/// The problems of a text; none where it is good.
private func problems(_ text: String) -> [String] {
  do throws(ConfigurationError) {
    _ = try table.read(Array(text.utf8))
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

@Suite("Configuration files")
struct INITests {
  @Test("values are typed, defaults stand in, comments and space are nothing")
  func good() throws {
    let text =
      "# top\r\n[station]\r\n id=a-1 \r\n; more\n[reader 2]\ndevice = /dev/b#2\n"
      + "[mqtt]\nkeep-alive = 1500ms\ntls = yes\n\n[reader 1]\n\tdevice=/dev/a\nmode = gap"
    let configuration = try table.read(Array(text.utf8))
    #expect(configuration.section("station").text("id") == "a-1")
    #expect(configuration.section("station").optionalText("note") == nil)
    let mqtt = configuration.section("mqtt")
    #expect(mqtt.integer("port") == 1883)
    #expect(mqtt.boolean("tls"))
    #expect(mqtt.duration("keep-alive") == .milliseconds(1500))
    #expect(mqtt.line(of: "tls") == 9)
    #expect(mqtt.line(of: "port") == 7)
    let readers = configuration.sections("reader")
    #expect(readers.map(\.argument) == ["2", "1"])
    #expect(readers.map { $0.text("device") } == ["/dev/b#2", "/dev/a"])
    #expect(readers.map { $0.text("mode") } == ["line", "gap"])
  }

  @Test("every mistake is reported, with its line, in one go")
  func allProblems() {
    let text = """
      stray = 1
      [station]
      id = Bad Name
      colour = red
      [mqtt]
      port = 70000
      port = 1
      tls = maybe
      keep-alive = 10
      nonsense
      [reader]
      [reader 7]
      device = relative
      [reader 1]
      device = /dev/a
      [reader 1]
      device = /dev/b
      mode = x
      [mqtt 2]
      [oven]
      [broken
      """
    #expect(
      problems(text) == [
        "line 1: \"stray\" stands before the first section",
        "line 3: \"id\" expects a station id, not \"Bad Name\"",
        "line 4: [station] has no key \"colour\"",
        "line 6: \"port\" expects a number from 1 to 65535, not \"70000\"",
        "line 7: \"port\" stands in line 6 already",
        "line 8: \"tls\" expects yes or no, not \"maybe\"",
        "line 9: \"keep-alive\" expects a time from 1 s to 1 h, not \"10\"",
        "line 10: expected \"key = value\", \"[section]\" or a comment",
        "line 11: [reader] needs its access point, as in [reader 1]",
        "line 11: [reader] lacks its key \"device\"",
        "line 12: \"7\" is no access point for [reader], as 1 is",
        "line 13: \"device\" expects an absolute path, not \"relative\"",
        "line 16: [reader 1] stands in line 14 already",
        "line 18: \"mode\" expects one of line, gap, not \"x\"",
        "line 19: [mqtt] takes no argument",
        "line 20: no section [oven]",
        "line 21: a section is written [name] or [name argument]",
      ])
  }

  @Test("a comment behind a value, and quotes around one, are refused with their line")
  func slips() {
    let text =
      "[station]\nid = a # mine\nnote = \"by the gate\"\n[reader 1]\n"
      + "device = /dev/ttyUSB0\t# front\nmode = 'line'\n[mqtt]\nport = 1883 # plain\n"
    #expect(
      problems(text) == [
        "line 2: \"id\" holds \" #\": a comment needs a line of its own",
        "line 3: \"note\" is in quotes, which would be part of it",
        "line 5: \"device\" holds \" #\": a comment needs a line of its own",
        "line 6: \"mode\" is in quotes, which would be part of it",
        "line 8: \"port\" holds \" #\": a comment needs a line of its own",
      ])
    #expect(problems("[station]\nid = a\nnote = gate \"B\", 2nd#floor \"x\n") == [])
  }

  @Test("a section that is missing is a problem only where it has a required key")
  func missingSection() {
    #expect(problems("") == ["[station] lacks its key \"id\""])
    #expect(problems("[station]\nid = a") == [])
    #expect(problems("[station]") == ["line 1: [station] lacks its key \"id\""])
  }

  @Test("bytes that are no text are refused")
  func notText() {
    do throws(ConfigurationError) {
      _ = try table.read(Array("[station]\nid = a\n".utf8) + [0xFF, 0x0A])
      Issue.record("accepted")
    } catch {
      #expect(error.problems == [ConfigurationProblem(line: 3, "the line is not UTF-8")])
    }
  }

  @Test("a combining mark behind a bracket, a space or an equals sign takes nothing from it")
  func combiningMarks() {
    let file = INI(Array("[\u{301}a \u{301}b]\n\u{301}k =\u{301}v \u{301}\n".utf8))
    #expect(file.problems.isEmpty)
    #expect(file.sections.map(\.name) == ["\u{301}a"])
    #expect(file.sections.first?.argument == "\u{301}b")
    #expect(file.sections.first?.entries.map(\.key) == ["\u{301}k"])
    #expect(file.sections.first?.entries.map(\.value) == ["\u{301}v \u{301}"])
  }

  @Test("a byte order mark before the first line is nothing, and UTF-16 is named for what it is")
  func marks() throws {
    let marked = try table.read([0xEF, 0xBB, 0xBF] + Array("[station]\nid = a\n".utf8))
    #expect(marked.section("station").text("id") == "a")
    #expect(
      INI([0xFF, 0xFE, 0x5B, 0]).problems.map(\.message) == ["the file is UTF-16: save it as UTF-8"]
    )
  }

  @Test("a character that nobody sees is refused, but for the two ends of a line and tabs")
  func controlCharacters() {
    let hidden = [
      ("\r", "U+000D"), ("\0", "U+0000"), ("\u{7F}", "U+007F"), ("\u{0B}", "U+000B"),
      ("\u{200B}", "U+200B"),
    ]
    for (character, name) in hidden {
      let file = INI(Array("[station]\r\nid =\ta\nid = a\(character)b\r\n".utf8))
      let message = "the line holds \(name), which nobody would see"
      #expect(file.problems == [ConfigurationProblem(line: 3, message)])
      #expect(file.sections.map(\.entries.count) == [1])
    }
  }

  @Test("the printed default is a good configuration and says what each key expects")
  func defaults() {
    let text = table.defaultText
    #expect(problems(text) == [])
    #expect(
      text.hasPrefix(
        """
        # Who this station is.
        [station]
        # The name in every topic. Expects a station id.
        id = demo-1
        # For people. Expects some text.
        #note = by the gate

        # The broker.
        [mqtt]
        """))
    #expect(text.contains("# How long it may be silent. Expects a time from 1 s to 1 h.\n"))
    // A section that may be left out has one mark more, and whatever may be left out there another.
    #expect(
      text.hasSuffix(
        """

        # A code reader. To have one, take one # away before its name and each of its keys.
        #[reader 1]
        # Its line. Expects an absolute path.
        #device = /dev/scanner
        # How a code ends. Expects one of line, gap.
        #mode = line
        # Its speed. Expects a number from 1 to 9.
        ##speed = 5

        """))
    #expect(table.sections.last?.isPrinted == false)
  }

  @Test(
    "durations are read with their unit and written in the shortest form",
    arguments: [
      ("0 s", "0 s"), ("1500ms", "1500 ms"), ("60 s", "1 min"), ("90s", "90 s"),
      ("120 min", "2 h"), ("2562047 h", "2562047 h"),
    ])
  func durations(text: String, form: String) throws {
    let duration = try #require(Duration(configured: text))
    #expect(duration.configured == form)
    #expect(Duration(configured: form) == duration)
  }

  @Test("durations without a unit, with a sign or beyond all sense are refused")
  func badDurations() {
    for text in ["10", "-1 s", "1.5 s", "s", "", "1 d", "9999999999 h", "1 s s", "2562048 h"] {
      #expect(Duration(configured: text) == nil)
    }
  }
}
