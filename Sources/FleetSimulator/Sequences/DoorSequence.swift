// A whole station with doors under random events: what releases a door, for how long, and why.
import StationCore
import StationProtocol
import Time

/// Watches what a station tells its relays. The reference keeps, for each door, until when grants
/// and exits on record allow it to be released, and whether fire was signalled and not reset.
final class DoorSequence: SequenceProbe {
  static let name = "door"

  private var station: Station
  private var now: Now
  private var doors: [Watched]
  private var fire = WiresOfFire()
  private var codes: UInt64 = 0
  private var isConnected = false

  /// One door as its relay and the records show it.
  private struct Watched {
    let id: AccessPointID
    let configuration: AccessPointConfiguration
    var isReleased = false
    /// Until when a record allows it; nil where none does.
    var bound: Instant?

    var longestPulse: Duration? {
      if case .pulse(let longest) = configuration.lock.rating { longest } else { nil }
    }
    var releasedAt = Instant(nanoseconds: 0)
    var securedAt: Instant?
  }

  init(_ dice: inout SeededGenerator) {
    let points = (1...1 + dice.below(2)).compactMap { AccessPointID($0) }.map { id in
      AccessPointConfiguration(
        id: id,
        timing: DoorTiming(
          access: dice.milliseconds(500...9000), extendedAccess: .seconds(15),
          exit: dice.milliseconds(500...30_000), heldOpen: dice.seconds(10...60),
          heldOpenWarning: dice.once(in: 2) ? .seconds(5) : .zero),
        lock: DoorLock(
          rating: dice.once(in: 3) ? .pulse(longest: dice.milliseconds(100...2000)) : .continuous,
          hasFeedback: dice.once(in: 2)),
        exitDrivesStrike: !dice.once(in: 4), contactFaultAfter: 1 + dice.below(4))
    }
    station = Station(
      StationConfiguration(
        version: "sequence", accessPoints: points, fire: FirePolicy(wiring: .twoLines)))
    now = Now(instant: Instant(nanoseconds: 0), wall: World.begin)
    doors = points.map { Watched(id: $0.id, configuration: $0) }
    _ = tell(.booted(Recovered(stream: StreamID(bits: 1))))
  }

  func step(_ dice: inout SeededGenerator) -> String? {
    let end = now.instant + (dice.once(in: 4) ? dice.seconds(0...40) : dice.milliseconds(0...900))
    while let deadline = station.nextDeadline, deadline <= end {
      guard deadline > now.instant || !isOverdue(deadline) else { return "a wake changes nothing" }
      move(to: max(deadline, now.instant))
      if let complaint = tell(.wake) { return complaint }
    }
    move(to: end)
    let event = draw(&dice)
    return tell(event)
  }

  /// A wake at this very instant has already been given.
  private func isOverdue(_ deadline: Instant) -> Bool { deadline < now.instant }

  private func move(to instant: Instant) {
    now.wall = now.wall + (instant - now.instant)
    now.instant = instant
  }

  private func draw(_ dice: inout SeededGenerator) -> Event {
    let id = dice.pick(doors).id
    switch dice.below(24) {
    case 0..<5: return .entry(.presented(id, .code(code())))
    case 5..<9:
      return .door(.contactChanged(id, isClosed: dice.once(in: 9) ? nil : dice.once(in: 2)))
    case 9..<13: return .door(.exitRequested(id))
    case 13: return .wires(.linesChanged(id, areReadable: !dice.once(in: 3)))
    case 14: return .door(.strikeSensed(id, isLocked: dice.once(in: 2)))
    case 15: return .entry(.lockDownChanged(isOn: dice.once(in: 2)))
    case 16: return .entry(.maintenanceChanged(isOn: dice.once(in: 3)))
    case 17: return .wires(.inputChattered(id, .contact, isChattering: dice.once(in: 2)))
    case 18, 19:
      return .safety(
        .fireLineChanged(dice.once(in: 2) ? .first : .second, isClosed: !dice.once(in: 3)))
    case 20: return .safety(.resetTurned)
    case 21: return .door(.tamperChanged(id, isOpen: dice.once(in: 2)))
    case 22: return .wires(.linesChanged(nil, areReadable: dice.once(in: 2)))
    default:
      isConnected.toggle()
      return isConnected ? .link(.uplinkOpened(connection: Int64(codes) + 1)) : .link(.uplinkClosed)
    }
  }

