// Plants one fault of each kind, and something innocent beside it: a rule that finds nothing is none.
import Testing

@Suite("Each rule finds what it is for")
struct PlantedTests {
  /// Where a text is planted, the text, and the lines on which a rule must find something.
  struct Plant: Sendable, CustomTestStringConvertible {
    let path: String
    let text: String
    let lines: [Int]
    var testDescription: String {
      "\(path): \(text.prefix(60).split(separator: "\n").joined(separator: " | "))"
    }

    init(_ path: String, _ text: String, _ lines: [Int]) {
      self.path = path
      self.text = text
      self.lines = lines
    }
  }

  @Test(
    "an import that the architecture forbids is found",
    arguments: [
      Plant("Sources/StationCore/A.swift", "// A.\nimport Foundation", [2]),
      Plant("Sources/StationCore/A.swift", "import StationProtocol\nimport Glibc", [2]),
      Plant("Sources/StationCore/A.swift", "import struct Foundation.Date", [1]),
      Plant("Sources/HTTP/A.swift", "import Linux\n@preconcurrency import CSQLite", [2]),
      Plant("Sources/StationShell/A.swift", "import ManagementCore", [1]),
      Plant("Sources/Linux/A.swift", "import Dispatch\n// import Foundation", [1]),
      Plant("Sources/Novelty/A.swift", "import Glibc", [1]),
      Plant("Tests/AdapterTests/A.swift", "import Foundation", []),
      Plant("Sources/SQLite/A.swift", "import CSQLite\nimport Glibc", []),
    ])
  func imports(plant: Plant) { expect(importFaults, plant) }

  @Test(
    "a forbidden word is found where it is forbidden, and only where it is meant",
    arguments: [
      (WordRule.accessLevels, Plant("Tests/A/A.swift", "let a = 1\npublic let b = 2", [2])),
      (.accessLevels, Plant("Sources/A/A.swift", "// public\nlet a = \"public\"", [])),
      (.openClasses, Plant("Sources/A/A.swift", "open class A {}", [1])),
      (.openClasses, Plant("Sources/A/A.swift", "door.open(); case open\nlet open = 1", [])),
      (.forcedTries, Plant("Sources/A/A.swift", "let a = try! b()", [1])),
      (.forcedTries, Plant("Sources/A/A.swift", "let a = try b()\nlet c = try? !d()", [])),
      (.forcedCasts, Plant("Tests/A/A.swift", "a\nb as! C", [2])),
      (.forcedCasts, Plant("Tests/A/A.swift", "b as? C", [])),
      (.concurrency, Plant("Sources/Linux/A.swift", "func a() async {}\nTask { }", [1, 2])),
      (.concurrency, Plant("Sources/Linux/A.swift", "let a = \"\\(await b)\"", [1])),
      (.concurrency, Plant("Sources/demo/A.swift", "func a() async {}", [])),
      (.actors, Plant("Sources/ManagementCore/A.swift", "actor Door {}", [1])),
      (.actors, Plant("Sources/ManagementCore/A.swift", "let actor = token.actor\n", [])),
      (.clocks, Plant("Sources/StationCore/A.swift", "a\nlet b = Date()", [2])),
      (.clocks, Plant("Sources/StationCore/A.swift", "let b = time(nil)", [1])),
      (.clocks, Plant("Sources/StationCore/A.swift", "let time = record.time\nfunc time() {}", [])),
      (.clocks, Plant("Sources/Linux/A.swift", "let b = time(nil)", [])),
      (.currentTime, Plant("Sources/StationCore/A.swift", "a(.now)\nb = Timer.now", [1, 2])),
      (.currentTime, Plant("Sources/StationCore/A.swift", "a(event.now, now)", [])),
      (.randomness, Plant("Sources/StationCore/A.swift", "Int.random(in: 0...1)", [1])),
      (
        .randomness,
        Plant("Sources/StationCore/A.swift", "let random: UInt64\nfunc random() {}", [])
      ),
      (.seededRandomness, Plant("Sources/FleetSimulator/A.swift", "a.shuffled()", [1])),
      (.seededRandomness, Plant("Sources/FleetSimulator/A.swift", "a.shuffled(using: &b)", [])),
      (.effects, Plant("Sources/ManagementCore/A.swift", "getenv(\"A\")", [1])),
      (.effects, Plant("Sources/ManagementCore/A.swift", "fputs(\"A\", out)\na.exit()", [1])),
      (.printing, Plant("Sources/HTTP/A.swift", "print(\"a\")", [1])),
      (
        .printing, Plant("Sources/HTTP/A.swift", "page.print()\nfunc print() {}\nlet print = 1", [])
      ),
      (.printing, Plant("Sources/stationctl/A.swift", "print(\"a\")", [])),
      (.sleeping, Plant("Tests/A/A.swift", "a()\nusleep(10)\nTask.sleep(for: b)", [2, 3])),
      (.sleeping, Plant("Tests/A/A.swift", "let sleep = 1", [])),
      (.disabling, Plant("Tests/A/A.swift", "@Test(.disabled(\"later\"))", [1])),
      (.disabling, Plant("Tests/A/A.swift", "let a = button.disabled", [])),
    ])
  func words(rule: WordRule, plant: Plant) { expect(rule.faults, plant) }

