// What records say of the people inside.

/// Somebody went through a door, or the count of people inside was corrected or closed for a day.
package enum OccupancyRecord: RecordFamily {
  /// Someone went through the beams; `inside` is the count afterwards. A tailgate is a passage
  /// in that perhaps nobody let in.
  case passage(AccessPointID, Passage, inside: Int64, isTailgate: Bool = false)
  /// Passages that were not counted, because no door had been open; at most
  /// `RecordBounds.mostRefusals`.
  case passagesRefused(AccessPointID, count: Int64)
  /// An entry of the ledger of corrections; `inside` is the count afterwards.
  case corrected(by: Int64, cause: CorrectionCause, inside: Int64)
  case day(OccupancyDay)

  package enum Kind: String, CaseIterable, Sendable {
    case passage
    case passagesRefused = "passages-refused"
    case corrected = "occupancy-corrected"
    case day = "occupancy-day"
  }

  package var kind: Kind {
    switch self {
    case .passage: .passage
    case .passagesRefused: .passagesRefused
    case .corrected: .corrected
    case .day: .day
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: OccupancyRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> OccupancyRecord {
    switch kind {
    case .passage:
      let old = record.flatMap {
        if case .passage(let point, let passage, let inside, let isTailgate) = $0 {
          (ap: point, passage: passage, inside: inside, isTailgate: isTailgate)
        } else {
          nil
        }
      }
      let point = try coder.member("ap", old?.ap)
      let passage = try coder.member("direction", old?.passage)
      let inside = try coder.number("inside", old?.inside)
      // Only of somebody who came in.
      let isTailgate = try coder.flag("tailgate", old?.isTailgate)
      try coder.demand(!isTailgate || passage == .inward, of: "tailgate")
      return .passage(point, passage, inside: inside, isTailgate: isTailgate)
    case .passagesRefused:
      let old = record.flatMap {
        if case .passagesRefused(let point, let count) = $0 {
          (ap: point, count: count)
        } else {
          nil
        }
      }
      return .passagesRefused(
        try coder.member("ap", old?.ap),
        count: try coder.number("count", old?.count, 1...RecordBounds.mostRefusals))
    case .corrected:
      let old = record.flatMap {
        if case .corrected(let by, let cause, let inside) = $0 {
          (by: by, cause: cause, inside: inside)
        } else {
          nil
        }
      }
      return .corrected(
        by: try coder.member("by", old?.by), cause: try coder.member("cause", old?.cause),
        inside: try coder.number("inside", old?.inside))
    case .day:
      let day = record.flatMap { if case .day(let day) = $0 { day } else { nil } }
      return .day(try coder.member("day", day))
    }
  }
}

extension Passage: MemberWord {}
extension CorrectionCause: MemberWord {}

extension OccupancyDay: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ day: OccupancyDay?, by coder: inout Coder
  ) throws(Coder.Failure) -> OccupancyDay {
    // No day has more; sums over years stay far from overflow.
    let most = RecordBounds.mostRefusals
    return OccupancyDay(
      day: try coder.number("date", day?.day, days),
      entered: try coder.number("in", day?.entered, 0...most),
      left: try coder.number("out", day?.left, 0...most),
      turnBacks: try coder.number("turnBacks", day?.turnBacks, 0...most),
      ambiguous: try coder.number("ambiguous", day?.ambiguous, 0...most),
      tailgates: try coder.number("tailgates", day?.tailgates, 0...most),
      refused: try coder.number("refused", day?.refused, 0...most),
      underflows: try coder.number("underflows", day?.underflows, 0...most),
      residual: try coder.number("residual", day?.residual, -most...most),
      exitResets: try coder.number("exitResets", day?.exitResets, 0...most),
      cycleResets: try coder.number("cycleResets", day?.cycleResets, 0...most))
  }
}
