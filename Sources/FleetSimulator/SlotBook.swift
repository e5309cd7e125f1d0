// What is in the slots of one machine, as a checker follows it: by the goods and by the records.
import StationProtocol

/// Knows when the book of a slot must agree with the goods: from a count that is durable until
/// somebody or something makes it doubtful.
struct SlotBook {
  private struct Slot {
    var stock: Int64 = 0
    var isKnown = false
    var isFlagged = false
  }

  private var slots: [SlotID: Slot] = [:]

  mutating func counted(_ slot: SlotID, _ stock: Int64) {
    slots[slot] = Slot(stock: stock, isKnown: true)
  }

  mutating func sold(_ slot: SlotID) {
    guard let stock = slots[slot]?.stock else { return }
    slots[slot]?.stock = max(0, stock - 1)
  }

  mutating func quarantined(_ slot: SlotID) { slots[slot, default: Slot()].isFlagged = true }

  /// Goods went in or out by hand: until that is counted durably, the book is behind.
  mutating func touched(_ slot: SlotID) { slots[slot]?.isKnown = false }

  /// The machine saw something else than what happened.
  mutating func doubted(_ slot: SlotID) { slots[slot]?.isKnown = false }

  /// The store is lost: nobody has counted on the new one yet.
  mutating func forget() { slots = [:] }

  /// - Parameters:
  ///   - goods: what is in the slots.
  ///   - book: what the station's store says; nil where nobody has counted.
  ///   - isFlagged: whether the station itself doubts a slot.
  /// - Returns: what does not agree and is not flagged.
  func compare(
    goods: [SlotID: Int64], book: (SlotID) -> (stock: Int64?, isFlagged: Bool)
  ) -> String? {
    for (slot, real) in goods.sorted(by: { $0.key < $1.key }) {
      guard let known = slots[slot], known.isKnown, !known.isFlagged else { continue }
      let (stock, isFlagged) = book(slot)
      guard !isFlagged else { continue }
      guard stock == real, known.stock == real else {
        return "the slot \(slot) holds \(real), by the book \(stock.map(String.init) ?? "unknown")"
      }
    }
    return nil
  }
}
