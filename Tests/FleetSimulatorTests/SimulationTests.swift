// Tests that a fleet keeps its promises under faults, and that planted bugs do not stay hidden.
import Foundation
import Testing

@testable import FleetSimulator

@Suite struct SimulationTests {
  /// Fresh in every run of the tests; a failure prints the seed that shows it.
  private static let seedBase = UInt64.random(in: 0..<1_000_000_000)

  private func explain(_ outcome: SimulationOutcome) -> Comment {
    """
    seed \(outcome.seed), faults \(outcome.faults): \(outcome.violation?.description ?? "")
    \(outcome.story.joined(separator: "\n"))
    """
  }

  @Test("under fresh seeds nothing goes wrong and everything finishes", arguments: 0..<2)
  func freshSeeds(_ run: Int) {
    let seed = Self.seedBase + UInt64(run)
    print("seed \(seed)")
    let outcome = Simulation(seed: seed, SimulationOptions(stations: 3, days: 1)).run()
    #expect(outcome.violation == nil, explain(outcome))
    #expect(outcome.records > 100)
  }

  @Test("each fault by itself is survived", arguments: Fault.allCases)
  func oneFault(_ fault: Fault) {
    // Of these seeds some draw the fault and some do not.
    for seed in 1...2 as ClosedRange<UInt64> {
      let plan = FaultPlan(seed: seed, allowed: [], required: [fault])
      #expect(plan.names == fault.rawValue)
      let options = SimulationOptions(stations: 1, days: 1, faults: [fault])
      let outcome = Simulation(seed: seed, options).run()
      #expect(outcome.violation == nil, explain(outcome))
    }
  }

  @Test("without faults every count is held against the people, and all are right")
  func noFaults() {
    let outcome = Simulation(seed: 5, SimulationOptions(stations: 2, days: 1, faults: [])).run()
    #expect(outcome.violation == nil, explain(outcome))
    #expect(outcome.countsKept == 2)
    #expect(outcome.settings.taken > 10)
    #expect(outcome.faults == "none")
  }

  @Test("publishing before the commit is found under every one of six seeds", arguments: 1...6)
  func publishBeforeCommit(_ seed: Int) {
    let options = SimulationOptions(stations: 3, days: 1, mutation: .publishBeforeCommit)
    let outcome = Simulation(seed: UInt64(seed), options).run()
    #expect(outcome.violation?.kind == .wrong)
    #expect(outcome.story.count == Trace.usual)
  }

  @Test(
    "each planted bug in the taking of settings is found under one of three seeds",
    arguments: [
      PlantedBug.settingsForgotten, .settingsOlder, .settingsAgain, .settingsKept,
      .settingsHalved,
    ])
  func settings(_ bug: PlantedBug) {
    let options = SimulationOptions(stations: 3, days: 1, mutation: bug)
    let isFound = (1...3).contains { seed in
      Simulation(seed: UInt64(seed), options).run().violation?.kind == .wrong
    }
    #expect(isFound)
  }

  @Test("one seed gives one trace, another one gives another")
  func deterministic() {
    let options = SimulationOptions(stations: 2, days: 1)
    let outcomes = [3, 3, 4].map { Simulation(seed: $0, options).run() }
    #expect(outcomes[0].hash == outcomes[1].hash)
    #expect(outcomes[0].events == outcomes[1].events)
    #expect(outcomes[0].hash != outcomes[2].hash)
  }

  @Test("faults are drawn per seed: about half of them, and never others than allowed")
  func plans() {
    let plans = (0..<200).map { FaultPlan(seed: $0, allowed: Fault.allCases, required: []) }
    #expect(Set(plans.map(\.names)).count > 190)
    for fault in Fault.allCases {
      let share = plans.count { $0.contains(fault) }
      #expect((60...140).contains(share), "\(fault)")
    }
    let allowed: [Fault] = [.drop, .restart]
    for seed in 0..<50 as Range<UInt64> {
      let plan = FaultPlan(seed: seed, allowed: allowed, required: [])
      #expect(plan.faults.allSatisfy(allowed.contains))
    }
  }
}
