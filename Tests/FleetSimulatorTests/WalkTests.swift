// Tests that walk files are read strictly, played exactly, and scored as they are labelled.
import Foundation
import StationCore
import Testing

@testable import FleetSimulator

@Suite struct WalkFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Walks").path

  static func read(_ name: String) throws -> WalkFile {
    let url = URL(fileURLWithPath: "\(folder)/\(name)")
    return try WalkFile([UInt8](Data(contentsOf: url)))
  }

  @Test("what is written is read again as it was, for every file of the folder")
  func roundTrip() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
    #expect(names.count == 7)
    for name in names {
      let file = try Self.read(name)
      #expect(try WalkFile(Array(file.text.utf8)) == file, "\(name)")
    }
  }

  @Test(
    "what a walk file cannot mean is refused with its line",
    arguments: [
      ("", "line 1: nothing but comments"), ("# one\n", "line 2: nothing but comments"),
      ("people", "line 1: a walk file begins with \"walks 1\""),
      ("walks 1\nparson at=1", "line 2: \"parson\" means nothing here"),
      ("walks 1\nperson at=1 going=up", "line 2: going takes in or out"),
      ("walks 1\nperson at=1 going=in", "line 2: person needs width"),
      (
        "walks 1\nperson at=1 going=in width=0.3 speed=6",
        "line 2: speed takes 0.05 to 5"
      ),
      (
        "walks 1\n\nperson at=1 going=in width=0.3 speed=1 hat=1",
        "line 3: person has no hat"
      ),
      ("walks 1\nperson at=1 at=2", "line 2: at stands there twice"),
      ("walks 1\nperson at", "line 2: \"at\" is not name=value"),
      ("walks 1\nperson at=-1 going=in", "line 2: at takes a number, not -1"),
      ("walks 1\nperson at=1e3 going=in", "line 2: at takes a number, not 1e3"),
      ("walks 1\nperson at=1.1234567 going=in", "line 2: at takes a number, not 1.1234567"),
      (
        "walks 1\nperson at=1 going=in width=0.3 speed=1 turns=0.1 pauses=0.1 for=1",
        "line 2: a person turns, pauses or hesitates"
      ),
      (
        "walks 1\nperson at=1 going=in width=0.3 speed=1 turns=0.4",
        "line 2: whoever comes through both beams has been inside: write two people"
      ),
      (
        "walks 1\nperson at=1 going=in width=0.3 speed=1 hesitates=0.1 back=0.2",
        "line 2: back takes 0.000001 to 0.1"
      ),
      ("walks 1\nstuck beam=middle from=1 until=2", "line 2: beam takes outer or inner"),
      ("walks 1\nstuck beam=inner from=2 until=2", "line 2: until comes before from"),
      ("walks 1\nroom hold=20 after-exit=10", "line 2: hold is longer than the rest"),
      ("walks 1\nbounce within=0.2", "line 2: within takes 0.000001 to 0.1"),
      ("walks 1\nbounce within=0.01 edges=0.5", "line 2: edges takes a number, not 0.5"),
      ("walks 1\nedge at=1 beam=outer broken=perhaps", "line 2: broken takes yes or no"),
      (
        "walks 1\nedge at=2 beam=outer broken=yes\nedge at=1 beam=outer broken=no",
        "line 3: edges have to come in the order of time"
      ),
      (
        "walks 1\nedge at=2 beam=outer broken=yes\nperson at=1 going=in width=0.3 speed=1",
        "line 3: measured edges and people do not mix"
      ),
      (
        "walks 1\npassed going=in from=1 until=2\nperson at=1 going=in width=0.3 speed=1",
        "line 3: \"passed\" is for measured edges alone"
      ),
    ])
  func strict(_ text: String, _ expected: String) {
    do throws(WalkFileError) {
      _ = try WalkFile(Array(text.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.description == expected)
    }
  }

  @Test("a file is bounded in its lines")
  func bounds() {
    let long = "walks 1\n#" + String(repeating: "x", count: WalkFile.longestLine)
    #expect(throws: WalkFileError(line: 2, message: "longer than 200 bytes")) {
      try WalkFile(Array(long.utf8))
    }
    let many = String(repeating: "#\n", count: WalkFile.mostLines)
    #expect(throws: WalkFileError(line: 20_001, message: "more than 20000 lines")) {
      try WalkFile(Array(many.utf8))
    }
  }

  @Test(
    "a body breaks a beam from the moment its front is there until its back has left",
    arguments: [
      ("", "outer 0-300 inner 100-400"), ("going=out", "inner 0-300 outer 100-400"),
      ("turns=0.05", "outer 0-100 inner -"), ("turns=0.2", "outer 0-400 inner 100-300"),
      ("pauses=0.05 for=2", "outer 0-2300 inner 2100-2400"),
      ("hesitates=0.35 back=0.3", "outer 0-300,400-900 inner 100-600,700-1000"),
      ("trolley=0.5", "outer 0-800 inner 100-900"),
      ("trolley=0.5 gap=0.05", "outer 0-500,550-850 inner 100-600,650-950"),
      ("tall=0.9", "outer - inner -"),
    ])
  func physics(_ words: String, _ expected: String) throws {
    let going = words.contains("going") ? "" : "going=in "
    let text = "walks 1\nperson at=0 \(going)width=0.3 speed=1 \(words)"
    let person = try #require(try WalkFile(Array(text.utf8)).people.first)
    let beams: [Beam] = person.isInward ? [.outer, .inner] : [.inner, .outer]
    let told = beams.map { beam in
      let spans = person.breaks(beam, spacing: 100_000, height: 1_000_000)
      let list = spans.map { "\($0.from / 1000)-\($0.until / 1000)" }.joined(separator: ",")
      return "\(beam.rawValue) \(list.isEmpty ? "-" : list)"
    }
    #expect(told.joined(separator: " ") == expected)
  }

  @Test("a step back that leaves the first beam clear breaks it again, by the same body")
  func hesitation() throws {
    // Front at 0.35, so the back is 5 cm past the outer beam; 30 cm back; and on again.
    let text = "walks 1\nperson at=0 going=in width=0.3 speed=1 hesitates=0.35 back=0.3"
    let score = Self.score(try WalkFile(Array(text.utf8)))
    #expect(score.right == 1)
    #expect(score.invented == 0)
  }

  static func score(_ file: WalkFile) -> WalkScore {
    WalkScore(WalkPlayer.play(file), WalkScene(file).truths)
  }

  /// Each sample with its line, in two halves.
  private static let lines: [(name: String, line: [String])] = [
    (
      "by-hand.walks",
      [
        "in 7/7  out 3/4  right 10/11 90.90 %  invented 0",
        "  ambiguous 0  flagged 2  turned back 2  refused 0  silent 1  net +1",
      ]
    ),
    (
      "measured.walks",
      [
        "in 1/1  out 1/1  right 2/2 100.00 %  invented 0",
        "  ambiguous 0  flagged 0  turned back 0  refused 0  silent 0  net 0",
      ]
    ),
    (
      "shut.walks",
      [
        "in 0/0  out 1/1  right 1/1 100.00 %  invented 0",
        "  ambiguous 0  flagged 0  turned back 0  refused 1  silent 0  net 0",
      ]
    ),
    (
      "stuck.walks",
      [
        "in 1/2  out 0/1  right 1/3 33.33 %  invented 0",
        "  ambiguous 2  flagged 0  turned back 0  refused 0  silent 0  net 0",
      ]
    ),
  ]

  @Test("every walk of the folder has the score that is expected of it")
  func samples() throws {
    for (name, line) in Self.lines {
      #expect(Self.score(try Self.read(name)).line == line.joined(), "\(name)")
    }
  }
}

