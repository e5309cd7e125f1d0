// A station in tests that is given commands, and what it did about them.
import StationProtocol
import Testing
import Time

@testable import StationCore

/// A station with every part, connected, whose records become durable when the test says so.
final class CommandStory {
  var station: Station
  private(set) var now: Now
  private(set) var effects: [Effect] = []
  private(set) var nonces: [(nonce: SessionNonce, at: Instant)] = []
  private var given = 0

  static let point: AccessPointID = 1
  static let other: AccessPointID = 2
  static let slot = SlotID(1)!

  static let configuration = StationConfiguration(
    version: "test",
    accessPoints: [
      AccessPointConfiguration(id: point),
      AccessPointConfiguration(
        id: other, lock: DoorLock(rating: .pulse(longest: .seconds(5)))),
    ],
    entry: EntryPolicy(capacity: CapacityPolicy(most: 9)),
    fire: FirePolicy(wiring: .oneLine),
    relays: [RelayConfiguration(.lights, delay: .seconds(60))],
    vending: VendingPolicy(slots: [
      SlotConfiguration(
        slot: slot, article: ArticleID("water")!, price: Points(5)!, capacity: 10)
    ]),
    commands: CommandPolicy(isPinned: true, longestFreeAccess: .seconds(3600)))

  init(
    _ configuration: StationConfiguration = configuration,
    recovered: Recovered = Recovered(
      stream: Scenario.stream, start: StartNonce(high: 1, low: 2))
  ) {
    station = Station(configuration)
    now = Now(instant: Instant(nanoseconds: 1_000_000_000), wall: Scenario.noon)
    tell(.booted(recovered))
    for point in configuration.accessPoints {
      tell(.door(.contactChanged(point.id, isClosed: true)))
    }
    tell(.safety(.fireLineChanged(.first, isClosed: true)))
    tell(.link(.uplinkOpened(connection: 1)))
    commit()
    effects = []
  }

  private(set) var sending = Sending()

  func tell(_ event: Event) {
    let more = station.handle(event, at: now)
    effects += more
    for event in sending.take(more, of: station.stream) { tell(event) }
    for case .link(.publishBirth(let birth)) in more {
      if let nonce = birth.nonce { nonces.append((nonce, now.instant)) }
    }
  }

  func commit() { tell(.link(.journaled(through: station.outbox.next - 1))) }

  /// Lets time pass, with a `wake` at each deadline on the way.
  func wait(_ duration: Duration) {
    let end = now.instant + duration
    while let deadline = station.nextDeadline, deadline <= end {
      move(to: max(deadline, now.instant))
      tell(.wake)
    }
    move(to: end)
  }

  private func move(to instant: Instant) {
    now.wall = now.wall + (instant - now.instant)
    now.instant = instant
  }

  /// A command as the service signs it at this moment.
  func command(
    _ order: Order, life: Duration = .seconds(30), id: String? = nil
  ) -> Command {
    given += 1
    let told = nonces.last!
    return Command(
      CommandID(id ?? "c-\(given)")!, order, by: "desk", life: life, nonce: told.nonce,
      age: now.instant - told.at)
  }

  /// Gives a command, and has its intent made durable.
  /// - Returns: how it ended; nil where it has not.
  @discardableResult
  func give(_ order: Order) -> CommandEnd? {
    let command = command(order)
    tell(.command(.received(command)))
    commit()
    return end(of: command.id)
  }

  func end(of id: CommandID) -> CommandEnd? {
    for case .store(.journal(let entry)) in effects {
      if case .command(.ended(id, _, let end)) = entry.record.body { return end }
    }
    return nil
  }

  /// What the station has said of commands, as their states.
  var results: [CommandState] {
    effects.compactMap {
      if case .command(.publishResult(let result)) = $0 { result.state } else { nil }
    }
  }

  var releases: Int {
    effects.count { if case .door(.setStrike(_, .release)) = $0 { true } else { false } }
  }

  var records: [Record.Body] {
    effects.compactMap {
      if case .store(.journal(let entry)) = $0 { entry.record.body } else { nil }
    }
  }

  func mode(_ point: AccessPointID = point) -> DoorMode? { station.doors[point]?.resolution.mode }

  func forget() { effects = [] }
}

extension CommandStory {
  /// Whether a good code is refused.
  func isRefused(at point: AccessPointID) -> Bool {
    forget()
    let digest = CodeDigest(high: 5, low: UInt64(now.instant.nanoseconds) + UInt64(point.number))
    let code = Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(subject: "m-1", expires: now.wall + .seconds(60), issued: now.wall),
        code: digest))
    tell(.entry(.presented(point, .code(code))))
    return !effects.contains(.door(.setStrike(point, .release)))
  }
}

// MARK: - Typed codes

extension CommandStory {
  /// The hash of the digits that most tests type.
  static let digits = TypedCodeHash(Array(repeating: 7, count: 32))!

  /// A one-time code of the day, unless the test wants another one.
  /// - Parameter digits: what its hash begins with; the usual hash where there are none.
  static func typed(
    _ id: String = "c-1", _ digits: [UInt8] = [], from: WallTime = Scenario.noon,
    until: WallTime = Scenario.noon + .seconds(86_400), uses: Int64 = 1
  ) -> TypedCode {
    TypedCode(
      TypedCodeID(id)!, TypedCodeHash(digits + Self.digits.bytes.dropFirst(digits.count))!,
      from: from, until: until, uses: uses)
  }

  /// Sets the usual code.
  static func setCode(_ story: CommandStory) { story.give(.entry(.setCode(point, typed()))) }

  /// Whether a door is released for whoever types these digits.
  @discardableResult
  func types(_ hash: TypedCodeHash, at point: AccessPointID = point) -> Bool {
    let before = releases
    tell(.entry(.presented(point, .typed(hash))))
    return releases > before
  }

  /// Why the last entry was refused; nil where none was.
  var denial: Denial? {
    for case .door(.show(_, .refused(let denial, _))) in effects.reversed() { return denial }
    return nil
  }

  /// The typed codes as the station has told them last.
  var set: [SetCode]? {
    for case .link(.publishState(.codes(let payload))) in effects.reversed() {
      return payload.codes
    }
    return nil
  }

  /// The changes that boot would recover, in their order.
  var typedChanges: [PoolChange] {
    effects.flatMap { effect -> [RecoveryChange] in
      switch effect {
      case .store(.journal(let entry)): entry.changes
      case .store(.remember(let changes, _)): changes
      default: []
      }
    }.compactMap { if case .typedCode(_, let change) = $0 { change } else { nil } }
  }
}
