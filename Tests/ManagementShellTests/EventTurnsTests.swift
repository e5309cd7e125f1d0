// Tests that no event begins inside another one, whatever its effects bring about.
import Daemon
import Testing

@Suite("Turns of a daemon's core")
struct EventTurnsTests {
  @Test("what the effects of an event bring about is handled after them, in its order")
  func order() {
    let turns = EventTurns<Int>()
    var begun: [Int] = []
    var ended: [Int] = []
    func take(_ event: Int) -> Bool {
      turns.take(event) { event in
        begun.append(event)
        #expect(begun.count == ended.count + 1, "an event begins inside another one")
        // Each brings about two more, three levels deep.
        if event < 100 { for more in [event * 10 + 1, event * 10 + 2] { #expect(!take(more)) } }
        ended.append(event)
      }
    }
    #expect(take(1))
    #expect(begun == [1, 11, 12, 111, 112, 121, 122])
    #expect(ended == begun)
    #expect(take(200))
    #expect(ended.last == 200)
  }

  @Test("a long line of events goes no deeper on the stack")
  func depth() {
    let turns = EventTurns<Int>()
    var sum = 0
    func take(_ event: Int) {
      turns.take(event) { event in
        sum += 1
        if event > 0 { take(event - 1) }
      }
    }
    take(200_000)
    #expect(sum == 200_001)
  }
}
