// A whole station under random people, held against a count of those who really passed.
import StationCore
import StationProtocol
import Time

/// In an honest sequence people pass open doors one at a time, and whoever is inside moves: the
/// count is the true one, every correction is nothing. In a wild one sensors lie as they like:
/// raw totals only grow, the ledger adds up, and the sum never falls below zero.
final class OccupancyProbe: SequenceProbe {
  static let name = "occupancy"

  private static let policy = OccupancyPolicy(vacancy: VacancyTiming())
  private let points: [AccessPointID]
  private let isHonest: Bool
  private var station: Station
  private var now: Now
  private var recovered = Recovered(stream: StreamID(bits: 1))
  private var account = OccupancyAccount()
  /// The people who really came in.
  private var entered: Int64 = 0
  private var left: Int64 = 0
  private var isOpen: [Bool]
  /// What honest people are about to do; they count as having done it.
  private var coming: [Move] = []

  private enum Move {
    case tell(Event)
    case pass(Duration)
    case restart
  }

  init(_ dice: inout SeededGenerator) {
    points = (1...1 + dice.below(2)).compactMap { AccessPointID($0) }
    isHonest = !dice.once(in: 3)
    isOpen = points.map { _ in false }
    station = Self.station(points)
    now = Now(
      instant: Instant(nanoseconds: 1_000_000_000),
      wall: World.begin + .seconds(dice.below(86_400)))
    start()
  }

  private static func station(_ points: [AccessPointID]) -> Station {
    Station(
      StationConfiguration(
        version: "sequence", accessPoints: points.map { AccessPointConfiguration(id: $0) },
        occupancy: policy))
  }

  func step(_ dice: inout SeededGenerator) -> String? {
    if !isHonest {
      lie(&dice)
    } else {
      if coming.isEmpty { live(&dice) }
      advance()
    }
    let totals = station.headcount.occupancy.totals
    if let complaint = account.complaint
      ?? account.compare(totals, station.headcount.occupancy.book)
    {
      return complaint
    }
    guard isHonest, coming.isEmpty else { return nil }
    guard (totals.entered, totals.left, totals.inside) == (entered, left, entered - left) else {
      return "counted \(totals), but \(entered) came and \(left) went"
    }
    return totals.corrections == 0 ? nil : "corrected although nothing was wrong"
  }

  // MARK: - Honest people

  private var inside: Int64 { entered - left }

  private func live(_ dice: inout SeededGenerator) {
    let place = dice.below(points.count)
    switch dice.below(12) {
    case 0..<4:
      move(door: place, isOpen: true)
      coming.append(.pass(.milliseconds(300 + dice.below(2000))))
      walk(dice.once(in: 6) ? .turnBack : .inward, place, &dice)
    case 4..<8:
      coming.append(.tell(.door(.exitRequested(points[place]))))
      move(door: place, isOpen: true)
      coming.append(.pass(.milliseconds(300 + dice.below(2000))))
      if inside > 0 { walk(.outward, place, &dice) }
    case 8:
      // Nobody passes a shut door: whatever the beams see is refused.
      guard !isOpen[place] else { return }
      coming.append(.pass(.seconds(5)))
      walk(.inward, place, &dice, isCounted: false)
    case 9: rest(seconds: 1 + dice.below(4000))
    case 10: coming.append(.restart)
    default: coming.append(.tell(.wake))
    }
    if dice.once(in: 2) { move(door: place, isOpen: false) }
  }

  private func walk(
    _ way: Passage, _ place: Int, _ dice: inout SeededGenerator, isCounted: Bool = true
  ) {
    let (first, last): (Beam, Beam) = way == .outward ? (.inner, .outer) : (.outer, .inner)
    let steps: [(Beam, Bool)] =
      way == .turnBack
      ? [(first, true), (last, true), (last, false), (first, false)]
      : [(first, true), (last, true), (first, false), (last, false)]
    for (beam, isBroken) in steps {
      coming.append(.tell(.occupancy(.beamChanged(points[place], beam, isBroken: isBroken))))
      coming.append(.pass(.milliseconds(20 + dice.below(300))))
    }
    guard isCounted else { return }
    if way == .inward { entered += 1 }
    if way == .outward { left += 1 }
    coming.append(.pass(.milliseconds(50)))
  }

