// Alarms that the service raises itself: how they stand and how they end.
import ManagementCore
import StationProtocol
import Testing

@Suite("Findings of the service about a station")
struct FindingsTests {
  let scenario = ManagementScenario()

  @Test("a finding is new once, keeps the time of the first, and ends a day after the last")
  func standsForADay() {
    var findings = StationFindings()
    let first = scenario.now
    let isNew = findings.note(.nameShared, at: first)
    #expect(isNew)
    scenario.advance(.seconds(80_000))
    let isNewAgain = findings.note(.nameShared, at: scenario.now)
    #expect(!isNewAgain)
    scenario.advance(.seconds(80_000))
    let stands = findings.forgetOld(at: scenario.now)
    #expect(!stands)
    #expect(
      findings.alarms == [ActiveAlarm(alarm: .nameShared, accessPoint: nil, since: first.wall)])
    scenario.advance(.seconds(6_400))
    let ended = findings.forgetOld(at: scenario.now)
    #expect(ended)
    #expect(findings.alarms.isEmpty)
  }
}
