// A line in which nobody waits behind another's crowd.

/// Elements of many parties, in the order of each party, one of each party after the other. Whoever
/// sends a thousand at once has the next of them served once each of the others has been.
struct FairQueue<Party: Hashable & Sendable, Element: Sendable>: Sendable {
  private struct Line: Sendable {
    var elements: [Element] = []
    /// How many of `elements` have been taken.
    var taken = 0
  }

  private var lines: [Party: Line] = [:]
  /// Whose elements wait, whose turn is next at `turn`.
  private var parties: [Party] = []
  private var turn = 0
  private(set) var count = 0

  init() {}

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element, of party: Party) {
    if lines[party] == nil { parties.append(party) }
    lines[party, default: Line()].elements.append(element)
    count += 1
  }

  /// Takes the next element: of the party whose turn it is, the one that has waited longest.
  mutating func next() -> Element? {
    guard count > 0 else { return nil }
    let party = parties[turn]
    guard var line = lines.removeValue(forKey: party) else { return nil }
    let element = line.elements[line.taken]
    line.taken += 1
    count -= 1
    if line.taken == line.elements.count {
      // The last one takes the empty place: the order of turns is nobody's right.
      parties.swapAt(turn, parties.count - 1)
      parties.removeLast()
    } else {
      // Taken elements are let go of now and then, at a cost that each bears once.
      if line.taken >= 64, line.taken * 2 >= line.elements.count {
        line.elements.removeFirst(line.taken)
        line.taken = 0
      }
      lines[party] = line
      turn += 1
    }
    if turn >= parties.count { turn = 0 }
    return element
  }
}
