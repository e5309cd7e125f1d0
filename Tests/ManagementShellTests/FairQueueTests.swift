// Tests of a line in which nobody waits behind another's crowd.
import Testing

@testable import ManagementShell

/// Something of which it can be told that it is gone.
private final class Parcel: Sendable {}

@Suite struct FairQueueTests {
  private func drain(_ queue: inout FairQueue<String, String>, _ most: Int = .max) -> [String] {
    var taken: [String] = []
    while taken.count < most, let next = queue.next() { taken.append(next) }
    return taken
  }

  @Test("one of each party is taken after the other, each party's in its order")
  func turns() {
    var queue = FairQueue<String, String>()
    for element in ["a1", "a2", "a3", "b1", "c1", "c2"] {
      queue.append(element, of: String(element.prefix(1)))
    }
    #expect(queue.count == 6)
    #expect(drain(&queue) == ["a1", "b1", "c1", "a2", "c2", "a3"])
    #expect(queue.isEmpty)
    #expect(queue.next() == nil)
  }

  @Test("whoever comes behind a crowd is served within two turns, however large it is")
  func behindACrowd() {
    var queue = FairQueue<String, String>()
    for number in 1...1000 { queue.append("a\(number)", of: "a") }
    #expect(drain(&queue, 300) == (1...300).map { "a\($0)" })
    queue.append("b", of: "b")
    #expect(drain(&queue, 2).contains("b"))
    #expect(drain(&queue).last == "a1000")
  }

  @Test("a turn goes on until a party has had its weight, and is one element at least")
  func weights() {
    var queue = FairQueue<String, String>(weightOfTurn: 4)
    for element in ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "c1", "c2"] {
      let party = String(element.prefix(1))
      queue.append(element, weight: party == "a" ? 2 : party == "b" ? 3 : 9, of: party)
    }
    #expect(drain(&queue) == ["a1", "a2", "b1", "b2", "c1", "a3", "a4", "c2", "b3"])
    // A turn that was cut short by the end of a line is no credit for the next one.
    queue.append("a5", weight: 2, of: "a")
    #expect(drain(&queue) == ["a5"])
    for number in 6...8 { queue.append("a\(number)", weight: 2, of: "a") }
    queue.append("b4", weight: 3, of: "b")
    #expect(drain(&queue) == ["a6", "a7", "b4", "a8"])
  }

  private func drop(from queue: inout FairQueue<String, Parcel>) -> Bool { queue.next() != nil }

  @Test("what has been taken is let go of at once, though more waits behind it")
  func letsGo() {
    var queue = FairQueue<String, Parcel>()
    weak var first: Parcel?
    do {
      let parcel = Parcel()
      first = parcel
      queue.append(parcel, of: "a")
    }
    queue.append(Parcel(), of: "a")
    #expect(first != nil)
    #expect(drop(from: &queue))
    #expect(first == nil && queue.count == 1)
  }

  @Test("nothing is lost, doubled or put out of order under any mix", arguments: 1...20)
  func mix(_ seed: UInt64) {
    var state = seed
    func draw(_ most: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % most)
    }
    var queue = FairQueue<Int, (party: Int, number: Int)>()
    var sent = [Int](repeating: 0, count: 7)
    var seen = [Int](repeating: 0, count: 7)
    for _ in 0..<5000 {
      if draw(5) < 3 {
        let party = draw(7)
        queue.append((party, sent[party]), of: party)
        sent[party] += 1
      } else if let (party, number) = queue.next() {
        #expect(number == seen[party])
        seen[party] += 1
      }
    }
    while let (party, number) = queue.next() {
      #expect(number == seen[party])
      seen[party] += 1
    }
    #expect(seen == sent)
  }
}
