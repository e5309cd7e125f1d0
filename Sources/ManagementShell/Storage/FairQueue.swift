// A line in which nobody waits behind another's crowd.

/// Elements of many parties, in the order of each party, a turn of each party after the other. A
/// party that sends a thousand at once has more of them served once each of the others has had a
/// turn. The order is deficit round robin (Shreedhar and Varghese 1995), but for the deficit: what
/// a turn goes beyond its size is forgiven.
struct FairQueue<Party: Hashable & Sendable, Element: Sendable>: Sendable {
  private struct Line: Sendable {
    /// nil for those that have been taken.
    var elements: [(element: Element, weight: Int)?] = []
    /// How many of `elements` have been taken.
    var taken = 0

    mutating func next() -> (element: Element, weight: Int)? {
      let element = elements[taken]
      elements[taken] = nil
      taken += 1
      // Empty places are let go of now and then, at a cost that each bears once.
      if taken >= 64, taken * 2 >= elements.count {
        elements.removeFirst(taken)
        taken = 0
      }
      return element
    }
  }

  private var lines: [Party: Line] = [:]
  /// The parties whose elements wait; the next turn is that at `turn`.
  private var parties: [Party] = []
  private var turn = 0
  /// The weight of what that party has had in its turn.
  private var spent = 0
  private(set) var count = 0
  private let weightOfTurn: Int

  /// - Parameter weightOfTurn: a party's turn goes on until it has had so much, and is one element
  ///   at least.
  init(weightOfTurn: Int = 1) { self.weightOfTurn = weightOfTurn }

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element, weight: Int = 1, of party: Party) {
    if lines[party] == nil { parties.append(party) }
    lines[party, default: Line()].elements.append((element, weight))
    count += 1
  }

  /// Takes the next element: of the party whose turn it is, the one that has waited longest.
  mutating func next() -> Element? {
    guard count > 0 else { return nil }
    guard let index = lines.index(forKey: parties[turn]) else { return nil }
    guard let (element, weight) = lines.values[index].next() else { return nil }
    count -= 1
    spent += weight
    if lines.values[index].taken == lines.values[index].elements.count {
      lines.remove(at: index)
      // The last one takes the empty place: the order of turns is nobody's right.
      parties.swapAt(turn, parties.count - 1)
      parties.removeLast()
      spent = 0
    } else if spent >= weightOfTurn {
      turn += 1
      spent = 0
    }
    if turn >= parties.count { turn = 0 }
    return element
  }
}
