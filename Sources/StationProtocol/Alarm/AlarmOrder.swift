// The order of the service to reset an alarm that has outlived its cause.

/// An operation on a standing alarm.
package enum AlarmOrder: OrderFamily {
  /// Somebody knows of it: clear it where only the memory of something keeps it. A condition that
  /// lasts keeps its alarm, and fire and emergency end by a hand at the station alone.
  case reset(Alarm, AccessPointID?)

  package typealias Kind = AlarmOperation

  package var kind: Kind { .reset }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: AlarmOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> AlarmOrder {
    let old = order.map { order in
      switch order {
      case .reset(let alarm, let point): (alarm: alarm, point: point)
      }
    }
    return .reset(
      try coder.member("alarm", old?.alarm), try coder.optional("ap", old?.point ?? nil))
  }
}

/// The words of the operations of `AlarmOrder`.
package enum AlarmOperation: String, CaseIterable, Sendable {
  case reset = "reset-alarm"
}
