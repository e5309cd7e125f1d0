// Checks the doors of one station: released with a record, within bounds, and always to leave.
import StationCore
import StationProtocol
import Time

struct DoorChecker {
  /// A power cut this soon after a release may take its record with it.
  static let grace: Duration = .milliseconds(50)

  private let station: Int
  private var configuration: StationConfiguration?
  /// Until when each strike that was released may stay so.
  private var bounds: [AccessPointID: Instant] = [:]
  /// Releases whose record is not durable yet, in their order.
  private var unrecorded: [Unrecorded] = []
  private var written = 0
  /// Codes that opened a door, by the era in which they did: one ends where somebody with the key
  /// may have accepted an earlier time, or the store is lost.
  private var used: [CodeDigest: Int] = [:]
  private var era = 0
  /// Fire was signalled, on record, and nobody has reset it.
  private var isFire = false

  private struct Unrecorded {
    var seq: UInt64
    var row: [UInt8]
    var at: Instant
    var code: CodeDigest?
  }

  init(station: Int) { self.station = station }

  mutating func configure(_ configuration: StationConfiguration) {
    self.configuration = configuration
  }

  /// - Returns: what is wrong with it.
  mutating func step(_ event: Event, _ effects: [Effect], at now: Instant) -> String? {
    if isFire { bounds = bounds.filter { now <= $0.value } }
    if let complaint = follow(event, effects) { return complaint }
    for (point, bound) in bounds where now > bound + .milliseconds(1) {
      return wrong("the strike \(point) stays released after its time")
    }
    for effect in effects {
      guard case .door(.setStrike(let point, let strike)) = effect else { continue }
      if let complaint = strike == .release
        ? released(point, event, effects, at: now) : secured(point, event, at: now)
      {
        return complaint
      }
    }
    if case .door(.exitRequested(let point)) = event,
      !effects.contains(.door(.setStrike(point, .release)))
    {
      return wrong("exit is not honoured at \(point)")
    }
    return nil
  }

  /// What the records and the store say of fire.
  private mutating func follow(_ event: Event, _ effects: [Effect]) -> String? {
    for case .store(.journal(let entry)) in effects {
      switch entry.record.body {
      case .alarm(.raised(.fire, nil)): isFire = true
      case .alarm(.cleared(.fire, nil)): isFire = false
      default: break
      }
    }
    if case .booted(let recovered) = event, recovered.latches.contains(.fire), !isFire {
      return wrong("fire is forgotten at the start")
    }
    let isSecured = effects.contains {
      if case .door(.setStrike(_, .secure)) = $0 { true } else { false }
    }
    return isFire && isSecured ? wrong("a strike is secured during fire") : nil
  }

  private mutating func released(
    _ point: AccessPointID, _ event: Event, _ effects: [Effect], at now: Instant
  ) -> String? {
    if case .wires(.linesChanged) = event, bounds[point] != nil { return nil }
    guard let timing = configuration?.accessPoints.first(where: { $0.id == point })?.timing else {
      return wrong("there is no access point \(point)")
    }
    var isRecorded = false
    for case .store(.journal(let entry)) in effects {
      let longest: Duration
      var code: CodeDigest?
      switch entry.record.body {
      case .entry(.granted(point, _, let credential, _)):
        code = credential.digest
        longest = timing.access
        if case .code(let digest) = credential, used[digest] == era {
          return wrong("the code \(digest) opens a second time")
        }
      case .door(.exitRequested(point)): longest = timing.exit
      case .command(.ended(_, .door(.open), CommandEnd(.done))): longest = timing.access
      default: continue
      }
      isRecorded = true
      bounds[point] = max(bounds[point] ?? now, now + longest)
      unrecorded.append(Unrecorded(seq: entry.seq, row: entry.record.json, at: now, code: code))
    }
    return isRecorded || isFire ? nil : wrong("the strike \(point) is released without a record")
  }

  private mutating func secured(
    _ point: AccessPointID, _ event: Event, at now: Instant
  ) -> String? {
    guard let bound = bounds.removeValue(forKey: point), now < bound else { return nil }
    switch event {
    case .door(.contactChanged(point, isClosed: true)), .booted: return nil
    // The leaf may have closed behind the one who was let in while fire held the strike.
    case .safety(.resetTurned): return nil
    default: return wrong("the strike \(point) is secured before its time")
    }
  }

  mutating func durable(_ seq: UInt64, _ row: [UInt8]) -> String? {
    guard let first = unrecorded.first, first.seq <= seq else { return nil }
    unrecorded.removeFirst()
    if first.seq != seq || first.row != row {
      return wrong("another record than that of its release has the number \(first.seq)")
    }
    if let code = first.code { used[code] = era }
    written += 1
    return nil
  }

  /// - Parameters:
  ///   - isSlow: whether the disk itself delays a commit, so that the delay is no fault of the station.
  ///   - slowUntil: when the disk last delayed a commit.
  mutating func powerCut(slow isSlow: Bool, until slowUntil: Instant, at now: Instant) -> String? {
    defer { end() }
    guard let first = unrecorded.first, !isSlow else { return nil }
    let late = now - max(first.at, slowUntil)
    return late > Self.grace ? wrong("a release had no durable record \(late) later") : nil
  }

  /// An orderly stop still commits.
  mutating func stopped(at now: Instant) -> String? {
    bounds = [:]
    isFire = false
    return nil
  }

  mutating func storeLost() {
    unrecorded = []
    era += 1
  }

  mutating func clockAccepted() { era += 1 }

  func finish() -> String? {
    unrecorded.isEmpty ? nil : wrong("a release never got a durable record")
  }

  private mutating func end() {
    bounds = [:]
    isFire = false
    unrecorded = []
  }

  private func wrong(_ text: String) -> String { "station \(station + 1): \(text)" }
}