@Suite struct WalkMixTests {
  private func score(_ mix: String, files: Int, people: Int, seed: UInt64 = 11) throws -> WalkScore
  {
    let mix = try #require(WalkMix(mix))
    var sum = WalkScore()
    for number in 1...files {
      var generator = WalkGenerator(mix, seed: seed, file: number)
      let file = generator.people(people)
      sum += WalkFileTests.score(file)
    }
    return sum
  }

  @Test("of people in single file at least 99 in 100 are counted right")
  func single() throws {
    let sum = try score("single", files: 20, people: 100)
    #expect(sum.people == 2000)
    #expect(sum.rightShare >= 9900)
    #expect(sum.invented == 0)
    #expect(sum.silent == 0)
  }

  @Test("people who turn back leave no net error, and nobody is invented")
  func turnBacks() throws {
    let sum = try score("turn-backs", files: 20, people: 100)
    #expect(sum.net == 0)
    #expect(sum.invented == 0)
    #expect(sum.turnBacks + sum.ambiguous == 2000)
    #expect(sum.ambiguous * 100 < 5 * 2000)
  }

  @Test("of people close behind one another those who cannot be told apart are flagged")
  func followers() throws {
    let sum = try score("followers", files: 20, people: 100)
    #expect(sum.rightShare >= 9600)
    #expect(sum.invented == 0)
    #expect(sum.silent * 100 < sum.people)
  }

  @Test("whoever stands, steps back or pushes a trolley is counted right or flagged, not guessed")
  func hard() throws {
    let sum = try score(
      "single=10,pause=30,hesitate=20,trolley=20,turn-back=20", files: 20, people: 100)
    #expect(sum.rightShare >= 9700)
    #expect(sum.silent * 100 < sum.people)
  }

  @Test("a simulated day of the default mix has a residual within one at each proof of emptiness")
  func day() throws {
    let mix = try #require(WalkMix("default"))
    var sum = WalkScore()
    for number in 1...10 {
      var generator = WalkGenerator(mix, seed: 3, file: number)
      sum += WalkFileTests.score(generator.day(visits: 45))
    }
    #expect(sum.resets > 50)
    #expect(sum.wrongResets == 0)
    #expect(sum.worstResidual <= 1)
    #expect(sum.rightShare >= 9900)
  }

