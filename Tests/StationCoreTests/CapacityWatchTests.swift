// Tests the alarms of a room that fills up and empties.
import StationCore
import StationProtocol
import Testing

@Suite struct CapacityWatchTests {
  /// The alarms that stand as people come and go.
  private func play(_ policy: CapacityPolicy, _ counts: [Int64]) -> [[Alarm]] {
    let watch = CapacityWatch(policy)
    var standing: [Alarm] = []
    return counts.map { inside in
      for (alarm, stands) in watch.judge(inside: inside, { standing.contains($0) }) {
        standing.removeAll { $0 == alarm }
        if stands { standing.append(alarm) }
      }
      return standing.sorted()
    }
  }

  @Test("each level is raised when it is reached and cleared with a band between, but the last one")
  func levels() {
    let policy = CapacityPolicy(most: 20, first: 80, second: 90)
    #expect(
      play(policy, [15, 16, 17, 18, 19, 20, 19, 18, 17, 16, 15, 14])
        == [
          [], [.capacityFirst], [.capacityFirst], [.capacityFirst, .capacitySecond],
          [.capacityFirst, .capacitySecond],
          [.capacityFirst, .capacityFull, .capacitySecond],
          [.capacityFirst, .capacitySecond],
          [.capacityFirst, .capacitySecond], [.capacityFirst, .capacitySecond],
          [.capacityFirst], [.capacityFirst], [],
        ])
  }

  @Test("one in, one out at the threshold raises one alarm, not one each time")
  func noFlapping() {
    let counts: [Int64] = (0..<50).map { $0.isMultiple(of: 2) ? 16 : 15 }
    #expect(play(CapacityPolicy(most: 20), counts).allSatisfy { $0 == [.capacityFirst] })
  }

  @Test("in a very small room the highest of levels that fall together speaks")
  func small() {
    #expect(play(CapacityPolicy(most: 1), [0, 1, 0]) == [[], [.capacityFull], []])
    #expect(
      play(CapacityPolicy(most: 2), [1, 2, 1, 0]) == [[], [.capacityFull], [], []])
    #expect(
      play(CapacityPolicy(most: 5), [3, 4, 5]) == [
        [], [.capacityFirst], [.capacityFirst, .capacityFull],
      ])
  }

  @Test("a room without a limit, and one that lets nobody in, raises nothing")
  func none() {
    #expect(play(CapacityPolicy(), [1000]) == [[]])
    #expect(play(CapacityPolicy(most: 0), [0, 1]) == [[], []])
  }
}
