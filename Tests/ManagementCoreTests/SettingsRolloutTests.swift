// Tests of roll-outs: which wave goes out when, and what stops it.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Roll-outs of settings")
struct SettingsRolloutTests {
  private static func station(_ number: Int) -> StationID { StationID("s-\(number)")! }
  private static let stations = (1...25).map(station)

  private func rollout(sentWaves: Int, passed: Set<StationID> = []) -> SettingsRollout {
    SettingsRollout(
      id: 1, SettingsChange([]), waves: SettingsRollout.waves(of: Self.stations), reason: "r",
      actor: "li", at: WallTime(milliseconds: 0), state: .running, sentWaves: sentWaves,
      passed: passed)
  }

  @Test("one station goes first, then a tenth, then the rest; each once")
  func waves() {
    #expect(SettingsRollout.waves(of: Self.stations).map(\.count) == [1, 2, 22])
    #expect(SettingsRollout.waves(of: Self.stations).flatMap { $0 } == Self.stations)
    #expect(SettingsRollout.waves(of: [Self.station(1)]).map(\.count) == [1])
    #expect(SettingsRollout.waves(of: Array(Self.stations.prefix(2))).map(\.count) == [1, 1])
    #expect(SettingsRollout.waves(of: []).isEmpty)
  }

  @Test("the next wave waits for every station of the last, and one that is not well stops it")
  func verdicts() {
    let second = rollout(sentWaves: 2)
    #expect(rollout(sentWaves: 0).verdict(isOverdue: false) { _ in .pending } == .goOn)
    for standing in SettingsStanding.allCases {
      let mixed = { (station: StationID) -> SettingsStanding? in
        station == Self.station(3) ? standing : .inForce
      }
      let verdict = second.verdict(isOverdue: false, standing: mixed)
      switch standing {
      case .inForce: #expect(verdict == .goOn)
      case .pending, .trial:
        #expect(verdict == .wait)
        #expect(
          second.verdict(isOverdue: true, standing: mixed)
            == .stop(SettingsRollout.Halt(Self.station(3), standing.rawValue)))
      case .none, .refused, .unwell, .restarts, .foreign:
        #expect(verdict == .stop(SettingsRollout.Halt(Self.station(3), standing.rawValue)))
      }
      let passed = rollout(sentWaves: 2, passed: [Self.station(3)])
      #expect(passed.verdict(isOverdue: false, standing: mixed) == .goOn)
    }
  }

  @Test("only what makes sense can be decided")
  func decisions() {
    var draft = rollout(sentWaves: 0)
    draft.state = .draft
    func decide(_ decision: RolloutDecision) -> Bool { draft.decide(decision, by: "wu") }
    #expect(!decide(.stop) && !decide(.pass))
    #expect(decide(.send) && draft.state == .running)
    #expect(decide(.stop) && draft.halt?.text == "wu stopped it")
    #expect(!decide(.pass))
    #expect(decide(.send) && draft.sentWaves == 0)
    #expect(decide(.cancel))
    for decision in RolloutDecision.allCases { #expect(!decide(decision)) }
  }

  @Test("a standing says where the newest settings have got to")
  func standings() {
    let digest = PayloadDigest(high: 1, low: 2)
    let wanted = WantedSettings(revision: 4, digest: digest, sections: [])
    func report(
      _ revision: Int64?, isOnTrial: Bool = false, setback: Int64? = nil,
      _ cause: SettingsSetback = .refused, digest: PayloadDigest = digest
    ) -> SettingsReport {
      SettingsReport(
        inForce: revision.map {
          SettingsReport.InForce(revision: $0, digest: digest, isOnTrial: isOnTrial)
        }, setback: setback.map { SettingsReport.Setback(revision: $0, cause) })
    }
    #expect(SettingsStanding(nil, report(4)) == .none)
    #expect(SettingsStanding(wanted, nil) == .pending)
    #expect(SettingsStanding(wanted, report(3)) == .pending)
    #expect(SettingsStanding(wanted, report(3, setback: 3)) == .pending)
    #expect(SettingsStanding(wanted, report(4, isOnTrial: true)) == .trial)
    #expect(SettingsStanding(wanted, report(4)) == .inForce)
    #expect(SettingsStanding(wanted, report(4, digest: PayloadDigest(high: 9, low: 9))) == .foreign)
    #expect(SettingsStanding(wanted, report(3, setback: 4)) == .refused)
    #expect(SettingsStanding(wanted, report(3, setback: 4, .unwell)) == .unwell)
    #expect(SettingsStanding(wanted, report(nil, setback: 4, .restarts)) == .restarts)
  }
}