  @Test("the same seed makes the same file, another one another")
  func seeds() throws {
    let mix = try #require(WalkMix("default"))
    var texts: [String] = []
    for (seed, file) in [(1, 1), (1, 1), (2, 1), (1, 2)] as [(UInt64, Int)] {
      var generator = WalkGenerator(mix, seed: seed, file: file)
      texts.append(generator.people(10).text)
    }
    #expect(texts[0] == texts[1])
    #expect(Set(texts).count == 3)
  }

  @Test(
    "a mix is a name, or kinds with their weights",
    arguments: [
      ("default", true), ("single=1", true), ("single=3,pause=1", true), ("", false),
      ("single", true), ("walk=1", false), ("single=-1", false), ("single=0", false),
      ("single=1,single=2", false), ("pause", false),
    ])
  func mixes(_ text: String, _ isGood: Bool) {
    #expect((WalkMix(text) != nil) == isGood)
  }
}

@Suite struct WalkCommandTests {
  private final class Page: @unchecked Sendable {
    var lines: [String] = []
    var files: [String: [UInt8]] = [:]
  }

  private struct Missing: Error {}

  private func call(_ page: Page, _ arguments: String...) -> (code: Int32, lines: [String]) {
    page.lines = []
    let folder = WalkFolder(
      names: { folder in
        page.files.keys.filter { $0.hasPrefix("\(folder)/") }
          .map { String($0.dropFirst(folder.count + 1)) }.sorted()
      },
      read: { path in
        guard let bytes = page.files[path] else { throw Missing() }
        return bytes
      }, write: { page.files[$1] = $0 })
    var tool = CommandLineTool(walks: folder) { page.lines.append($0) }
    return (tool.run(arguments, freshSeed: 1), page.lines)
  }

  @Test("walks are made from a seed and scored, a line for each file and one in all")
  func together() {
    let page = Page()
    let made = call(page, "--walks", "w", "--seed", "4", "--files", "2", "--people", "5")
    #expect(made.code == 0)
    #expect(made.lines.first?.hasPrefix("seed 4, mix single=820,") == true)
    let scored = call(page, "--occupancy", "w", "--least", "99.5", "--residual", "1")
    #expect(scored.code == 0)
    #expect(
      scored.lines.map { $0.split(separator: " ")[0] } == [
        "walk-001.walks", "walk-002.walks", "all",
      ])
    #expect(call(page, "--walks", "d", "--seed", "4", "--files", "1", "--visits", "3").code == 0)
    #expect(call(page, "--occupancy", "d").lines.last?.contains("residuals 0...0") == true)
  }

  @Test("a score below the threshold exits 1, a file that cannot be read exits 64")
  func thresholds() {
    let page = Page()
    // Lower than the beams: nobody sees them.
    page.files["w/child.walks"] = Array(
      "walks 1\nperson at=9 going=in width=0.2 speed=1 tall=0.8\n".utf8)
    #expect(call(page, "--occupancy", "w").code == 0)
    #expect(call(page, "--occupancy", "w", "--least", "1").code == CommandLineTool.wrong)
    page.files["w/bad.walks"] = Array("walks 2".utf8)
    let scored = call(page, "--occupancy", "w")
    #expect(scored.code == CommandLineTool.usage)
    #expect(scored.lines[0] == "bad.walks: line 1: a walk file begins with \"walks 1\"")
    #expect(call(page, "--occupancy", "empty").lines == ["fleetsim: no *.walks in empty"])
  }

  @Test(
    "arguments about walks that mean nothing are refused with a sentence",
    arguments: [
      (["--walks", "w"], "--seed is missing"),
      (["--walks", "w", "--seed", "1", "--mix", "rain"], "--mix takes one of "),
      (["--walks", "w", "--seed", "1", "--least", "1"], "unknown option or word '--least'"),
      (
        ["--walks", "w", "--seed", "1", "--files", "0"], "--files takes a whole number from 1 to 9"
      ),
      (["--occupancy", "w", "--mix", "single"], "unknown option or word '--mix'"),
      (["--occupancy", "w", "--least", "101"], "--least takes a share from 0 to 100 per cent"),
      (["--occupancy"], "--occupancy needs a value"),
    ])
  func usage(_ arguments: [String], _ sentence: String) {
    let page = Page()
    var tool = CommandLineTool(
      walks: WalkFolder(names: { _ in [] }, read: { _ in [] }, write: { _, _ in }),
      write: { page.lines.append($0) })
    #expect(tool.run(arguments, freshSeed: 0) == CommandLineTool.usage)
    #expect(page.lines.first?.hasPrefix("fleetsim: \(sentence)") == true)
  }
}
