// What the levels of wires are to the core.
import GPIO
import StationCore
import StationProtocol
import Testing

@testable import StationShell

@Suite("Events of wires")
struct WireEventTests {
  @Test("each input says something at one of its levels, and no output does")
  func inputs() {
    for kind in BoardLine.Kind.allCases {
      let line = kind.isOfAccessPoint ? BoardLine(kind, 1) : BoardLine(kind)
      let events = [false, true].compactMap { line.event($0) }
      #expect(events.isEmpty != kind.isInput, "\(kind)")
      #expect(!kind.isMomentary || events.count == 1, "\(kind)")
    }
  }

  @Test(
    "each condition of the station has a wire of the same name",
    arguments: StationCondition.allCases)
  func conditions(_ condition: StationCondition) throws {
    let kind = try #require(BoardLine.Kind(rawValue: condition.rawValue))
    #expect(BoardLine(kind).event(true) == .wires(.conditionChanged(condition, isOn: true)))
    #expect(BoardLine(kind).event(false) == .wires(.conditionChanged(condition, isOn: false)))
  }
}
