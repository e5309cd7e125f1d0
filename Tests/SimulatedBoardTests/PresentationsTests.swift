// Tests of what the board remembers of codes that were shown, and of which answer belongs to which.
import GPIO
import Testing
import Time

@testable import SimulatedBoard

@Suite("Presentations at a board")
struct PresentationsTests {
  private var presentations = Presentations()
  private let start = Instant(nanoseconds: 1_000_000_000)

  private mutating func show(
    _ text: String, at point: Int = 1, after delay: Duration = .zero, hasDaemon: Bool = true
  ) {
    presentations.presented(
      Array(text.utf8), kind: nil, accessPoint: point, hasDaemon: hasDaemon, at: start + delay,
      wall: WallTime(seconds: 1_800_000_000))
  }

  private mutating func answer(
    _ reason: String, at point: Int = 1, after delay: Duration = .zero
  ) -> Int? {
    presentations.answered(.refused(reason: reason), accessPoint: point, at: start + delay)?.number
  }

  @Test("answers go to the presentations of their own door, the oldest first")
  mutating func order() {
    show("A")
    show("B")
    show("C", at: 2)
    #expect(answer("expired", at: 2) == 3)
    #expect(answer("expired") == 1)
    #expect(answer("replayed") == 2)
    #expect(answer("replayed") == nil)
    #expect(presentations.entries[1].answer == .said(.refused(reason: "replayed")))
  }

  @Test("the same bytes again within three seconds wait for no answer of their own")
  mutating func repetition() {
    show("A")
    show("A", after: .seconds(2))
    show("B", after: .seconds(2))
    #expect(presentations.entries.map(\.answer) == [.awaited, .repeated, .awaited])
    #expect(answer("expired", after: .seconds(2)) == 1)
    #expect(answer("closed", after: .seconds(2)) == 3)
    show("B", after: .seconds(5))
    #expect(presentations.entries.last?.answer == .awaited)
  }

  @Test("a code that is held to the reader can be answered once more")
  mutating func anotherLook() {
    show("A")
    #expect(answer("full") == 1)
    show("A", after: .seconds(1))
    #expect(
      presentations.answered(.granted, accessPoint: 1, at: start + .seconds(1))?.number == 2)
  }

  @Test("what is not answered in time, or before the daemon goes, is not answered")
  mutating func patience() {
    show("A", hasDaemon: false)
    #expect(presentations.entries[0].answer == .none && presentations.nextWake == nil)
    show("B")
    #expect(presentations.nextWake == start + Presentations.patience)
    #expect(presentations.expire(at: start).isEmpty)
    #expect(presentations.expire(at: start + Presentations.patience).map(\.number) == [2])
    show("C", after: .seconds(6))
    #expect(presentations.expire(isGone: true, at: start + .seconds(6)).map(\.number) == [3])
    #expect(answer("expired", after: .seconds(6)) == nil)
  }

  @Test("only the last fifty are kept, and no byte that is not printable is shown")
  mutating func bounds() {
    for number in 0..<60 { show("\u{1}é<\(number)") }
    #expect(presentations.entries.count == Presentations.most)
    #expect(presentations.entries.first?.number == 11)
    #expect(presentations.entries.last?.start == "...<59")
  }
}
