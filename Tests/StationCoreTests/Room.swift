// A room whose doors and sensors a test works by hand; it keeps only what was said of people.
import StationProtocol
import Time

@testable import StationCore

/// A station in a test that is not about doors: what else they do is let go.
final class Room {
  var station: Station
  private(set) var now: Now
  /// What was recorded of people since it was last looked at, as words.
  private var told: [String] = []
  private(set) var changes: [RecoveryChange] = []
  private var codes: UInt64 = 0

  init(
    doors: Int = 1, _ policy: OccupancyPolicy = OccupancyPolicy(), recovered: Recovered? = nil,
    at wall: WallTime = Scenario.noon, isTrusted: Bool = true, offset: Int = 0
  ) {
    station = Station(
      StationConfiguration(
        version: "test",
        accessPoints: (1...doors).map { AccessPointConfiguration(id: AccessPointID($0)!) },
        occupancy: policy, clock: .accept))
    now = Now(
      instant: Instant(nanoseconds: 1_000_000_000), wall: wall, isTrusted: isTrusted,
      utcOffsetSeconds: offset)
    tell(.booted(recovered ?? Recovered(stream: Scenario.stream)))
    for door in 1...doors { tell(.door(.contactChanged(AccessPointID(door)!, isClosed: true))) }
    // Whoever was between the posts then has gone.
    move(to: now.instant + .seconds(4))
  }

  /// Everything that was said since the last time.
  func said() -> String {
    defer { told = [] }
    return told.joined(separator: ", ")
  }

  func tell(_ event: Event) {
    for case .store(.journal(let entry)) in station.handle(event, at: now) {
      changes += entry.changes
      if let text = Self.text(entry.record.body) { told.append(text) }
    }
  }

  /// Lets time pass, with a wake at each deadline.
  func wait(_ duration: Duration) {
    let end = now.instant + duration
    while let deadline = station.nextDeadline, deadline <= end {
      move(to: max(deadline, now.instant))
      tell(.wake)
    }
    move(to: end)
  }

  func setClock(_ wall: WallTime, isTrusted: Bool = true) {
    now.wall = wall
    now.isTrusted = isTrusted
  }

  private func move(to instant: Instant) {
    now.wall = now.wall + (instant - now.instant)
    now.instant = instant
  }

  /// What boot would find.
  var recovered: Recovered {
    var found = Recovered(stream: Scenario.stream, boot: 2, ending: .unclean, next: 500)
    for change in changes {
      switch change {
      case .totals(let totals): found.totals = totals
      case .day(let book): found.day = book
      default: break
      }
    }
    return found
  }

  // MARK: - People

  func grant(at door: AccessPointID = 1) {
    codes += 1
    let digest = CodeDigest(high: 0xC0DE, low: codes)
    tell(
      .entry(
        .presented(
          door,
          .code(
            Presentation(
              digest: digest,
              verdict: .genuine(
                MemberClaims(
                  subject: "m-\(codes)", expires: now.wall + .seconds(60), issued: now.wall),
                code: digest))))))
  }

  func open(_ door: AccessPointID = 1) {
    tell(.door(.contactChanged(door, isClosed: false)))
  }
  func close(_ door: AccessPointID = 1) {
    tell(.door(.contactChanged(door, isClosed: true)))
  }
  func move(_ isMoving: Bool) { tell(.occupancy(.motionChanged(isMoving: isMoving))) }

  /// Half a second through both beams.
  func walk(_ way: Passage, at door: AccessPointID = 1) {
    let (first, last): (Beam, Beam) = way == .outward ? (.inner, .outer) : (.outer, .inner)
    let order: [(Beam, Bool)] =
      way == .turnBack
      ? [(first, true), (last, true), (last, false), (first, false)]
      : [(first, true), (last, true), (first, false), (last, false)]
    for (step, pause) in zip(order, [100, 200, 100, 0]) {
      tell(.occupancy(.beamChanged(door, step.0, isBroken: step.1)))
      wait(.milliseconds(pause))
    }
  }

  /// Someone shows a code, comes in, and the door falls shut.
  func comeIn(at door: AccessPointID = 1) {
    grant(at: door)
    open(door)
    walk(.inward, at: door)
    close(door)
    wait(.seconds(1))
  }

  /// Someone presses the button and goes out.
  func goOut(at door: AccessPointID = 1) {
    tell(.door(.exitRequested(door)))
    open(door)
    walk(.outward, at: door)
    close(door)
    wait(.seconds(1))
  }

  private static func text(_ body: Record.Body) -> String? {
    switch body {
    case .occupancy(.passage(let door, let way, let inside, let isTailgate)):
      "\(door): \(way.rawValue)\(isTailgate ? "!" : "") \(inside)"
    case .occupancy(.passagesRefused(let door, let count)): "\(door): refused \(count)"
    case .occupancy(.corrected(let by, let cause, let inside)):
      "\(cause.rawValue) \(by < 0 ? "" : "+")\(by) \(inside)"
    case .occupancy(.day(let day)):
      "day \(day.day) \(day.entered)/\(day.left) residual \(day.residual)"
    case .alarm(.raised(let alarm, _)) where of(alarm): "+\(alarm.rawValue)"
    case .alarm(.cleared(let alarm, _)) where of(alarm): "-\(alarm.rawValue)"
    default: nil
    }
  }

  private static func of(_ alarm: Alarm) -> Bool {
    switch alarm {
    case .beamBlocked, .beamDark, .counterLost: true
    default: false
    }
  }
}