  private func code() -> Presentation {
    codes += 1
    let digest = CodeDigest(high: 0xC0DE, low: codes)
    let claims = MemberClaims(
      subject: "m-\(codes % 7)", expires: now.wall + .seconds(60), issued: now.wall)
    return Presentation(digest: digest, verdict: .genuine(claims, code: digest))
  }

  /// - Returns: what may not have happened.
  private func tell(_ event: Event) -> String? {
    fire.hear(event)
    let effects = station.handle(event, at: now)
    for index in doors.indices {
      if let complaint = judge(&doors[index], event, effects) { return complaint }
    }
    return nil
  }

  private func judge(_ door: inout Watched, _ event: Event, _ effects: [Effect]) -> String? {
    let orders = effects.compactMap { effect -> Strike? in
      if case .door(.setStrike(door.id, let strike)) = effect { strike } else { nil }
    }
    for case .store(.journal(let entry)) in effects {
      let longest: Duration
      switch entry.record.body {
      case .entry(.granted(door.id, _, _, _)): longest = door.configuration.timing.access
      case .door(.exitRequested(door.id)) where door.configuration.exitDrivesStrike:
        longest = door.configuration.timing.exit
      default: continue
      }
      door.bound = max(door.bound ?? now.instant, now.instant + longest)
    }
    let wasReleased = door.isReleased
    if let last = orders.last { door.isReleased = last == .release }
    let isAllowed = door.bound.map { now.instant < $0 } ?? false
    if orders.contains(.release), !wasReleased, !isAllowed, !fire.isLatched {
      return "\(door.id) is released without a record"
    }
    if door.isReleased, !isAllowed, !fire.isLatched {
      return "\(door.id) stays released beyond its bound"
    }
    if let longest = door.longestPulse {
      return judgePulse(&door, longest, wasReleased)
    }
    if fire.isLatched, !door.isReleased { return "\(door.id) is shut during fire" }
    if case .door(.exitRequested(door.id)) = event, door.configuration.exitDrivesStrike,
      !orders.contains(.release)
    {
      return "exit is not honoured at \(door.id)"
    }
    return nil
  }

  /// A coil may not be under current for too long, nor again too soon.
  private func judgePulse(
    _ door: inout Watched, _ longest: Duration, _ wasReleased: Bool
  ) -> String? {
    if door.isReleased, !wasReleased {
      if let secured = door.securedAt, now.instant - secured < longest {
        return "the coil of \(door.id) has no rest"
      }
      door.releasedAt = now.instant
    }
    if !door.isReleased, wasReleased { door.securedAt = now.instant }
    if door.isReleased, now.instant - door.releasedAt >= longest {
      return "the coil of \(door.id) is under current for too long"
    }
    return nil
  }
}

/// What two wires say, by the rule on paper: open and closed together are fire, and fire stays
/// until the key is turned while closed and open say that there is none.
struct WiresOfFire {
  private(set) var isLatched = false
  private(set) var first: Bool?
  private(set) var second: Bool?

  mutating func hear(_ event: Event) {
    switch event {
    case .safety(.fireLineChanged(.first, let isClosed)): first = isClosed
    case .safety(.fireLineChanged(.second, let isClosed)): second = isClosed
    case .wires(.linesChanged(nil, areReadable: false)): (first, second) = (nil, nil)
    case .safety(.resetTurned): if first == true, second == false { isLatched = false }
    default: break
    }
    if first == false, second == true { isLatched = true }
  }
}
