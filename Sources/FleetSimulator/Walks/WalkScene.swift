// What the sensors of a doorway tell of a walk file: edges, door, codes and motion, in time order.
import StationCore

/// A walk file turned into what happens, and who really passed.
struct WalkScene {
  /// From the code or the button to the opening of the door, and from there to the first beam.
  static let reach: Int64 = 500_000
  static let opening: Int64 = 1_000_000
  /// How long the door stays open behind the last one.
  static let closing: Int64 = 1_000_000

  enum Happening: Equatable {
    case code
    case exit
    case door(isClosed: Bool)
    case beam(Beam, isBroken: Bool)
    case motion(Bool)
  }

  private(set) var happenings: [(at: Int64, what: Happening)] = []
  private(set) var truths: [WalkFile.Label] = []
  let end: Int64

  init(_ file: WalkFile) {
    let edges = file.edges.isEmpty ? Self.edges(of: file) : file.edges
    var all: [(at: Int64, what: Happening)] = edges.map {
      ($0.at, .beam($0.beam, isBroken: $0.isBroken))
    }
    // Of those who were measured nobody knows better than that they asked.
    let asking =
      file.people.filter(\.asks).map { ($0.at, $0.isInward) }
      + file.passed.map { ($0.span.from, $0.isInward) }
    for (at, isInward) in asking {
      all.append((max(0, at - Self.opening - Self.reach), isInward ? .code : .exit))
    }
    let doors = file.doors.isEmpty ? Self.doors(of: file) : file.doors
    for door in doors {
      all.append((door.from, .door(isClosed: false)))
      all.append((door.until, .door(isClosed: true)))
    }
    for span in Walker.Span.merged(file.motion) {
      all.append((span.from, .motion(true)))
      all.append((span.until, .motion(false)))
    }
    truths =
      file.passed
      + file.people.filter { !$0.turnsBack }.map {
        WalkFile.Label(isInward: $0.isInward, span: $0.time(file.spacing))
      }
    truths.sort { $0.span.until < $1.span.until }
    // Of what happens in one instant the order is that of the list.
    happenings = all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
    end = max(file.end ?? 0, (happenings.last?.at ?? 0) + 90_000_000)
  }

  /// A door that opens for each group of people and shuts behind them.
  private static func doors(of file: WalkFile) -> [Walker.Span] {
    let times =
      file.edges.map { Walker.Span(from: $0.at, until: $0.at) }
      + file.people.map { $0.time(file.spacing) }
    let open = times.map {
      Walker.Span(from: max(0, $0.from - opening), until: $0.until + closing)
    }
    return Walker.Span.merged(open, closerThan: 1_000_000)
  }

  private static func edges(of file: WalkFile) -> [WalkFile.Edge] {
    var edges: [WalkFile.Edge] = []
    for beam in Beam.allCases {
      let spans = Walker.Span.merged(
        file.people.flatMap {
          $0.breaks(beam, spacing: file.spacing, height: file.height)
        } + file.stuck.filter { $0.beam == beam }.map(\.span))
      let times = spans.flatMap { [$0.from, $0.until] }
      for (index, at) in times.enumerated() {
        let isBroken = index % 2 == 0
        edges.append(WalkFile.Edge(at: at, beam: beam, isBroken: isBroken))
        guard let bounce = file.bounce else { continue }
        let step = max(1, bounce.within / (2 * bounce.edges))
        for flicker in 0..<bounce.edges {
          let off = at + step * (2 * flicker + 1)
          // A flicker never reaches the next edge.
          guard index + 1 == times.count || off + step < times[index + 1] else { break }
          edges.append(WalkFile.Edge(at: off, beam: beam, isBroken: !isBroken))
          edges.append(WalkFile.Edge(at: off + step, beam: beam, isBroken: isBroken))
        }
      }
    }
    return edges.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }
}
