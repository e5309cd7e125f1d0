// What becomes of a station's word about its certificate, and of the alarm of one that ends.
import JSON
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Statements of stations about their certificates")
struct IdentityStatementTests {
  private static let gate = StationID("gate-1")!
  private static let hall = StationID("hall-1")!
  private static let statement = IdentityStatement(
    certificate: PEMText(Array("x".utf8)), request: nil,
    proof: IdentityProof([UInt8](repeating: 7, count: IdentityProof.length))!)
  private let scenario = ManagementScenario()

  @Test("a statement is judged; more of one station than it may have are counted, not judged")
  func flood() {
    let json = Self.statement.json
    for _ in 0..<Management.mostStatements {
      let effects = scenario.hear(.identity(Self.gate), json)
      #expect(effects == [.judge(Self.gate, Self.statement)])
    }
    #expect(scenario.hear(.identity(Self.gate), json) == [.note(.requestFlood(Self.gate))])
    #expect(scenario.hear(.identity(Self.hall), json) == [.judge(Self.hall, Self.statement)])
    scenario.advance(.seconds(1))
    #expect(scenario.hear(.identity(Self.gate), json) == [.judge(Self.gate, Self.statement)])
  }

  @Test("a statement that the broker has kept is cleared, and judged no more")
  func retained() {
    let effects = scenario.hear(.identity(Self.gate), Self.statement.json, isRetained: true)
    #expect(
      effects == [.note(.retainedElsewhere(Self.gate)), .clear(topic: "ws/v1/gate-1/identity")])
  }

  @Test("what the authority refuses is counted by its station")
  func refused() {
    let effects = scenario.handle(.identityRefused(Self.gate, reason: "over"))
    #expect(effects == [.note(.unprovenIdentity(Self.gate, reason: "over"))])
    #expect(scenario.management.refused.all.map(\.kind) == [.unprovenIdentity])
  }

  @Test("the alarm stands at the stations that are named, and ends where one is not any more")
  func alarm() {
    for station in [Self.gate, Self.hall] {
      _ = scenario.handle(
        .stationNamed(StationRegistration(id: station, names: StationNames(station))))
    }
    func alarmed() -> [StationID] {
      scenario.management.views(at: scenario.now)
        .filter { $0.life.findings.holds(.certificateEnding) }.map(\.id)
    }
    #expect(
      scenario.handle(.certificatesEnding([Self.gate, Self.hall]))
        == [.announce(Self.gate), .announce(Self.hall)])
    #expect(alarmed() == [Self.gate, Self.hall])
    #expect(scenario.handle(.certificatesEnding([Self.hall])) == [.announce(Self.gate)])
    #expect(alarmed() == [Self.hall])
    #expect(scenario.handle(.certificatesEnding([])) == [.announce(Self.hall)])
    #expect(scenario.handle(.certificatesEnding([])) == [])
  }
}