  private func move(door place: Int, isOpen open: Bool) {
    guard isOpen[place] != open else { return }
    isOpen[place] = open
    coming.append(.tell(.door(.contactChanged(points[place], isClosed: !open))))
  }

  /// Time goes by. Whoever is inside moves every five minutes at least.
  private func rest(seconds: Int) {
    var left = seconds
    while left > 0 {
      let now = min(left, 300)
      if inside > 0 {
        coming.append(.pass(.seconds(40)))
        coming.append(.tell(.occupancy(.motionChanged(isMoving: true))))
        coming.append(.pass(.seconds(now)))
        coming.append(.tell(.occupancy(.motionChanged(isMoving: false))))
      } else {
        coming.append(.pass(.seconds(now)))
      }
      left -= now
    }
  }

  /// Lets happen what comes up to the next event.
  private func advance() {
    while !coming.isEmpty {
      switch coming.removeFirst() {
      case .pass(let duration): pass(duration)
      case .restart: return restart()
      case .tell(let event): return tell(event)
      }
    }
  }

  // MARK: - Sensors that lie

  private func lie(_ dice: inout SeededGenerator) {
    let point = dice.pick(points)
    switch dice.below(14) {
    case 0..<5:
      tell(
        .occupancy(
          .beamChanged(point, dice.once(in: 2) ? .outer : .inner, isBroken: dice.once(in: 2))))
    case 5..<7: tell(.door(.contactChanged(point, isClosed: dice.pick([true, false, nil]))))
    case 7: tell(.occupancy(.motionChanged(isMoving: dice.pick([true, false, nil]))))
    case 8: tell(.occupancy(.counterPulsed(point)))
    case 9:
      tell(
        .occupancy(
          .counterReported(
            point, entered: Int64(dice.below(12)), left: Int64(dice.below(12)))))
    case 10: tell(.wires(.linesChanged(point, areReadable: dice.once(in: 2))))
    case 11: now.wall = now.wall + .seconds(dice.below(400_000) - 200_000)
    case 12: if dice.once(in: 4) { restart() } else { tell(.door(.exitRequested(point))) }
    default: pass(.seconds(dice.below(3000)))
    }
    pass(.milliseconds(dice.below(900)))
  }

  // MARK: - The station

  private func start() {
    recovered.boot += 1
    tell(.booted(recovered))
    for (place, point) in points.enumerated() {
      tell(.door(.contactChanged(point, isClosed: !isOpen[place])))
    }
    if isHonest { tell(.occupancy(.motionChanged(isMoving: false))) }
    pass(.seconds(4))
  }

  /// The power fails with everything durable, and comes back.
  private func restart() {
    station = Self.station(points)
    recovered.ending = .unclean
    start()
  }

  private func pass(_ duration: Duration) {
    let end = now.instant + duration
    while let deadline = station.nextDeadline, deadline <= end {
      jump(to: max(deadline, now.instant))
      tell(.wake)
      if let next = station.nextDeadline, next <= deadline {
        account.complain("a wake leaves its deadline standing")
        return
      }
    }
    jump(to: end)
  }

  private func jump(to instant: Instant) {
    now.wall = now.wall + (instant - now.instant)
    now.instant = instant
  }

  private func tell(_ event: Event) {
    for effect in station.handle(event, at: now) {
      switch effect {
      case .store(.journal(let entry)):
        recovered.next = entry.seq + 1
        recovered.floor = recovered.next
        keep(entry.changes)
        account.take(entry.record.body, at: now.instant)
      case .store(.remember(let changes, _)): keep(changes)
      default: break
      }
    }
    if let last = recovered.next > 1 ? recovered.next - 1 : nil,
      last > station.outbox.durable + 50
    {
      _ = station.handle(.link(.journaled(through: last)), at: now)
    }
  }

  private func keep(_ changes: [RecoveryChange]) {
    for change in changes {
      switch change {
      case .totals(let totals): recovered.totals = totals
      case .day(let book): recovered.day = book
      case .lastTrusted(let time): (recovered.lastTrusted, recovered.clockMark) = (time, time)
      case .clockMark(let time): recovered.clockMark = time
      default: break
      }
    }
  }
}
