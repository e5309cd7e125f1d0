// What is said of the people inside: corrections of the count, a day's totals, and relays.
import JSON

/// Why the count of people inside was corrected.
package enum CorrectionCause: String, CaseIterable, Sendable {
  /// Someone left who had not been counted in.
  case underflow
  /// The room was proven empty after a door had last been opened with the exit button.
  case emptyAfterExit = "empty-after-exit"
  /// The room was proven empty after a door had last been opened otherwise.
  case emptyAfterCycle = "empty-after-cycle"
}

/// One local day at all doors of a station. Counts are people or events, never negative.
package struct OccupancyDay: Equatable, Sendable {
  /// Year, month and day as one number, such as 20261121.
  package var day: Int
  package var entered: Int64
  package var left: Int64
  package var turnBacks: Int64
  /// Something passed, but which way could not be told; its share is `ambiguousShare`.
  package var ambiguous: Int64
  /// Passages in that perhaps nobody let in; they are among `entered`.
  package var tailgates: Int64
  /// Passages that were not counted, because no door had been open.
  package var refused: Int64
  /// Corrections of +1: someone left who had not been counted in.
  package var underflows: Int64
  /// What the proofs of an empty room took away, as one sum with its sign.
  package var residual: Int64
  package var exitResets: Int64
  package var cycleResets: Int64

  package init(
    day: Int, entered: Int64 = 0, left: Int64 = 0, turnBacks: Int64 = 0, ambiguous: Int64 = 0,
    tailgates: Int64 = 0, refused: Int64 = 0, underflows: Int64 = 0, residual: Int64 = 0,
    exitResets: Int64 = 0, cycleResets: Int64 = 0
  ) {
    self.day = day
    self.entered = entered
    self.left = left
    self.turnBacks = turnBacks
    self.ambiguous = ambiguous
    self.tailgates = tailgates
    self.refused = refused
    self.underflows = underflows
    self.residual = residual
    self.exitResets = exitResets
    self.cycleResets = cycleResets
  }

  /// The days that a record can speak of.
  package static let days = 19_700_101...99_991_231

  /// Ambiguous passages of all that were seen, 0...1; 0 on a day without any.
  package var ambiguousShare: Double {
    let all = entered + left + turnBacks + ambiguous
    return all == 0 ? 0 : Double(ambiguous) / Double(all)
  }
}

/// What is switched off while nobody is inside. A fridge is none of these: it is never switched.
package enum Relay: String, CaseIterable, Sendable, Comparable {
  case lights
  case climate
  case sockets

  package static func < (one: Relay, other: Relay) -> Bool { one.rawValue < other.rawValue }
}

/// Why a relay was switched.
package enum RelayCause: String, CaseIterable, Sendable {
  /// Someone is inside, or may be.
  case occupied
  /// Nobody has been inside for the configured time.
  case empty
  /// A switch at the station.
  case override
}

extension JSONWriter {
  mutating func members(of day: OccupancyDay) {
    field("date", day.day)
    field("in", day.entered)
    field("out", day.left)
    field("turnBacks", day.turnBacks)
    field("ambiguous", day.ambiguous)
    field("tailgates", day.tailgates)
    field("refused", day.refused)
    field("underflows", day.underflows)
    field("residual", day.residual)
    field("exitResets", day.exitResets)
    field("cycleResets", day.cycleResets)
  }
}

extension OccupancyDay {
  init(from reader: inout JSONReader) throws(JSONError) {
    var day: Int?
    var counts = Counts()
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "date":
        try reader.read(&day, key, integer: { Self.days.contains(Int($0)) ? Int($0) : nil })
      default: try counts.take(key, &reader)
      }
    }
    self.init(
      day: try reader.require(day, "date"), entered: try reader.require(counts.entered, "in"),
      left: try reader.require(counts.left, "out"),
      turnBacks: try reader.require(counts.turnBacks, "turnBacks"),
      ambiguous: try reader.require(counts.ambiguous, "ambiguous"),
      tailgates: try reader.require(counts.tailgates, "tailgates"),
      refused: try reader.require(counts.refused, "refused"),
      underflows: try reader.require(counts.underflows, "underflows"),
      residual: try reader.require(counts.residual, "residual"),
      exitResets: try reader.require(counts.exitResets, "exitResets"),
      cycleResets: try reader.require(counts.cycleResets, "cycleResets"))
  }

  private struct Counts {
    var entered: Int64?
    var left: Int64?
    var turnBacks: Int64?
    var ambiguous: Int64?
    var tailgates: Int64?
    var refused: Int64?
    var underflows: Int64?
    var residual: Int64?
    var exitResets: Int64?
    var cycleResets: Int64?

    mutating func take(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
      // No day has more; sums over years stay far from overflow.
      let count: (Int64) -> Int64? = { (0...Record.mostRefusals).contains($0) ? $0 : nil }
      let difference: (Int64) -> Int64? = {
        (-Record.mostRefusals...Record.mostRefusals).contains($0) ? $0 : nil
      }
      switch key {
      case "in": try reader.read(&entered, key, integer: count)
      case "out": try reader.read(&left, key, integer: count)
      case "turnBacks": try reader.read(&turnBacks, key, integer: count)
      case "ambiguous": try reader.read(&ambiguous, key, integer: count)
      case "tailgates": try reader.read(&tailgates, key, integer: count)
      case "refused": try reader.read(&refused, key, integer: count)
      case "underflows": try reader.read(&underflows, key, integer: count)
      case "residual": try reader.read(&residual, key, integer: difference)
      case "exitResets": try reader.read(&exitResets, key, integer: count)
      case "cycleResets": try reader.read(&cycleResets, key, integer: count)
      default: throw reader.unknown(key)
      }
    }
  }
}
