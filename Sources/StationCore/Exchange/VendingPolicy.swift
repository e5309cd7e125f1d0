// What a facility decides about its exchange machine.
import StationProtocol

/// The machine and what is in it.
package struct VendingPolicy: Equatable, Sendable {
  /// In the order of their numbers, each once.
  package let slots: [SlotConfiguration]
  package var timing: VendingTiming
  /// The machine knows its orders by their numbers: the same one again turns nothing, and is
  /// answered by how it stands. Of a machine that does not, no order is ever given twice.
  package var ordersAreRepeatable: Bool
  package var labels: ScreenLabels

  package init(
    slots: [SlotConfiguration], timing: VendingTiming = VendingTiming(),
    ordersAreRepeatable: Bool = true, labels: ScreenLabels = ScreenLabels()
  ) {
    self.labels = labels
    self.ordersAreRepeatable = ordersAreRepeatable
    let sorted = slots.sorted { $0.slot < $1.slot }
    let isEachOnce = zip(sorted, sorted.dropFirst()).allSatisfy { $0.slot < $1.slot }
    precondition(!sorted.isEmpty && isEachOnce, "a machine has slots, each once")
    self.slots = sorted
    self.timing = timing
  }
}

/// The article that is sold from a slot.
package struct SlotConfiguration: Equatable, Sendable {
  package var slot: SlotID
  package var article: ArticleID
  package var price: Points
  /// How many it holds; 1 to `VendingPayload.deepest`.
  package var capacity: Int64

  package init(slot: SlotID, article: ArticleID, price: Points, capacity: Int64) {
    self.slot = slot
    self.article = article
    self.price = price
    self.capacity = capacity
  }
}

/// How long people and devices are waited for, all on the monotonic clock.
package struct VendingTiming: Equatable, Sendable {
  /// From the choice of an article until it is forgotten; MDB/ICP 4.2 gives a session as much.
  package var session: Duration = .seconds(60)
  /// How long the outcome stands on the screen, and how long a balance does.
  package var outcome: Duration = .seconds(15)
  /// A question that is not answered is asked again, with the same id.
  package var askAgain: Duration = .seconds(2)
  /// From the first question until the worker is told that nobody answers.
  package var patience: Duration = .seconds(6)
  /// Between two questions to a machine that is busy.
  package var busyPause: Duration = .milliseconds(250)
  /// How long a machine may be silent at a stretch while it turns.
  package var silence: Duration = .seconds(2)
  /// The longest that a motor turns.
  package var longestTurn: Duration = .seconds(30)
  /// No motor turns and drops within less: such an answer speaks of an earlier order.
  package var shortestTurn: Duration = .milliseconds(500)
  /// Between two questions how the machine is, while nobody buys.
  package var check: Duration = .seconds(10)
  /// How old an interrupted order may be that the machine is asked about.
  package var longestInterruption: Duration = .seconds(60)

  package init() {}
}
