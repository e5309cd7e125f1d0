// The state of the exchange machine: whether it sells, and how each of its slots stands.
import JSON
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

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("seq", seq)
      if let stop { $0.field("stop", stop.rawValue) }
      if let exchange { $0.field("exchange", exchange) }
      $0.key("slots")
      $0.array(slots) { writer, slot in slot.write(to: &writer) }
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var seq: UInt64?
      var stop: ExchangeRefusal?
      var exchange: ExchangeID?
      var slots: [Slot]?
      var at: WallTime?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "seq": try reader.read(&seq, key, integer: UInt64.init(exactly:))
        case "stop": try reader.read(&stop, key, text: ExchangeRefusal.init(rawValue:))
        case "exchange": try reader.read(&exchange, key, text: { ExchangeID($0) })
        case "slots":
          try reader.read(&slots, key) { (reader) throws(JSONError) in
            var all: [Slot] = []
            try reader.array(limit: SlotID.most) { (reader) throws(JSONError) in
              let slot = try Slot(from: &reader)
              guard all.last.map({ $0.slot < slot.slot }) != false else {
                throw reader.error(.expected("slots in order, each once"))
              }
              all.append(slot)
            }
            return all
          }
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: throw reader.unknown(key)
        }
      }
      return VendingPayload(
        seq: try reader.require(seq, "seq"), stop: stop, exchange: exchange,
        slots: try reader.require(slots, "slots"), at: try reader.require(at, "at"))
    }
  }
}

extension VendingPayload.Slot {
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("slot", slot.number)
      $0.field("article", article.text)
      $0.field("price", price.number)
      $0.field("capacity", capacity)
      if let stock { $0.field("stock", stock) }
      if let bestBefore { $0.field("bestBefore", bestBefore) }
      if let quarantine { $0.field("quarantine", quarantine.word) }
    }
  }

  init(from reader: inout JSONReader) throws(JSONError) {
    var slot: SlotID?
    var article: ArticleID?
    var price: Points?
    var capacity: Int64?
    var stock: Int64?
    var bestBefore: Int?
    var quarantine: QuarantineCause?
    let deepest = VendingPayload.deepest
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "slot": try reader.read(&slot, key, integer: { SlotID(Int($0)) })
      case "article": try reader.read(&article, key, text: { ArticleID($0) })
      case "price": try reader.read(&price, key, integer: { Points($0) })
      case "capacity":
        try reader.read(&capacity, key, integer: { (1...deepest).contains($0) ? $0 : nil })
      case "stock":
        try reader.read(&stock, key, integer: { (0...deepest).contains($0) ? $0 : nil })
      case "bestBefore":
        try reader.read(
          &bestBefore, key, integer: { OccupancyDay.days.contains(Int($0)) ? Int($0) : nil })
      case "quarantine": try reader.read(&quarantine, key, text: { QuarantineCause($0) })
      default: throw reader.unknown(key)
      }
    }
    self.init(
      slot: try reader.require(slot, "slot"), article: try reader.require(article, "article"),
      price: try reader.require(price, "price"),
      capacity: try reader.require(capacity, "capacity"), stock: stock, bestBefore: bestBefore,
      quarantine: quarantine)
  }
}
