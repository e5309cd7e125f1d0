// One run: a fleet, its people, its broker and its service, under the faults of one seed.
import StationCore
import StationProtocol
import Time

/// The fleet, the time and the faults to simulate; the seed decides everything else.
package struct SimulationOptions: Sendable {
  package var stations: Int
  package var days: Int
  package var faults: [Fault]
  package var mutation: PlantedBug?
  /// How many of the last events are told of a run in which something is wrong.
  package var story = Trace.usual

  package init(
    stations: Int = 3, days: Int = 2, faults: [Fault] = Fault.allCases, mutation: PlantedBug? = nil
  ) {
    self.stations = stations
    self.days = days
    self.faults = faults
    self.mutation = mutation
  }
}

/// The outcome of one run.
package struct SimulationOutcome: Sendable {
  package let seed: UInt64
  package let faults: String
  package let violation: Violation?
  /// The same in every process for the same seed and options.
  package let hash: UInt64
  package let events: Int
  package let records: Int
  /// Stations whose count of people could be held against the people themselves.
  package let countsKept: Int
  /// Exchanges that were begun, and those in which an article fell and was paid for.
  package let exchanges: Int
  package let sales: Int
  /// Commands that stations have carried out.
  package let commands: Int
  /// Settings that stations have taken, and those that they gave up again.
  package let settings: (taken: Int, givenUp: Int)
  /// The last events before a violation, oldest first.
  package let story: [String]
}

package struct Simulation {
  private let world: World
  private let broker: SimulatedBroker
  private let service: SimulatedManagement
  private let stations: [SimulatedStation]
  private let workers: [Workers]
  private let customers: [Customers]
  private let maintainers: [Maintainer]
  private let office: Operators
  private let dispatchers: Dispatchers
  private let typists: [Typists]
  private let desk: SettingsDesk
  private let forger: Forger
  private let options: SimulationOptions

  /// How long everything may take to finish once nothing hinders it.
  static let quiet: Duration = .seconds(3 * 3600)

  /// How long what is written at the end may take on its way into the service.
  static let settling: Duration = .seconds(120)

  /// - Parameter watch: told how far it has come.
  package init(seed: UInt64, _ options: SimulationOptions, watch: Watch? = nil) {
    self.options = options
    let plan = FaultPlan(
      seed: seed, allowed: options.faults, required: options.mutation?.needs ?? [])
    let world = World(
      seed: seed, plan: plan, mutation: options.mutation, stations: options.stations,
      story: options.story)
    watch?.begin(seed: seed)
    world.trace.watch = watch
    let ids = (1...options.stations).compactMap { StationID("station-\($0)") }
    let broker = SimulatedBroker(world, stations: ids)
    stations = ids.enumerated().map { SimulatedStation(world, broker, index: $0, id: $1) }
    let books = stations.map { CodeBook(world, station: $0.index) }
    workers = zip(stations, books).map { Workers($0, world, $1) }
    let digits = DigitsBook()
    typists = stations.map { Typists($0, world, digits) }
    customers = zip(stations, books).compactMap { Customers($0, world, $1) }
    maintainers = stations.compactMap { Maintainer($0, world) }
    world.referee.kept = { [stations] index in
      let image = stations[index].disk.image
      return image.kept.map(\.end)
        + image.settlements.map {
          KeptEnd(stream: image.stream, seq: $0.seq, record: $0.record)
        }
    }
    service = SimulatedManagement(world, broker, stations: ids)
    office = Operators(world, service)
    dispatchers = Dispatchers(world, broker, service, stations, digits)
    desk = SettingsDesk(world, service, stations)
    forger = Forger(world, broker)
    self.world = world
    self.broker = broker
  }

  package func run() -> SimulationOutcome {
    service.start()
    for station in stations { station.powerOn() }
    for people in workers { people.begin() }
    for people in typists { people.begin() }
    for people in customers { people.begin() }
    for people in maintainers { people.begin() }
    office.begin()
    dispatchers.begin()
    desk.begin()
    forger.begin()
    service.keepBackups()
    BackgroundFaults(world: world, broker: broker, service: service, stations: stations).begin()
    let end = Instant(nanoseconds: 0) + .seconds(86_400 * options.days)
    world.run(until: end)
    calm()
    world.run(until: end + Self.quiet)
    settle()
    judge()
    defer { world.end() }
    return SimulationOutcome(
      seed: world.seed, faults: world.plan.names, violation: world.referee.violation,
      hash: world.trace.hash, events: world.events, records: world.referee.delivery.records,
      countsKept: world.referee.countsKept, exchanges: world.referee.exchanges.ids.count,
      sales: world.referee.exchanges.sales, commands: world.referee.commands.carriedOut,
      settings: (world.referee.settings.taken, world.referee.settings.givenUp),
      story: world.referee.violation == nil ? [] : world.trace.story)
  }

  /// Ends all faults. From here on everything must finish by itself.
  private func calm() {
    guard world.referee.violation == nil else { return }
    world.note("all is calm")
    world.phase = .quiet
    // A state that a full queue dropped is told again only in a new session.
    if world.plan.contains(.drop) { broker.goAway() }
    broker.comeBack()
    for client in 0...stations.count { broker.unsilence(client) }
    service.start()
    for station in stations { station.mend() }
    dispatchers.calm()
    desk.calm()
    for people in maintainers { people.visit(afterSeconds: 1200...1800, isThorough: true) }
    office.grant(to: Customers.witness, 100_000...200_000)
    for people in customers {
      world.after(.seconds(7200)) { people.buyForSure() }
      world.after(.seconds(7260)) { people.buyAgain() }
    }
  }

  /// A day may end at a station at this very moment: what it writes then is given its time.
  private func settle() {
    let latest = world.now + Self.settling
    while world.now < latest, stations.contains(where: { !$0.isSettled }) {
      world.run(until: world.now + .seconds(1))
    }
  }

  /// The ledger against the goods, and against itself.
  private func judgePoints() {
    let referee = world.referee
    referee.complain(
      referee.ledger.compare(
        service.store.movements(before: nil, limit: .max).reversed(), referee.exchanges,
        balances: { service.store.balance(of: $0) }))
    let now = Now(instant: world.now, wall: world.wall, utcOffsetSeconds: 8 * 3600)
    if let finding = service.store.proof(at: now).findings.first {
      referee.complain("the proof of the ledger: \(finding)")
    }
    for people in customers {
      if let complaint = people.wasServed(by: referee.exchanges) {
        referee.complain(complaint, .stuck)
      }
    }
  }

  private func judge() {
    let referee = world.referee
    guard referee.violation == nil else { return }
    referee.finish(stations, service.records, service.feed)
    referee.ledger.told = service.ends
    office.decideTheRest()
    judgePoints()
    referee.complain(referee.commands.compare(service.commands), .stuck)
    if let odd = service.store.quarantine(before: nil, limit: 1).first {
      referee.complain("in quarantine from \(odd.station): \(odd.reason)")
    }
    for station in stations {
      let settings = service.settings(of: station.id)
      referee.complain(
        referee.settings.finish(station.index, settings.wanted, settings.reported), .stuck)
      guard let view = service.view(of: station.id) else {
        referee.complain("the service does not know \(station.id)", .stuck)
        continue
      }
      if view.isOnline != true {
        referee.complain("the service takes \(station.id) for offline", .stuck)
      }
      if view.life.occupancy?.inside != station.disk.image.totals.inside {
        referee.complain("the service shows another count of \(station.id)", .stuck)
      }
    }
  }
}
