// What is in which slot of the machine, how much of it by the book, and what may be sold.
import StationProtocol

/// The slots of a machine. The stock goes down with what was seen to fall and is set by whoever
/// counts; nothing else changes it. A slot that nobody has counted yet is sold from all the same:
/// the drop sensor keeps a member from paying for nothing.
package struct Planogram: Equatable, Sendable {
  package struct Slot: Equatable, Sendable {
    package let configuration: SlotConfiguration
    package internal(set) var memory: SlotMemory

    package var id: SlotID { configuration.slot }

    /// Why nothing is sold from it on this day, nil where something is.
    /// - Parameter today: such as 20261121; nil where the station does not know the day.
    package func refusal(on today: Int?) -> ExchangeRefusal? {
      if memory.quarantine != nil { return .quarantined }
      if memory.stock == 0 { return .soldOut }
      if let last = memory.bestBefore, today.map({ $0 > last }) ?? true { return .outOfDate }
      return nil
    }
  }

  package private(set) var slots: [Slot]
  /// Grows with each change.
  private(set) var revision = 0

  package init(_ configurations: [SlotConfiguration]) {
    slots = configurations.map { Slot(configuration: $0, memory: SlotMemory(slot: $0.slot)) }
  }

  /// The slots hold other goods or have other prices from now on. Of one that is not among them any
  /// more nothing is known when it comes back: hands may have been in it, and it is looked at anew.
  /// - Returns: what boot must remember: nobody has counted what is new in a slot.
  mutating func adopt(_ configurations: [SlotConfiguration]) -> [SlotMemory] {
    revision += 1
    var changed = slots.filter { slot in !configurations.contains { $0.slot == slot.id } }
      .map { SlotMemory(slot: $0.id) }
    slots = configurations.map { configuration in
      let before = self[configuration.slot]?.memory ?? SlotMemory(slot: configuration.slot)
      let slot = Slot(configuration: configuration, memory: before.of(configuration))
      if slot.memory != before { changed.append(slot.memory) }
      return slot
    }
    return changed
  }

  package subscript(id: SlotID) -> Slot? { slots.first { $0.id == id } }

  package mutating func recover(_ memories: [SlotMemory]) {
    revision += 1
    for memory in memories {
      guard let index = slots.firstIndex(where: { $0.id == memory.slot }) else { continue }
      slots[index].memory = memory.of(slots[index].configuration)
    }
  }

  /// - Returns: what boot must remember; nil where there is no such slot or it cannot hold so much.
  mutating func count(_ id: SlotID, stock: Int64, bestBefore: Int?) -> SlotMemory? {
    change(id) { slot in
      guard (0...slot.configuration.capacity).contains(stock) else { return false }
      slot.memory.article = slot.configuration.article
      slot.memory.stock = stock
      slot.memory.bestBefore = bestBefore
      return true
    }
  }

  /// An article was seen to fall.
  mutating func take(_ id: SlotID) -> SlotMemory? {
    change(id) { slot in
      slot.memory.stock = slot.memory.stock.map { max(0, $0 - 1) }
      return true
    }
  }

  /// - Returns: nil where it is in quarantine already: the first cause is the one to look for.
  mutating func quarantine(_ id: SlotID, _ cause: QuarantineCause) -> SlotMemory? {
    change(id) { slot in
      guard slot.memory.quarantine == nil else { return false }
      slot.memory.quarantine = cause
      return true
    }
  }

  mutating func release(_ id: SlotID) -> SlotMemory? {
    change(id) { slot in
      guard slot.memory.quarantine != nil else { return false }
      slot.memory.quarantine = nil
      return true
    }
  }

  private mutating func change(_ id: SlotID, _ body: (inout Slot) -> Bool) -> SlotMemory? {
    guard let index = slots.firstIndex(where: { $0.id == id }), body(&slots[index]) else {
      return nil
    }
    revision += 1
    return slots[index].memory
  }
}

extension SlotMemory {
  /// The memory of a slot with these goods in it: of other goods than those counted nothing is known
  /// but that the slot is in quarantine.
  fileprivate func of(_ configuration: SlotConfiguration) -> SlotMemory {
    var memory = self
    if let article, article != configuration.article {
      memory = SlotMemory(slot: slot, quarantine: quarantine)
    }
    memory.stock = memory.stock.map { min(max($0, 0), configuration.capacity) }
    return memory
  }
}
