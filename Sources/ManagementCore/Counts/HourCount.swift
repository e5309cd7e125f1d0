// The things that are counted by the hour, and the series in which the API shows them.
import StationProtocol

/// A thing that records of a station tell of and that the service counts by the hour. The raw value
/// is its word in the store and in the API. A new count is a case here and in `each`.
package enum HourCount: String, CaseIterable, Sendable {
  /// Passages into the room.
  case entries
  /// Passages out of the room.
  case exits
  /// Entries granted at the door.
  case granted
  /// Entries refused at the door.
  case refused
  /// Exchanges whose article was seen to fall, as the station tells.
  case dispensed
  /// The prices of these, as the station tells; the ledger may have posted less.
  case points
  /// Attempts that were refused or cancelled, whether or not an exchange had begun.
  case declined
  /// Exchanges whose article did not fall, or of which nobody knows whether it did.
  case failed

  /// The amounts that one record adds.
  package static func each(of record: Record, _ add: (HourCount, Int64) -> Void) {
    switch record.body {
    case .occupancy(.passage(_, .inward, _, _)): add(.entries, 1)
    case .occupancy(.passage(_, .outward, _, _)): add(.exits, 1)
    case .entry(.granted): add(.granted, 1)
    case .entry(.refused): add(.refused, 1)
    case .entry(.refusalsCounted(_, let count)): add(.refused, count)
    case .exchange(.ended(let exchange, let outcome)):
      switch outcome {
      case .dispensed:
        add(.dispensed, 1)
        add(.points, exchange.price.number)
      case .refused, .cancelled: add(.declined, 1)
      case .failed, .unknown: add(.failed, 1)
      }
    case .exchange(.refused): add(.declined, 1)
    case .exchange(.refusalsCounted(let count)): add(.declined, count)
    default: break
    }
  }
}

/// Counts that belong together. A call of the API answers each series: the raw value is the last
/// part of its path and the name of the list in its answer.
package enum HourSeries: String, CaseIterable, Sendable {
  case visits, exchanges

  /// The members of a row, in their order.
  package var counts: [HourCount] {
    switch self {
    case .visits: [.entries, .exits, .granted, .refused]
    case .exchanges: [.dispensed, .points, .declined, .failed]
    }
  }
}

/// The amount that new records of a station add to one count of one hour.
package struct HourTally: Equatable, Sendable {
  /// Since 1970-01-01 UTC.
  package let hour: Int64
  package let count: HourCount
  package var amount: Int64

  package init(hour: Int64, count: HourCount, amount: Int64) {
    (self.hour, self.count, self.amount) = (hour, count, amount)
  }
}
