// The complete prefix of a stream, against a plain set of numbers.
import ManagementCore
import Testing

@Suite("Stream progress")
struct StreamProgressTests {
  @Test("what comes out of order waits beyond the hole and is joined when the hole is filled")
  func outOfOrder() {
    var progress = StreamProgress()
    progress.add(3...4)
    progress.add(8...9)
    #expect(progress == StreamProgress(upto: 0, islands: [3...4, 8...9]))
    progress.add(5...6)
    #expect(progress.islands == [3...6, 8...9])
    progress.add(1...2)
    #expect(progress == StreamProgress(upto: 6, islands: [8...9]))
    progress.add(2...7)
    #expect(progress == StreamProgress(upto: 9))
    progress.add(1...5)
    #expect(progress == StreamProgress(upto: 9))
  }

  @Test("the holes below a floor are what no island covers")
  func holes() {
    let progress = StreamProgress(upto: 2, islands: [5...6, 9...12])
    #expect(progress.holes(below: 3) == [])
    #expect(progress.holes(below: 4) == [3...3])
    #expect(progress.holes(below: 6) == [3...4])
    #expect(progress.holes(below: 9) == [3...4, 7...8])
    #expect(progress.holes(below: 11) == [3...4, 7...8])
    #expect(progress.holes(below: 20) == [3...4, 7...8, 13...19])
  }

  @Test("islands are bounded; what was not noted counts when it comes again")
  func bound() {
    var progress = StreamProgress()
    for number in 1...UInt64(3 * StreamProgress.mostIslands) {
      progress.add(2 * number...2 * number)
    }
    #expect(progress.islands.count == StreamProgress.mostIslands)
    for number in 1...UInt64(3 * StreamProgress.mostIslands) {
      progress.add(2 * number - 1...2 * number)
    }
    #expect(progress == StreamProgress(upto: UInt64(6 * StreamProgress.mostIslands)))
  }

  @Test("random ranges give what a set of numbers gives", arguments: 1...50)
  func model(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var progress = StreamProgress()
    var model: Set<UInt64> = []
    for _ in 0..<60 {
      let first = 1 + next(80)
      let range = first...first + next(6)
      progress.add(range)
      model.formUnion(range)
      var upto: UInt64 = 0
      while model.contains(upto + 1) { upto += 1 }
      #expect(progress.upto == upto)
      #expect(Set(progress.islands.flatMap { Array($0) }) == model.filter { $0 > upto })
      let floor = 1 + next(90)
      let holes = Set(progress.holes(below: floor).flatMap { Array($0) })
      #expect(holes == Set((1..<max(floor, 1)).filter { !model.contains($0) }))
    }
  }
}
