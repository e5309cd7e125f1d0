// A file of labelled walks, as the article Walk-files describes it; read strictly, written alike.
import StationCore

/// A fault of a walk file, with its line.
package struct WalkFileError: Error, Equatable, CustomStringConvertible {
  var line: Int
  var message: String

  package var description: String { "line \(line): \(message)" }
}

/// The content of a walk file.
struct WalkFile: Equatable {
  static let longestLine = 200
  static let mostLines = 20_000
  /// Eight days, in microseconds.
  static let latest: Int64 = 8 * 86_400 * 1_000_000

  var spacing: Int64 = 100_000
  var height: Int64 = 1_000_000
  /// With a motion sensor, and so with evidence of an empty room.
  var vacancy: VacancyTiming?
  var people: [Walker] = []
  var stuck: [(beam: Beam, span: Walker.Span)] = []
  var bounce: Bounce?
  var doors: [Walker.Span] = []
  var motion: [Walker.Span] = []
  /// Edges that were measured somewhere, with who really passed.
  var edges: [Edge] = []
  var passed: [Label] = []
  var end: Int64?

  struct Bounce: Equatable {
    /// How long after each edge a beam flickers, and how often.
    var within: Int64
    var edges: Int64
  }

  struct Edge: Equatable {
    var at: Int64
    var beam: Beam
    var isBroken: Bool
  }

  struct Label: Equatable {
    var isInward: Bool
    var span: Walker.Span
  }

  init() {}

  static func == (one: WalkFile, other: WalkFile) -> Bool {
    one.text == other.text
  }

  // MARK: - Reading

  init(_ bytes: [UInt8]) throws(WalkFileError) {
    let text = String(decoding: bytes, as: UTF8.self)
    var number = 0
    var hasTitle = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      guard number <= Self.mostLines else {
        throw WalkFileError(line: number, message: "more than \(Self.mostLines) lines")
      }
      guard line.utf8.count <= Self.longestLine else {
        throw WalkFileError(line: number, message: "longer than \(Self.longestLine) bytes")
      }
      guard !line.isEmpty, line.first != "#" else { continue }
      if hasTitle {
        var entry = try WalkLine(line, number)
        try take(&entry)
        try entry.finish()
      } else if line == "walks 1" {
        hasTitle = true
      } else {
        throw WalkFileError(line: number, message: "a walk file begins with \"walks 1\"")
      }
    }
    guard hasTitle else { throw WalkFileError(line: number, message: "nothing but comments") }
    guard edges.isEmpty || people.isEmpty else {
      throw WalkFileError(line: number, message: "measured edges and people do not mix")
    }
    guard passed.isEmpty || people.isEmpty else {
      throw WalkFileError(line: number, message: "\"passed\" is for measured edges alone")
    }
    guard zip(edges, edges.dropFirst()).allSatisfy({ $0.at <= $1.at }) else {
      throw WalkFileError(line: number, message: "edges have to come in the order of time")
    }
  }

  private mutating func take(_ line: inout WalkLine) throws(WalkFileError) {
    let metre = 1...100_000_000 as ClosedRange<Int64>
    switch line.word {
    case "beams":
      spacing = try line.number("spacing", 10_000...1_000_000)
      height = try line.number("height", 0...2_500_000, 1_000_000)
    case "room":
      let hold = try line.number("hold", 0...600_000_000, 30_000_000)
      let exit = try line.number("after-exit", 1_000_000...86_400_000_000, 600_000_000)
      let cycle = try line.number("after-cycle", 1_000_000...86_400_000_000, 1_800_000_000)
      guard hold < min(exit, cycle) else { throw line.error("hold is longer than the rest") }
      vacancy = VacancyTiming(
        hold: .microseconds(hold), afterExit: .microseconds(exit),
        afterCycle: .microseconds(cycle))
    case "person": people.append(try person(&line, metre))
    case "stuck":
      let beam = try line.beam()
      stuck.append((beam, try line.span("from", "until")))
    case "bounce":
      bounce = Bounce(
        within: try line.number("within", 1...100_000), edges: try line.number("edges", 1...20, 1))
    case "door": doors.append(try line.span("opens", "shuts"))
    case "motion": motion.append(try line.span("from", "until"))
    case "edge":
      let at = try line.number("at", 0...Self.latest)
      edges.append(Edge(at: at, beam: try line.beam(), isBroken: try line.flag("broken")))
    case "passed":
      let isInward = try line.isInward()
      passed.append(Label(isInward: isInward, span: try line.span("from", "until")))
    case "end": end = try line.number("at", 0...Self.latest)
    default: throw line.error("\"\(line.word)\" means nothing here")
    }
  }

  private func person(
    _ line: inout WalkLine, _ metre: ClosedRange<Int64>
  ) throws(WalkFileError) -> Walker {
    let at = try line.number("at", 0...Self.latest)
    let isInward = try line.isInward()
    var walker = Walker(
      at: at, isInward: isInward, width: try line.number("width", 10_000...2_000_000),
      speed: try line.number("speed", 50_000...5_000_000))
    walker.trolley = try line.number("trolley", 10_000...3_000_000, 0)
    walker.gap = try line.number("gap", 0...2_000_000, 0)
    walker.tall = try line.number("tall", 100_000...2_500_000, 1_700_000)
    walker.asks = try line.flag("asks", true)
    var paths: [Walker.Path] = []
    if line.has("turns") { paths.append(.turns(at: try line.number("turns", metre))) }
    if line.has("pauses") {
      let front = try line.number("pauses", metre)
      paths.append(.pauses(at: front, duration: try line.number("for", 1...Self.latest)))
    }
    if line.has("hesitates") {
      let front = try line.number("hesitates", metre)
      paths.append(.hesitates(at: front, back: try line.number("back", 1...front)))
    }
    guard paths.count <= 1 else { throw line.error("a person turns, pauses or hesitates") }
    walker.path = paths.first ?? .straight
    if case .turns(let front) = walker.path, front >= walker.longestTurn(spacing) {
      throw line.error("whoever comes through both beams has been inside: write two people")
    }
    return walker
  }
}