  @Test("every rule about words has a plant that it finds")
  func everyRule() {
    let samples = [
      "Sources/StationCore/A.swift", "Sources/FleetSimulator/A.swift", "Tests/A/A.swift",
    ]
    for rule in WordRule.all {
      #expect(samples.contains { rule.holds(SourceFile($0, "")) }, "\(rule.name) holds nowhere")
      #expect(!rule.instead.isEmpty)
    }
  }

  @Test(
    "a file of 401 lines of the product is found, and one of 501 elsewhere; shorter ones are not")
  func fileSizes() {
    func plant(_ path: String, _ count: Int, _ lines: [Int]) -> Plant {
      Plant(path, String(repeating: "let a = 1\n", count: count), lines)
    }
    expect(sizeFaults, plant("Sources/A/A.swift", 400, []))
    expect(sizeFaults, plant("Sources/A/A.swift", 401, [401]))
    expect(sizeFaults, plant("Tests/A/A.swift", 500, []))
    expect(sizeFaults, plant("Tests/A/A.swift", 501, [501]))
    expect(sizeFaults, plant("Sources/A/Web/a.css", 501, [501]))
    expect(sizeFaults, plant("Tests/A/a.json", 501, []))
  }

  @Test("a function of 61 lines is found, one of 60 is not")
  func functionSizes() {
    let line = "  if a { b(\"}\") }  // }\n"
    let body = { (count: Int) in
      "func a(b: () -> C = { 1 }) -> C {\n" + String(repeating: line, count: count) + "}\n"
    }
    expect(functionFaults, Plant("Sources/A/A.swift", "// A.\n" + body(58), []))
    expect(functionFaults, Plant("Sources/A/A.swift", "// A.\n" + body(59), [2]))
    let requirement = "protocol A {\n  func b()\n  func c() -> D\n}\n"
    let long = "struct E {\n" + String(repeating: "  let a = 1\n", count: 80) + "}\n"
    expect(functionFaults, Plant("Sources/A/A.swift", requirement + long, []))
  }

  @Test(
    "a file without a sentence of purpose is found",
    arguments: [
      Plant("Sources/A/A.swift", "import Glibc\n", [1]),
      Plant("Sources/A/A.swift", "// Doors\nimport Glibc\n", [1]),
      Plant("Sources/A/A.swift", "// What a door is, and what\n// it can become.\nlet a = 1", []),
      Plant("Sources/A/A.swift", "// a program\n", []),
      Plant("Package.swift", "// swift-tools-version: 6.0\nimport B", [2]),
      Plant("Sources/A/Web/a.css", "body { }", [1]),
      Plant("Sources/A/Web/a.css", "/* How the pages look, everywhere. */\nbody { }", []),
      Plant("Sources/A/Web/a.js", "export const a = 1;", [1]),
      Plant(".ci/a", "#!/bin/bash\nset -e", [2]),
      Plant(".ci/a", "#!/bin/bash\n# Runs what has to be run.\nset -e", []),
      Plant("Tests/A/a.py", "import json\n", [1]),
    ])
  func purposes(plant: Plant) { expect(purposeFaults, plant) }

  @Test("a doc comment that leaves its subject out is found")
  func subjects() {
    let text =
      "/// It is open.\nlet a = 1\n  /// Of the door.\n  /// It is.\n  let b = 1\n"
      + "/// The door.\n/// It is open.\nlet c = 1\n/// Items.\nlet d = 1\n/// Whose?\nlet e = 1\n"
      + "/// What is open.\nlet f = 1\n/// What a door says.\nlet g = 1\n/// Where it is.\nlet h = 1\n"
    expect(subjectFaults, Plant("Sources/A/A.swift", text, [1, 3, 11, 13, 17]))
    expect(subjectFaults, Plant("Tests/A/A.swift", text, []))
  }

  @Test("an interpolation or a closure in an attribute is found")
  func attributes() {
    let text =
      "@Test(\"a\", arguments: [\n  \"b \\(c)\", #\"d \\#(e)\"#])\nfunc f() { g(\"\\(h)\") }\n"
    expect(attributeFaults, Plant("Tests/A/A.swift", text, [2, 2]))
    let closure = "@Test(arguments: a.map { b })\n@Test func b() { c(\"\\(d)\") }\n"
    expect(attributeFaults, Plant("Tests/A/A.swift", closure, [1]))
    let innocent = "@Test(\"{\", arguments: a)\nfunc b(c: D) { e { f } }\n"
    expect(attributeFaults, Plant("Tests/A/A.swift", innocent, []))
  }

  @Test("a type named after nothing is found")
  func typeNames() {
    let text =
      "struct DoorManager {}\nlet service = aService\nfinal class StringUtils {}\nenum Door {}"
    expect(typeNameFaults, Plant("Sources/A/A.swift", text, [1, 3]))
  }

