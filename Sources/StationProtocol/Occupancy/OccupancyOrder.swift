// The order of the service to correct the count of people.

/// An operation on the count.
package enum OccupancyOrder: OrderFamily {
  /// So many are inside, as somebody has seen.
  case correct(inside: Int64)

  package typealias Kind = OccupancyOperation

  /// More than any room holds: a slip of the finger is no count.
  package static let inside: ClosedRange<Int64> = 0...1000

  package var kind: Kind { .correct }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: OccupancyOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> OccupancyOrder {
    let number = order.map { order in
      switch order {
      case .correct(let number): number
      }
    }
    return .correct(inside: try coder.number("inside", number, inside))
  }
}

/// The words of the operations of `OccupancyOrder`.
package enum OccupancyOperation: String, CaseIterable, Sendable {
  case correct = "correct-occupancy"
}
