// Tests which codes a pool keeps, and which give way.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("The typed codes of an access point")
struct CodePoolTests {
  private static let noon = Scenario.noon

  /// A pool without room; the n-th code is over n hours after noon.
  private static var full: CodePool {
    var pool = CodePool()
    for number in 1...TypedCode.most { _ = pool.set(code(number), at: noon) }
    return pool
  }

  private static func code(_ number: Int) -> TypedCode {
    CommandStory.typed(
      "c-\(number)", [UInt8(number)], until: noon + .seconds(3600 * Int64(number)))
  }

  @Test("codes stand in the order of their names, each once")
  func order() {
    var pool = CodePool()
    for number in [3, 1, 2, 3] { _ = pool.set(Self.code(number), at: nil) }
    #expect(pool.codes.map(\.code.id.text) == ["c-1", "c-2", "c-3"])
  }

  @Test("without room a code gives way only once its time is over, the first one first")
  func room() {
    var pool = Self.full
    let fresh = CommandStory.typed("new", [200])
    #expect(pool.set(fresh, at: Self.noon + .seconds(3599)) == nil)
    #expect(pool.set(fresh, at: nil) == nil)
    #expect(
      pool.set(fresh, at: Self.noon + .seconds(7200))
        == [.removed(Self.code(1).id), .kept(KeptCode(fresh))])
    #expect(pool.codes.count == TypedCode.most)
    #expect(pool.find(Self.code(1).hash) == nil && pool.find(Self.code(2).hash) != nil)
  }

  @Test("a code that is used up does not give way, and one that is there can be changed")
  func used() {
    var pool = Self.full
    #expect(pool.use(Self.code(1).id) == .kept(KeptCode(Self.code(1), used: 1)))
    #expect(pool.set(CommandStory.typed("new", [200]), at: Self.noon) == nil)
    var longer = Self.code(1)
    longer.uses = 2
    #expect(pool.set(longer, at: Self.noon) == [.kept(KeptCode(longer))])
  }

  @Test("of two codes with the same digits the one opens that has uses left")
  func twins() {
    var pool = CodePool()
    _ = pool.set(CommandStory.typed("a"), at: nil)
    _ = pool.set(CommandStory.typed("b"), at: nil)
    #expect(pool.find(CommandStory.digits)?.code.id.text == "a")
    _ = pool.use(TypedCodeID("a")!)
    #expect(pool.find(CommandStory.digits)?.code.id.text == "b")
    _ = pool.use(TypedCodeID("b")!)
    #expect(pool.find(CommandStory.digits)?.left == 0)
  }

  @Test("what is not there is neither used nor removed")
  func absent() {
    var pool = CodePool()
    #expect(pool.use(TypedCodeID("a")!) == nil && pool.remove(TypedCodeID("a")!) == nil)
  }
}
