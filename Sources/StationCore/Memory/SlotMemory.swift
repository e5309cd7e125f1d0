// A slot of the machine, as the store keeps it.
import StationProtocol

/// The memory of a slot that boot needs.
package struct SlotMemory: Equatable, Sendable {
  package var slot: SlotID
  /// The goods that were counted; nil where nobody has, or an earlier version has.
  package var article: ArticleID?
  /// By the book; nil before somebody has counted.
  package var stock: Int64?
  /// The last day on which it is sold, such as 20261121; nil for what does not go off.
  package var bestBefore: Int?
  package var quarantine: QuarantineCause?

  package init(
    slot: SlotID, article: ArticleID? = nil, stock: Int64? = nil, bestBefore: Int? = nil,
    quarantine: QuarantineCause? = nil
  ) {
    self.slot = slot
    self.article = article
    self.stock = stock
    self.bestBefore = bestBefore
    self.quarantine = quarantine
  }
}
