// Plays a scene through a whole station, the one that stands in the street, and listens to it.
import StationCore
import StationProtocol
import Time

/// What a station said of the people in one scene.
struct WalkAccount {
  /// In the order of time, in microseconds.
  var passages: [(at: Int64, passage: Passage, isTailgate: Bool)] = []
  var resets: [(at: Int64, residual: Int64)] = []
  /// While the beams were known to be at fault, from when the fault began.
  var faults: [Walker.Span] = []
  var refused: Int64 = 0
}

final class WalkPlayer {
  private static let points = [1].compactMap { AccessPointID($0) }
  private static var point: AccessPointID { points[0] }
  private static let boot: Int64 = 10_000_000
  private var station: Station
  private let policy: OccupancyPolicy
  private var account = WalkAccount()
  private var now: Int64 = 0
  private var codes: UInt64 = 0
  private var faultSince: Int64?

  static func play(_ file: WalkFile) -> WalkAccount {
    let player = WalkPlayer(file)
    let scene = WalkScene(file)
    for (at, what) in scene.happenings {
      player.pass(until: at)
      player.happen(what)
    }
    player.pass(until: scene.end)
    return player.finish()
  }

  private init(_ file: WalkFile) {
    policy = OccupancyPolicy(
      beams: BeamTiming(spacing: Int(file.spacing / 1000)), vacancy: file.vacancy)
    station = Station(
      StationConfiguration(
        version: "walks", accessPoints: [AccessPointConfiguration(id: Self.point)],
        occupancy: policy))
    now = -Self.boot
    tell(.booted(Recovered(stream: StreamID(bits: 1))))
    tell(.door(.contactChanged(Self.point, isClosed: true)))
    if file.vacancy != nil { tell(.occupancy(.motionChanged(isMoving: false))) }
    pass(until: 0)
  }

  private func happen(_ what: WalkScene.Happening) {
    switch what {
    case .code:
      codes += 1
      let digest = CodeDigest(high: 1, low: codes)
      let wall = time.wall
      tell(
        .entry(
          .presented(
            Self.point,
            .code(
              Presentation(
                digest: digest,
                verdict: .genuine(
                  MemberClaims(subject: "m-\(codes)", expires: wall + .seconds(60), issued: wall),
                  code: digest))))))
    case .exit: tell(.door(.exitRequested(Self.point)))
    case .door(let isClosed): tell(.door(.contactChanged(Self.point, isClosed: isClosed)))
    case .beam(let beam, let isBroken):
      tell(.occupancy(.beamChanged(Self.point, beam, isBroken: isBroken)))
    case .motion(let isMoving): tell(.occupancy(.motionChanged(isMoving: isMoving)))
    }
  }

  private var time: Now {
    Now(
      instant: Instant(nanoseconds: (now + Self.boot) * 1000),
      wall: World.begin + .microseconds(now))
  }

  /// Lets time pass, with a wake at each deadline.
  private func pass(until end: Int64) {
    while let deadline = station.nextDeadline {
      // Rounded up: a wake that comes early finds nothing to do, and would come for ever.
      let due = (deadline.nanoseconds + 999) / 1000 - Self.boot
      guard due <= end else { break }
      now = max(now, due)
      tell(.wake)
    }
    now = max(now, end)
  }

  private func tell(_ event: Event) {
    for case .store(.journal(let entry)) in station.handle(event, at: time) {
      switch entry.record.body {
      case .occupancy(.passage(_, let passage, _, let isTailgate)):
        account.passages.append((now, passage, isTailgate))
      case .occupancy(.corrected(let by, let cause, _)) where cause != .underflow:
        account.resets.append((now, -by))
      case .alarm(.raised(.beamBlocked, _)):
        faultSince = now - policy.beams.blockedAfter.wholeNanoseconds / 1000
      case .alarm(.raised(.beamDark, _)):
        faultSince = now - policy.beams.darkAfter.wholeNanoseconds / 1000
      case .alarm(.cleared(.beamBlocked, _)), .alarm(.cleared(.beamDark, _)): endFault()
      default: break
      }
    }
  }

  private func endFault() {
    guard let since = faultSince else { return }
    account.faults.append(Walker.Span(from: since, until: now))
    faultSince = nil
  }

  private func finish() -> WalkAccount {
    endFault()
    account.refused = station.headcount.occupancy.totals.refused
    return account
  }
}
