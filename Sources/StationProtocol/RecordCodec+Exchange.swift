// What records say of the exchange machine: their members, written and read.
import JSON

extension JSONWriter {
  /// What is said of the exchange machine.
  mutating func machineMembers(of body: Record.Body) {
    switch body {
    case .exchangeIntended(let exchange, let code):
      members(of: exchange)
      field("code", code)
    case .exchangeDispensing(let id, let serial):
      field("exchange", id)
      field("serial", serial)
    case .exchangeEnded(let exchange, let outcome):
      members(of: exchange)
      field("outcome", outcome.kind.rawValue)
      if let reason = outcome.reason { field("reason", reason) }
    case .exchangeRefused(let slot, let reason, let fault, let member, let code):
      if let slot { field("slot", slot.number) }
      field("reason", reason.rawValue)
      if let fault { field("fault", fault.rawValue) }
      if let member { field("member", member.text) }
      field("code", code)
    case .exchangeRefusalsCounted(let count): field("count", count)
    case .slotCounted(let slot, let stock, let bestBefore):
      field("slot", slot.number)
      field("stock", stock)
      if let bestBefore { field("bestBefore", bestBefore) }
    case .slotQuarantined(let slot, let cause):
      field("slot", slot.number)
      field("cause", cause.word)
    case .slotReleased(let slot): field("slot", slot.number)
    default: break
    }
  }
}

extension RecordFields {
  mutating func takeOfMachine(
    _ key: JSONKey, _ reader: inout JSONReader
  ) throws(JSONError) {
    switch key {
    case "article":
      try reader.read(&article, key, text: { ArticleID($0) })
      untaken.insert(.article)
    case "exchange":
      try reader.read(&exchange, key, text: { ExchangeID($0) })
      untaken.insert(.exchange)
    case "outcome":
      try reader.read(&outcome, key, text: ExchangeOutcome.Kind.init(rawValue:))
      untaken.insert(.outcome)
    case "price":
      try reader.read(&price, key, integer: { Points($0) })
      untaken.insert(.price)
    default:
      try reader.read(&slot, key, integer: { SlotID(Int($0)) })
      untaken.insert(.slot)
    }
  }

  mutating func machineBody(_ reader: JSONReader) throws(JSONError) -> Record.Body {
    switch kind {
    case .exchangeIntended:
      return .exchangeIntended(try wholeExchange(reader), code: try use(.code, code, reader))
    case .exchangeDispensing:
      return .exchangeDispensing(
        try use(.exchange, exchange, reader),
        serial: try count(.serial, serial, reader, Record.serials))
    case .exchangeEnded:
      let whole = try wholeExchange(reader)
      let kind = try use(.outcome, outcome, reader)
      guard let outcome = ExchangeOutcome(kind, reason: optional(.reason, reason)) else {
        throw reader.error(.invalidMember("reason"))
      }
      return .exchangeEnded(whole, outcome)
    case .exchangeRefused:
      let slot = optional(.slot, slot)
      let refusal: ExchangeRefusal = try word(.reason, reason, reader)
      return .exchangeRefused(
        slot, reason: refusal,
        fault: refusal == .malformed ? try word(.fault, fault, reader) as CodeFault : nil,
        member: optional(.member, member), code: try use(.code, code, reader))
    case .exchangeRefusalsCounted:
      return .exchangeRefusalsCounted(
        try count(.count, count, reader, 1...Record.mostRefusals))
    case .slotCounted:
      let day = optional(.bestBefore, bestBefore)
      guard day.map({ OccupancyDay.days.contains(Int($0)) }) != false else {
        throw reader.error(.invalidMember("bestBefore"))
      }
      return .slotCounted(
        try use(.slot, slot, reader),
        stock: try count(.stock, stock, reader, 0...VendingPayload.deepest),
        bestBefore: day.map { Int($0) })
    case .slotQuarantined:
      guard let cause = QuarantineCause(try use(.cause, cause, reader)) else {
        throw reader.error(.invalidMember("cause"))
      }
      return .slotQuarantined(try use(.slot, slot, reader), cause)
    default: return .slotReleased(try use(.slot, slot, reader))
    }
  }

  private mutating func wholeExchange(_ reader: JSONReader) throws(JSONError) -> Exchange {
    Exchange(
      id: try use(.exchange, exchange, reader), member: try use(.member, member, reader),
      slot: try use(.slot, slot, reader), article: try use(.article, article, reader),
      price: try use(.price, price, reader))
  }
}
