// Which codes are used up, for as long as they could be shown again.
import StationProtocol
import Time

/// The codes that are used up for one purpose and have not expired. Only codes with a good signature
/// get here, and they live for minutes, so the bound is never reached by honest use.
package struct ReplayMarks: Equatable, Sendable {
  static let most = 65_536

  private var marks: [CodeDigest: WallTime] = [:]
  /// At this many marks those that have ended are dropped; it doubles with what is left, so that
  /// the cost of one mark stays the same however many there are.
  private var sweepAt = 1024

  package init() {}

  package mutating func recover(_ recovered: [ReplayMark]) {
    for mark in recovered { marks[mark.code] = mark.until }
  }

  package func contains(_ code: CodeDigest) -> Bool { marks[code] != nil }

  /// Every mark, in an order that does not depend on the process.
  package func all(for purpose: ReplayMark.Purpose) -> [ReplayMark] {
    marks.map { ReplayMark(code: $0.key, until: $0.value, purpose: purpose) }
      .sorted { $0.code < $1.code }
  }

  /// - Parameter time: marks that ended before may be dropped.
  package mutating func add(_ mark: ReplayMark, at time: WallTime) {
    if marks.count >= sweepAt { sweep(time) }
    marks[mark.code] = mark.until
  }

  private mutating func sweep(_ time: WallTime) {
    marks = marks.filter { $0.value >= time }
    if marks.count >= Self.most {
      // Those that end first go; of equal ones the smallest digest, so that every run agrees.
      let byEnd = marks.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      for (code, _) in byEnd.prefix(Self.most / 8) { marks[code] = nil }
    }
    sweepAt = min(Self.most, max(1024, marks.count * 2))
  }
}
