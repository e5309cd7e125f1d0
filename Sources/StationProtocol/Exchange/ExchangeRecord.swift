// What records say of the exchange machine.

/// An exchange began, went on or ended, or somebody looked after a slot.
package enum ExchangeRecord: RecordFamily {
  /// A member showed a code for an article: this is intended, and nothing has moved yet.
  case intended(Exchange, code: CodeDigest)
  /// The price is set aside. The motor is told by this serial number once this is durable.
  case dispensing(ExchangeID, serial: Int64)
  /// The exchange is over; the service posts or voids what it set aside.
  case ended(Exchange, ExchangeOutcome)
  /// Something was shown at the machine and no exchange began; the slot is there where one was
  /// chosen, the fault exactly where the reason is `malformed`.
  case refused(
    SlotID?, reason: ExchangeRefusal, fault: CodeFault? = nil, member: MemberID?, code: CodeDigest)
  /// Such refusals above the rate that is recorded one by one; at most `RecordBounds.mostRefusals`.
  case refusalsCounted(Int64)
  /// Somebody counted what is in a slot, or filled it; this is the stock from now on.
  case slotCounted(SlotID, stock: Int64, bestBefore: Int?)
  case slotQuarantined(SlotID, QuarantineCause)
  /// Somebody has looked at it.
  case slotReleased(SlotID)

  package enum Kind: String, CaseIterable, Sendable {
    case intended = "exchange-intended"
    case dispensing = "exchange-dispensing"
    case ended = "exchange-ended"
    case refused = "exchange-refused"
    case refusalsCounted = "exchange-refusals-counted"
    case slotCounted = "slot-counted"
    case slotQuarantined = "slot-quarantined"
    case slotReleased = "slot-released"
  }

  package var kind: Kind {
    switch self {
    case .intended: .intended
    case .dispensing: .dispensing
    case .ended: .ended
    case .refused: .refused
    case .refusalsCounted: .refusalsCounted
    case .slotCounted: .slotCounted
    case .slotQuarantined: .slotQuarantined
    case .slotReleased: .slotReleased
    }
  }

  /// The serial numbers by which a motor is told to turn. 0 is for questions that turn none.
  package static let serials: ClosedRange<Int64> = 1...255

  /// The member whose points are meant, where the record says whose.
  package var member: MemberID? {
    switch self {
    case .intended(let exchange, _), .ended(let exchange, _): exchange.member
    case .refused(_, _, _, let member, _): member
    case .dispensing, .refusalsCounted, .slotCounted, .slotQuarantined, .slotReleased: nil
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: ExchangeRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> ExchangeRecord {
    switch kind {
    case .intended:
      let old = record.flatMap {
        if case .intended(let exchange, let code) = $0 {
          (exchange: exchange, code: code)
        } else {
          nil
        }
      }
      return .intended(
        try Exchange.described(old?.exchange, by: &coder),
        code: try coder.member("code", old?.code))
    case .dispensing:
      let old = record.flatMap {
        if case .dispensing(let id, let serial) = $0 { (id: id, serial: serial) } else { nil }
      }
      return .dispensing(
        try coder.member("exchange", old?.id),
        serial: try coder.number("serial", old?.serial, serials))
    case .ended:
      let old = record.flatMap {
        if case .ended(let exchange, let end) = $0 { (exchange: exchange, end: end) } else { nil }
      }
      return .ended(
        try Exchange.described(old?.exchange, by: &coder),
        try ExchangeOutcome.described(old?.end, by: &coder))
    case .refused: return try refusal(record, by: &coder)
    case .refusalsCounted:
      let count = record.flatMap { if case .refusalsCounted(let count) = $0 { count } else { nil } }
      return .refusalsCounted(try coder.number("count", count, 1...RecordBounds.mostRefusals))
    case .slotCounted:
      let old = record.flatMap {
        if case .slotCounted(let slot, let stock, let bestBefore) = $0 {
          (slot: slot, stock: stock, bestBefore: bestBefore)
        } else {
          nil
        }
      }
      return .slotCounted(
        try coder.member("slot", old?.slot),
        stock: try coder.number("stock", old?.stock, 0...VendingPayload.deepest),
        bestBefore: try coder.optionalNumber("bestBefore", old?.bestBefore, OccupancyDay.days))
    case .slotQuarantined:
      let old = record.flatMap {
        if case .slotQuarantined(let slot, let cause) = $0 {
          (slot: slot, cause: cause)
        } else {
          nil
        }
      }
      return .slotQuarantined(
        try coder.member("slot", old?.slot), try coder.member("cause", old?.cause))
    case .slotReleased:
      let slot = record.flatMap { if case .slotReleased(let slot) = $0 { slot } else { nil } }
      return .slotReleased(try coder.member("slot", slot))
    }
  }

  private static func refusal<Coder: MemberCoder>(
    _ record: ExchangeRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> ExchangeRecord {
    let old = record.flatMap {
      if case .refused(let slot, let reason, let fault, let member, let code) = $0 {
        (slot: slot, reason: reason, fault: fault, member: member, code: code)
      } else {
        nil
      }
    }
    let slot = try coder.optional("slot", old?.slot)
    let reason = try coder.member("reason", old?.reason)
    return .refused(
      slot, reason: reason,
      fault: try coder.member("fault", old?.fault, where: reason == .malformed),
      member: try coder.optional("member", old?.member),
      code: try coder.member("code", old?.code))
  }
}

extension Exchange: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ exchange: Exchange?, by coder: inout Coder
  ) throws(Coder.Failure) -> Exchange {
    Exchange(
      id: try coder.member("exchange", exchange?.id),
      member: try coder.member("member", exchange?.member),
      slot: try coder.member("slot", exchange?.slot),
      article: try coder.member("article", exchange?.article),
      price: try coder.member("price", exchange?.price))
  }
}

extension ExchangeOutcome {
  /// The kind of the end, and the word that tells more where there is more to tell.
  fileprivate static func described<Coder: MemberCoder>(
    _ outcome: ExchangeOutcome?, by coder: inout Coder
  ) throws(Coder.Failure) -> ExchangeOutcome {
    switch try coder.member("outcome", outcome?.kind) {
    case .dispensed:
      try coder.forbid("reason")
      return .dispensed
    case .cancelled:
      try coder.forbid("reason")
      return .cancelled
    case .refused:
      let reason = outcome.flatMap { if case .refused(let reason) = $0 { reason } else { nil } }
      return .refused(try coder.member("reason", reason))
    case .failed:
      let reason = outcome.flatMap { if case .failed(let reason) = $0 { reason } else { nil } }
      return .failed(try coder.member("reason", reason))
    case .unknown:
      let reason = outcome.flatMap { if case .unknown(let reason) = $0 { reason } else { nil } }
      return .unknown(try coder.member("reason", reason))
    }
  }
}

extension ExchangeOutcome.Kind: MemberWord {}
extension ExchangeRefusal: MemberWord {}
extension MachineFault: MemberWord {}
extension UnknownOutcome: MemberWord {}

extension QuarantineCause: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { word }
}