  @Test("SQL outside a Storage folder is found")
  func queries() {
    let text =
      "let a = \"\"\"\n  SELECT 1\n  \"\"\"\nlet b = \"Select a door\"\nlet c = #\"INSERT INTO a\"#"
    expect(queryFaults, Plant("Sources/A/A.swift", text, [1, 5]))
    expect(queryFaults, Plant("Sources/A/Storage/A.swift", text, []))
    expect(queryFaults, Plant("Tests/A/A.swift", text, []))
  }

  @Test("work that is put off is found in any file")
  func postponements() {
    let word = "TO" + "DO"
    expect(postponementFaults, Plant("systemd/a.service", "# a\n# \(word): b\n# \(word)S", [2]))
    expect(postponementFaults, Plant("Sources/A/A.swift", "// good enough for " + "now\n", [1]))
  }

  @Test("a new name at the top of the tree is found")
  func topLevel() {
    let faults = topLevelFaults(["Sources", ".ci", "docs", "notes.txt"])
    #expect(faults.map(\.path) == ["docs", "notes.txt"])
  }

  @Test("text catalogues that differ are found")
  func catalogues() {
    let english = SourceFile("Sources/Texts/en.json", "{\n \"a\": \"Hi {name}\",\n \"b\": \"B\"\n}")
    let same = SourceFile("Sources/Texts/zh.json", "{\n \"a\": \"{name} 你好\",\n \"b\": \"乙\"\n}")
    let other = SourceFile("Sources/Texts/zh.json", "{\n \"c\": \"丙\",\n \"a\": \"{who} 你好\"\n}")
    let twice = SourceFile("Sources/Texts/en.json", "{\n \"a\": \"A\",\n \"a\": \" \"\n}")
    #expect(catalogueFaults([english, same]).isEmpty)
    #expect(catalogueFaults([english, other]).map(\.line) == [3, 1, 1])
    #expect(catalogueFaults([twice]).count >= 1)
    #expect(catalogueFaults([SourceFile("Sources/Texts/en.json", "[]")]).count == 1)
    let looking = SourceFile(
      "Sources/Texts/en.json",
      "{\n \"a\": \"{b|word.*.title|}\",\n \"c\": \"{d|wrod.*}\",\n \"word.e.title\": \"E\"\n}")
    #expect(catalogueFaults([looking]).map(\.line) == [3])
  }

  @Test("a citation of a test that is not there is found")
  func citations() {
    let suite = SourceFile("Tests/A/DoorTests.swift", "// A.\n@Test(\"it opens\") func a() {}")
    let article = SourceFile(
      "Sources/A/A.docc/B.md",
      "| a | `DoorTests` \"it opens\" |\n| b | `DoorTests` \"it shuts\", `WallTests` \"c\" |")
    #expect(citationFaults(article, [suite]).map(\.line) == [2, 2])
    #expect(citationFaults(SourceFile("README.md", article.text), [suite]).isEmpty)
  }

  @Test("a dependency list is read out of a package description")
  func declarations() {
    let text = """
      func part(_ name: String) {}
      part("A"),
      part(
        "B",
        ["A", "CSQLite"],
        exclude: ["Web"]),
      .executableTarget(
        name: "c", dependencies: ["A", "B"]),
      suite("BTests", ["B"]),
      """
    #expect(declaredDependencies(text) == ["A": [], "B": ["A", "CSQLite"], "c": ["A", "B"]])
  }

  @Test("a fault names its place, its rule and what to do instead")
  func wording() {
    let faults = importFaults(SourceFile("Sources/HTTP/A.swift", "import CSQLite"))
    #expect(
      faults.map(\.description) == [
        "Sources/HTTP/A.swift:1: HTTP imports CSQLite: go through its owner, SQLite"
      ])
  }

  private func expect(
    _ rule: (SourceFile) -> [Fault], _ plant: Plant,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = rule(SourceFile(plant.path, plant.text)).map(\.line)
    #expect(found == plant.lines, "\(plant.testDescription)", sourceLocation: sourceLocation)
  }

  @Test("a link that leads nowhere is found, also out of the tree")
  func links() {
    let article = SourceFile(
      "Sources/A/A.docc/B.md",
      "# B\n[here](C.md) [far](../../../README.md) [web](https://example.org/x)\n"
        + "[gone](D.md) [out](../../../../x.md)\n")
    let there: Set = ["Sources/A/A.docc/C.md", "README.md"]
    #expect(linkFaults(article) { there.contains($0) }.map(\.line) == [3, 3])
  }

  @Test("a README that is too long is found")
  func readme() {
    func readme(_ lines: Int) -> SourceFile {
      SourceFile("README.md", String(repeating: "a\n", count: lines))
    }
    #expect(lengthFaults(ofREADME: readme(mostREADMELines)).isEmpty)
    #expect(lengthFaults(ofREADME: readme(mostREADMELines + 1)).count == 1)
  }
}
