// What the screen beside the machine is told: the whole of it as one object, again at each change.
import JSON
import StationCore
import StationProtocol
import Time

/// The state of the screen with what only the shell knows: how much of a choice's time is left, and
/// the number of a card.
struct ScreenState {
  var screen: VendingScreen
  /// The number of a card that no list names, while the maintenance key is turned.
  var card: Card?

  /// `stop`: why nothing is sold, where that is so; `maintenance`, and `card` then; `phase` with its `kind` and what
  /// belongs to it; `notice`, where the facility has one, in `chinese` and `english`; `slots`, each with `slot`, `chinese`, `english`, `price`, `capacity`, and where
  /// they are known `stock`, `bestBefore`, `quarantine` and `refusal`, the word why it cannot be
  /// chosen.
  func json(at now: Instant) -> [UInt8] {
    JSONWriter.object { writer in
      if let stop = screen.stop { writer.field("stop", stop.rawValue) }
      writer.field("maintenance", screen.isInMaintenance)
      if screen.isInMaintenance, let card { writer.field("card", card.description) }
      writer.key("phase")
      writer.object { write(screen.phase, to: &$0, at: now) }
      if let notice = screen.notice {
        writer.key("notice")
        writer.object {
          $0.field("chinese", notice.chinese)
          $0.field("english", notice.english)
        }
      }
      writer.key("slots")
      writer.array(screen.slots) { writer, slot in
        writer.object {
          $0.field("slot", slot.slot.number)
          $0.field("chinese", slot.label?.chinese ?? slot.article.text)
          $0.field("english", slot.label?.english ?? slot.article.text)
          $0.field("price", slot.price.number)
          $0.field("capacity", slot.capacity)
          if let stock = slot.stock { $0.field("stock", stock) }
          if let day = slot.bestBefore { $0.field("bestBefore", day) }
          if let quarantine = slot.quarantine { $0.field("quarantine", quarantine.word) }
          if let refusal = slot.refusal { $0.field("refusal", refusal.rawValue) }
        }
      }
    }
  }

  private func write(_ phase: VendingScreen.Phase, to writer: inout JSONWriter, at now: Instant) {
    switch phase {
    case .idle: writer.field("kind", "idle")
    case .chosen(let slot, let until, let refusal):
      writer.field("kind", "chosen")
      writer.field("slot", slot.number)
      writer.field("left", max(0, (until - now).wholeNanoseconds / 1_000_000))
      if let refusal { writer.field("reason", refusal.rawValue) }
    case .askingBalance: writer.field("kind", "asking-balance")
    case .balance(let balance):
      writer.field("kind", "balance")
      writer.field("balance", balance)
    case .asking(let slot):
      writer.field("kind", "asking")
      writer.field("slot", slot.number)
    case .turning(let slot):
      writer.field("kind", "turning")
      writer.field("slot", slot.number)
    case .ended(let slot, let outcome, let price, let balance):
      writer.field("kind", outcome.kind.rawValue)
      writer.field("slot", slot.number)
      if let reason = outcome.reason { writer.field("reason", reason) }
      writer.field("price", price.number)
      if let balance { writer.field("balance", balance) }
    case .refused(let slot, let refusal):
      writer.field("kind", ExchangeOutcome.Kind.refused.rawValue)
      if let slot { writer.field("slot", slot.number) }
      writer.field("reason", refusal.rawValue)
    }
  }
}
