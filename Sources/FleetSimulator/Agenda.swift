// What is going to happen, in the order of its time and, at one time, of its planning.
import Time

/// A binary heap of (instant, sequence), so that a run does not depend on how ties fall.
struct Agenda {
  private struct Entry {
    var at: Int64
    var sequence: UInt64
    var body: () -> Void

    func isBefore(_ other: Entry) -> Bool { (at, sequence) < (other.at, other.sequence) }
  }

  private var heap: [Entry] = []
  private var sequence: UInt64 = 0

  var nextInstant: Instant? { heap.first.map { Instant(nanoseconds: $0.at) } }

  mutating func add(at instant: Instant, _ body: @escaping () -> Void) {
    sequence += 1
    heap.append(Entry(at: instant.nanoseconds, sequence: sequence, body: body))
    var child = heap.count - 1
    while child > 0, case let parent = (child - 1) / 2, heap[child].isBefore(heap[parent]) {
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func takeNext() -> (() -> Void)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return first.body
  }

  mutating func removeAll() { heap = [] }

  private mutating func sink() {
    var parent = 0
    while case var child = 2 * parent + 1, child < heap.count {
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
