// A card that was copied and put back: the service answers what it has sent, nothing that the
// original had.
import ManagementCore
import StationProtocol
import Testing

@Suite("Copies of a station's card")
struct CopiedCardTests {
  /// The card was copied after two records; then the original sent three more.
  private static let copied: UInt64 = 2
  private static let sent: UInt64 = 5

  /// A service that has all that the original sent in its second boot, which ended in order.
  private func service() -> ManagementScenario {
    let scenario = ManagementScenario()
    _ = connect(scenario, boot: 1, floor: 1)
    _ = scenario.deliver(records(1...Self.copied, scenario), from: gate)
    _ = scenario.status(session(stream, 1), isOnline: false, .stopping)
    _ = connect(scenario, boot: 2, floor: Self.copied + 1)
    let last = scenario.deliver(records(Self.copied + 1...Self.sent, scenario), from: gate)
    #expect(last.contains(acknowledged(Self.sent)))
    scenario.advance(.seconds(60))
    return scenario
  }

  private func records(
    _ numbers: ClosedRange<UInt64>, _ scenario: ManagementScenario
  ) -> RecordBatch {
    scenario.advance(.seconds(1))
    return batch(
      numbers.lowerBound, numbers.map { _ in scenario.record(.door(.exitRequested(door))) })
  }

  /// - Returns: what the birth comes to.
  private func connect(
    _ scenario: ManagementScenario, boot: Int64, floor: UInt64
  ) -> [ManagementEffect] {
    _ = scenario.status(session(stream, boot), isOnline: true)
    return scenario.commit(scenario.birth(session(stream, boot), floor: floor))
  }

  private func acknowledgements(_ effects: [ManagementEffect]) -> [Acknowledgement] {
    effects.compactMap { if case .acknowledge(gate, let ack) = $0 { ack } else { nil } }
  }

  /// The copy counts its boots as the original did, so that its session has the same number.
  private func expectConflict(_ scenario: ManagementScenario, _ birth: [ManagementEffect]) {
    #expect(acknowledgements(birth).allSatisfy { $0.upto <= Self.copied }, "\(birth)")
    let first = Self.copied + 1
    let heard = acknowledgements(
      scenario.deliver(records(first...first + 1, scenario), from: gate))
    #expect(
      heard == [Acknowledgement(stream: stream, upto: first + 1, conflict: first, batches: [])])
  }

  @Test("one that comes back under the session of the original is told of the conflict at once")
  func sameSession() {
    let scenario = service()
    _ = scenario.status(session(stream, 2), isOnline: false, .stopping)
    expectConflict(scenario, connect(scenario, boot: 2, floor: Self.copied + 1))
  }

  @Test("so is one that came back while the service had no link")
  func withoutLink() {
    let scenario = service()
    _ = scenario.handle(.linkClosed)
    _ = scenario.handle(.linkOpened)
    _ = scenario.status(session(stream, 2), isOnline: true, isRetained: true)
    let birth = scenario.commit(
      scenario.birth(session(stream, 2), floor: Self.copied + 1, isRetained: true))
    expectConflict(scenario, birth)
  }

  @Test("a birth that a station says once more within its session takes nothing back")
  func birthAgain() {
    let scenario = service()
    // The acknowledgement of the last two was on its way when it was said.
    _ = scenario.commit(scenario.birth(session(stream, 2), floor: Self.sent - 1))
    let next = Self.sent + 1
    #expect(
      acknowledgements(scenario.deliver(records(next...next, scenario), from: gate))
        == [Acknowledgement(stream: stream, upto: next, batches: [])])
  }
}
