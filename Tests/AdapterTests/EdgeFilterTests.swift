// What counts as a level, by the stamps of the edges alone.
import GPIO
import Linux
import Testing
import Time

@Suite("Edges made into levels")
struct EdgeFilterTests {
  private let start = Instant(nanoseconds: 1_000_000_000)

  private func edge(_ microseconds: Int, _ level: Bool) -> LineEdge {
    LineEdge(at: start + .microseconds(microseconds), level: level)
  }

  private func filter() -> EdgeFilter {
    var filter = EdgeFilter(settling: .milliseconds(5))
    _ = filter.read(false, at: start)
    return filter
  }

  @Test("any input active for 20 ms is processed, however late the loop gets there")
  func pulse() {
    var filter = filter()
    let levels = filter.take([edge(0, true), edge(20_000, false)])
    #expect(levels == [EdgeFilter.Level(true, at: start)])
    let end = start + .milliseconds(20)
    #expect(filter.deadline == end + .milliseconds(5))
    #expect(filter.read(false, at: end + .seconds(1)) == EdgeFilter.Level(false, at: end))
    #expect(filter.deadline == nil)
  }

  @Test("bounce before and after a press makes one press of it, from its first edge that lasted")
  func bounce() {
    var filter = filter()
    let levels = filter.take([
      edge(0, true), edge(300, false), edge(500, true), edge(9000, false), edge(9200, true),
      edge(9400, false),
    ])
    #expect(levels == [EdgeFilter.Level(true, at: start + .microseconds(500))])
    #expect(filter.read(false, at: start + .seconds(1))?.level == false)
  }

  @Test("a press counts whose end is read before the kernel has told its edge")
  func lateEdge() {
    var filter = filter()
    #expect(filter.take([edge(0, true)]) == [])
    // The loop gets there late, and the line has moved on.
    let late = start + .milliseconds(200)
    #expect(filter.read(false, at: late) == nil)
    #expect(filter.deadline == late + .milliseconds(5))
    #expect(filter.take([edge(150_000, false)]) == [EdgeFilter.Level(true, at: start)])
    #expect(filter.read(false, at: late + .milliseconds(9))?.at == start + .milliseconds(150))
    // An edge that never comes was lost, and what is read counts.
    #expect(filter.take([edge(300_000, true)]) == [])
    #expect(filter.read(false, at: start + .milliseconds(310)) == nil)
    #expect(filter.read(false, at: start + .milliseconds(315)) == nil)
    #expect(filter.deadline == nil)
  }

  @Test("a line that never stands still is due after four times the settling time")
  func restless() {
    var filter = filter()
    for index in 0..<15 { _ = filter.take([edge(index * 2000, index % 2 == 0)]) }
    #expect(filter.deadline == start + .milliseconds(20))
  }

  @Test("an edge that the kernel lost shows in the level that is read")
  func lostEdge() {
    var filter = filter()
    #expect(filter.take([edge(0, true), edge(1000, true)]) == [])
    #expect(filter.read(true, at: start + .milliseconds(9))?.at == start + .milliseconds(1))
    #expect(filter.read(true, at: start + .milliseconds(10)) == nil)
    filter.forget()
    #expect(filter.read(true, at: start + .milliseconds(11))?.level == true)
  }

  @Test("1 kHz is chatter within 101 ms, and is over a second after its last edge")
  func chatter() {
    var filter = filter()
    var index = 0
    while !filter.isChattering, index < 10_000 {
      _ = filter.take([edge(index * 500, index % 2 == 0)])
      index += 1
    }
    #expect(index == EdgeFilter.Limits.wires.edges + 1)
    #expect(filter.deadline == nil)
    let last = start + .milliseconds(100)
    let noise = last + .milliseconds(400)
    let edges = [LineEdge(at: noise, level: true)]
    #expect(filter.poll(edges, at: noise) == false)
    #expect(filter.poll([], at: noise + .milliseconds(999)) == false)
    #expect(filter.poll([], at: noise + .seconds(1)) == true)
    #expect(!filter.isChattering)
  }

  @Test("bounce of half as many edges in a second is no chatter, second after second")
  func busy() {
    var filter = filter()
    for index in 0..<1000 {
      let bounce = [edge(index * 20_000, true), edge(index * 20_000 + 500, false)]
      #expect(filter.take(bounce) == [])
    }
    #expect(!filter.isChattering)
  }

  /// Levels of 1 s / `rate` each, for `seconds`.
  private func swing(_ rate: Int, seconds: Int) -> EdgeFilter {
    var filter = filter()
    for index in 0..<rate * seconds {
      _ = filter.take([edge(index * 1_000_000 / rate, index % 2 == 0)])
    }
    return filter
  }

  @Test("a wire that swings slower than any bounce is chatter all the same")
  func slowSwing() {
    #expect(swing(40, seconds: 2).isChattering)
    #expect(swing(15, seconds: 11).isChattering)
    #expect(!swing(15, seconds: 7).isChattering)
    #expect(!swing(11, seconds: 60).isChattering)
  }
}
