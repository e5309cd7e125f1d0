// Counts of who came, left and was refused at a station within an hour or a day.
import StationProtocol
import Time

/// The visits that new records of a station add to one hour, and to the local day that the records
/// count to.
package struct VisitTally: Equatable, Sendable {
  /// The local day, since 1970-01-01.
  package let day: Int
  /// The hour, since 1970-01-01 UTC.
  package let hour: Int64
  package var counts: VisitCounts
}

/// Totals of one hour or of one local day of one station.
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

  /// The counts that one record adds.
  package init(of record: Record) {
    self.init()
    switch record.body {
    case .occupancy(.passage(_, .inward, _, _)): entries = 1
    case .occupancy(.passage(_, .outward, _, _)): exits = 1
    case .entry(.granted): granted = 1
    case .entry(.refused): refused = 1
    case .entry(.refusalsCounted(_, let count)): refused = count
    default: break
    }
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
