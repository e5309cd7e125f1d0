// The state of the exchange machine: whether it sells, and how each of its slots stands.
import Time

/// `state/vending`: the whole machine.
package struct VendingPayload: Equatable, Sendable {
  /// The last record that this state takes into account.
  package var seq: UInt64
  /// Why nothing is sold; nil while it is.
  package var stop: ExchangeRefusal?
  /// The exchange that is under way.
  package var exchange: ExchangeID?
  /// In the order of their numbers, each once.
  package var slots: [Slot]
  package var at: WallTime

  package struct Slot: Equatable, Sendable {
    package var slot: SlotID
    package var article: ArticleID
    package var price: Points
    package var capacity: Int64
    /// By the book; nil where nobody has counted since the store was made.
    package var stock: Int64?
    /// The last day on which it is sold, such as 20261121; nil for what does not go off.
    package var bestBefore: Int?
    /// Why it is not used until somebody has looked at it.
    package var quarantine: QuarantineCause?

    package init(
      slot: SlotID, article: ArticleID, price: Points, capacity: Int64, stock: Int64?,
      bestBefore: Int? = nil, quarantine: QuarantineCause? = nil
    ) {
      self.slot = slot
      self.article = article
      self.price = price
      self.capacity = capacity
      self.stock = stock
      self.bestBefore = bestBefore
      self.quarantine = quarantine
    }
  }

  /// The most that a slot holds.
  package static let deepest: Int64 = 100

  package init(
    seq: UInt64, stop: ExchangeRefusal?, exchange: ExchangeID?, slots: [Slot], at: WallTime
  ) {
    self.seq = seq
    self.stop = stop
    self.exchange = exchange
    self.slots = slots
    self.at = at
  }
}

extension VendingPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ state: VendingPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> VendingPayload {
    let bounds = ListBounds<Slot>(most: SlotID.most, "slots") { $0.slot < $1.slot }
    return VendingPayload(
      seq: try coder.number("seq", state?.seq), stop: try coder.optional("stop", state?.stop),
      exchange: try coder.optional("exchange", state?.exchange),
      slots: try coder.list("slots", state?.slots, bounds), at: try coder.member("at", state?.at))
  }
}

extension VendingPayload.Slot: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ slot: VendingPayload.Slot?, by coder: inout Coder
  ) throws(Coder.Failure) -> VendingPayload.Slot {
    VendingPayload.Slot(
      slot: try coder.member("slot", slot?.slot),
      article: try coder.member("article", slot?.article),
      price: try coder.member("price", slot?.price),
      capacity: try coder.number("capacity", slot?.capacity, 1...VendingPayload.deepest),
      stock: try coder.optionalNumber("stock", slot?.stock, 0...VendingPayload.deepest),
      bestBefore: try coder.optionalNumber("bestBefore", slot?.bestBefore, OccupancyDay.days),
      quarantine: try coder.optional("quarantine", slot?.quarantine))
  }
}
