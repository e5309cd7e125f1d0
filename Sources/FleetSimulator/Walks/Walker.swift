// One labelled person on the way through two beams: body, speed, path, and which beams that breaks.
import StationCore

/// A person as a walk file has them. Lengths are micrometres, times microseconds, speeds
/// micrometres in a second: the file's six decimals as whole numbers, so that edges are exact.
struct Walker: Equatable {
  /// When the front of the body, or of the trolley before it, reaches the first beam.
  var at: Int64
  var isInward: Bool
  var width: Int64
  var speed: Int64
  var path = Path.straight
  /// A trolley that is pushed in front, and the open space between it and the person.
  var trolley: Int64 = 0
  var gap: Int64 = 0
  /// How tall; below the height of the beams nobody is seen.
  var tall: Int64 = 1_700_000
  /// Shows a code, or presses the exit button, before the door opens for them.
  var asks = true

  enum Path: Equatable {
    case straight
    /// The front comes so far past the first beam, and the person goes back.
    case turns(at: Int64)
    case pauses(at: Int64, duration: Int64)
    case hesitates(at: Int64, back: Int64)
  }

  /// A time during which something is broken, open or moving, in microseconds.
  struct Span: Equatable {
    var from: Int64
    var until: Int64
  }

  var turnsBack: Bool {
    if case .turns = path { true } else { false }
  }

  /// From here on the whole body has passed both beams, and turning is going out again.
  func longestTurn(_ spacing: Int64) -> Int64 { spacing + length }

  private var length: Int64 { width + (trolley > 0 ? trolley + gap : 0) }

  /// The front's places and their times, from corner to corner of its way.
  private func way(_ spacing: Int64) -> [(at: Int64, front: Int64)] {
    var corners: [(at: Int64, front: Int64)] = [(at, 0)]
    func go(to front: Int64) {
      let last = corners[corners.count - 1]
      corners.append((last.at + abs(front - last.front) * 1_000_000 / speed, front))
    }
    switch path {
    case .straight: break
    case .turns(let front):
      go(to: front)
      go(to: 0)
      return corners
    case .pauses(let front, let duration):
      go(to: front)
      corners.append((corners[corners.count - 1].at + duration, front))
    case .hesitates(let front, let back):
      go(to: front)
      go(to: front - back)
    }
    go(to: spacing + length)
    return corners
  }

  /// When the person breaks a beam, in the order of time. The first beam on the way stands at 0.
  func breaks(_ beam: Beam, spacing: Int64, height: Int64) -> [Span] {
    guard tall >= height else { return [] }
    let place = (beam == .outer) == isInward ? 0 : spacing
    var bodies = [(behind: Int64(0), length: width)]
    if trolley > 0 { bodies = [(0, trolley), (trolley + gap, width)] }
    let corners = way(spacing)
    var spans: [Span] = []
    for body in bodies {
      let first = place + body.behind
      let last = first + body.length
      for (here, next) in zip(corners, corners.dropFirst()) {
        let low = max(min(here.front, next.front), first)
        let high = min(max(here.front, next.front), last)
        guard low <= high else { continue }
        let ends = [low, high].map { front in
          next.front == here.front
            ? [here.at, next.at]
            : [here.at + abs(front - here.front) * 1_000_000 / speed]
        }
        let times = ends.flatMap { $0 }
        spans.append(Span(from: times.min() ?? here.at, until: times.max() ?? next.at))
      }
    }
    return Span.merged(spans)
  }

  /// From the first beam reached to the last one left.
  func time(_ spacing: Int64) -> Span {
    Span(from: at, until: way(spacing).last?.at ?? at)
  }
}

extension Walker.Span {
  /// Sorted, and joined where they touch; those without any length are gone.
  static func merged(_ spans: [Walker.Span], closerThan gap: Int64 = 0) -> [Walker.Span] {
    var merged: [Walker.Span] = []
    for span in spans.sorted(by: { ($0.from, $0.until) < ($1.from, $1.until) }) {
      if let last = merged.last, span.from <= last.until + gap {
        merged[merged.count - 1].until = max(last.until, span.until)
      } else {
        merged.append(span)
      }
    }
    return merged.filter { $0.until > $0.from }
  }
}
