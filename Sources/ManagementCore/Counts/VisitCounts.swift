// Counts of who came, left and was refused at a station within a day.
import StationProtocol
import Time

/// The visits that new records of a station add to one local day.
package struct DayTally: Equatable, Sendable {
  /// Since 1970-01-01.
  package let day: Int
  package var counts: VisitCounts
}

/// Totals of one local day of one station.
package struct VisitCounts: Equatable, Sendable {
  package var entries: Int64 = 0
  package var exits: Int64 = 0
  package var granted: Int64 = 0
  package var refused: Int64 = 0

  package init(entries: Int64 = 0, exits: Int64 = 0, granted: Int64 = 0, refused: Int64 = 0) {
    self.entries = entries
    self.exits = exits
    self.granted = granted
    self.refused = refused
  }

  /// A count of another thing changes nothing.
  package mutating func add(_ count: HourCount, _ amount: Int64) {
    if count == .entries { entries += amount }
    if count == .exits { exits += amount }
    if count == .granted { granted += amount }
    if count == .refused { refused += amount }
  }

  package static func += (sum: inout VisitCounts, more: VisitCounts) {
    sum.entries += more.entries
    sum.exits += more.exits
    sum.granted += more.granted
    sum.refused += more.refused
  }

  package var isZero: Bool { self == VisitCounts() }

  /// The day to which a record counts: that of its own clock where it could be believed,
  /// otherwise that of its arrival.
  /// - Parameter zone: of the station's place.
  package static func day(of record: Record, received now: Now, in zone: Zone) -> Int {
    zone.localDay(of: record.isTrusted ? record.at : now.wall)
  }

  /// The hour to which a record counts, since 1970-01-01 UTC, by the same clock.
  package static func hour(of record: Record, received now: Now) -> Int64 {
    (record.isTrusted ? record.at : now.wall).hour
  }
}
