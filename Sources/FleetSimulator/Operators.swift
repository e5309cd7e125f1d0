// The people at the service of a simulated fleet: they enrol, grant points, and decide what is left.
//
// Fault model.
// - An order is given again, under its key, as by somebody whose network failed; after the service
//   was restored from a backup all are, because nobody knows which of them it still has.
// - What fell without a hold a person decides at the end, by the count of the slot.
// - What a station will never settle, because its store is lost, a person decides by what records
//   say: taken where the article is said to have fallen, given back otherwise.
import ManagementCore
import StationProtocol
import Time

final class Operators {
  static let members = (0..<200).compactMap { MemberID("member-\($0)") }

  private struct Grant {
    var key: OrderKey
    var member: MemberID
    var amount: Points
  }

  private let world: World
  private let service: SimulatedManagement
  private var dice: SeededGenerator
  private var grants: [Grant] = []
  private var decided = 0

  init(_ world: World, _ service: SimulatedManagement) {
    self.world = world
    self.service = service
    dice = SeededGenerator(seed: world.seed, "office")
  }

  func begin() {
    service.onRestore = { [unowned self] in orderAll() }
    for member in Self.members {
      if let grant = draw(50...600, for: member) { grants.append(grant) }
    }
    orderAll()
    planGrants()
  }

  private func draw(_ range: ClosedRange<Int>, for member: MemberID) -> Grant? {
    let amount = range.lowerBound + dice.below(range.upperBound - range.lowerBound + 1)
    guard let points = Points(Int64(amount)), let key = OrderKey("grant-\(grants.count)") else {
      return nil
    }
    world.referee.ledger.grants(points.number, to: member)
    return Grant(key: key, member: member, amount: points)
  }

  private func planGrants() {
    world.after(dice.seconds(600...7200)) { [unowned self] in
      guard world.phase == .faults else { return }
      grant(to: dice.pick(Self.members), 20...300)
      if dice.once(in: 4) { order(dice.pick(grants)) }
      planGrants()
    }
  }

  func grant(to member: MemberID, _ range: ClosedRange<Int>) {
    guard let grant = draw(range, for: member) else { return }
    grants.append(grant)
    order(grant)
  }

  /// Everything since the beginning: what was done is not done again.
  private func orderAll() {
    for member in Self.members {
      _ = service.store.enrol(
        Member(id: member, label: nil, enrolled: World.begin), by: "office")
    }
    if let key = OrderKey("issue") {
      expect(carryOut(.issue(100_000_000, reason: "what there is to grant"), key))
    }
    for grant in grants { order(grant) }
  }

  private func order(_ grant: Grant) {
    expect(carryOut(.grant(grant.member, grant.amount, reason: "hours on the street"), grant.key))
  }

  private func carryOut(_ order: LedgerOrder, _ key: OrderKey) -> OrderOutcome {
    service.store.carryOut(
      order, key: key, by: "office", aloneUpTo: .max,
      at: Now(instant: world.now, wall: world.wall, utcOffsetSeconds: 8 * 3600))
  }

  private func expect(_ outcome: OrderOutcome) {
    if case .done = outcome { return }
    world.referee.complain("the ledger refuses the office: \(outcome)")
  }

  // MARK: - The end

  /// What fell without a hold, as after a backup was restored. Nobody has stolen the login of these
  /// stations: what one says that fell, a person finds gone from its slot.
  private func decide(_ entry: LedgerExchange) {
    decided += 1
    guard let key = OrderKey("decision-\(decided)") else { return }
    expect(carryOut(.resolve(entry.exchange.id, .post(nil), reason: "the slot was counted"), key))
  }

  /// Decides the holds that no station will settle any more; any other is one that got stuck.
  func decideTheRest() {
    let told = service.store.discrepancies(before: nil, limit: .max)
    let fallen = Set(told.filter { $0.kind == .foreign && $0.outcome.isCharged }.map(\.exchange.id))
    for hold in service.store.openHolds(after: 0, limit: .max) {
      let id = hold.entry.exchange.id
      if hold.entry.isUnproven {
        decide(hold.entry)
        continue
      }
      let isListed = world.referee.isSettledByHand(id)
      guard isListed else {
        world.referee.complain("a hold for \(id) is never resolved", .stuck)
        return
      }
      guard hold.isOrphaned == world.referee.exchanges.isLost(id.stream) else {
        world.referee.complain("whether a store is lost is not listed rightly with \(id)")
        return
      }
      decided += 1
      guard let key = OrderKey("decision-\(decided)") else { continue }
      let decision: HoldDecision = fallen.contains(id) ? .post(nil) : .void
      expect(carryOut(.resolve(id, decision, reason: "its store is lost"), key))
    }
  }
}
