// Tests that hold for every sequence of events, tried on thousands of random ones.
import StationProtocol
import Testing
import Time

@testable import StationCore

/// A little random number generator (xorshift64*), so that a seed repeats its sequence.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }
  mutating func flip() -> Bool { roll(2) == 0 }
}

/// One random life of a station, and an account of it that knows nothing of its machines.
private struct RandomLife: ~Copyable {
  static let timing = DoorTiming(access: .seconds(5), exit: .seconds(7), heldOpen: .seconds(30))
  let seed: UInt64
  var dice: SeededGenerator
  var station: Station
  var now = Now(instant: Instant(nanoseconds: 0), wall: Scenario.noon)
  var stream = StreamID(bits: 1)
  var streams: UInt64 = 1
  var nextSeq: UInt64 = 1
  var durable: UInt64 = 0
  var floor: UInt64 = 1
  var isUp = false
  var sending = Sending()
  /// The numbers of the stream that were acknowledged with their batches.
  var acknowledged: Set<UInt64> = []
  /// The store was told to begin another stream, and has not said so.
  var isRenewing = false
  var connection: Int64 = 0
  /// Until when each released strike may stay so.
  var bounds: [AccessPointID: Instant] = [:]
  var codes: [Presentation] = []
  var granted: Set<CodeDigest> = []
  var clockMoved = false
  var commands: [Command] = []
  /// What each birth told, and when.
  var nonces: [(nonce: SessionNonce, at: Instant)] = []
  /// The number of the record of each intent.
  var accepted: [CommandID: UInt64] = [:]
  var ended: Set<CommandID> = []
  var complaints: [String] = []
  /// All that it was told to do.
  var told: [Effect] = []

  init(seed: UInt64) {
    self.seed = seed
    dice = SeededGenerator(seed: seed)
    let points = 1 + dice.roll(AccessPointID.most)
    station = Station(
      StationConfiguration(
        version: "random",
        accessPoints: (1...points).map {
          AccessPointConfiguration(id: AccessPointID($0)!, timing: Self.timing)
        },
        entry: EntryPolicy(capacity: CapacityPolicy(most: dice.flip() ? 3 : nil)),
        clock: dice.flip() ? .require : .accept,
        outbox: OutboxLimits(mostRecords: 40, foldedAtOnce: 8)))
  }

  mutating func live(_ events: Int) {
    tell(.booted(Recovered(stream: stream)))
    for _ in 0..<events {
      passTime()
      tell(randomEvent())
      if !complaints.isEmpty { return }
    }
  }

  mutating func passTime() {
    let end = now.instant + .milliseconds(dice.roll(4) == 0 ? dice.roll(40_000) : dice.roll(900))
    while let deadline = station.nextDeadline, deadline <= end {
      if deadline > now.instant { move(to: deadline) }
      tell(.wake)
      if let next = station.nextDeadline, next <= deadline {
        return complain("wake changes nothing")
      }
    }
    move(to: end)
  }

  mutating func move(to instant: Instant) {
    now.wall = now.wall + (instant - now.instant)
    now.instant = instant
  }

  mutating func complain(_ text: String) { complaints.append("seed \(seed): \(text)") }

  mutating func randomEvent() -> Event {
    let point = AccessPointID(1 + dice.roll(station.doors.points.count))!
    switch dice.roll(24) {
    case 0..<6: return .entry(.presented(point, .code(randomCode())))
    case 6..<10:
      return .door(.contactChanged(point, isClosed: dice.roll(12) == 0 ? nil : dice.flip()))
    case 10..<12: return .door(.exitRequested(point))
    case 12..<16:
      return .occupancy(.beamChanged(point, dice.flip() ? .outer : .inner, isBroken: dice.flip()))
    case 16:
      return dice.flip()
        ? .wires(.linesChanged(point, areReadable: dice.flip()))
        : .entry(.readerChanged(point, isConnected: dice.flip()))
    case 17..<20:
      guard nextSeq > durable + 1 else { return .wake }
      durable += 1 + UInt64(dice.roll(Int(nextSeq - durable - 1)))
      return .link(.journaled(through: durable))
    case 20:
      isUp = dice.roll(4) > 0
      connection += 1
      return isUp ? .link(.uplinkOpened(connection: connection)) : .link(.uplinkClosed)
    case 21 where isRenewing: return renewed()
    case 21 where dice.roll(12) == 0 && durable > 0:
      // What nobody may acknowledge, or what somebody else has written there.
      let isBeyond = dice.flip()
      return acknowledgement(
        durable + (isBeyond ? 1 + UInt64(dice.roll(1000)) : 0), of: stream,
        conflict: isBeyond ? nil : 1 + UInt64(dice.roll(Int(durable))))
    case 21:
      let foreign = dice.roll(8) == 0
      return acknowledgement(
        UInt64(dice.roll(Int(durable) + (foreign ? 50 : 1))),
        of: foreign ? StreamID(bits: 99) : stream)
    case 22:
      clockMoved = true
      now.wall = now.wall + .seconds(dice.roll(200_000) - 100_000)
      now.isTrusted = dice.roll(3) > 0
      return .wake
    default:
      if dice.flip() { return randomCommand() ?? .wake }
      guard dice.roll(10) == 0 else { return .wake }
      if dice.flip() {
        clockMoved = true
        now.wall = now.wall + .seconds(dice.roll(1000))
      }
      streams += 1
      stream = StreamID(bits: streams)
      (nextSeq, durable, floor) = (1, 0, 1)
      acknowledged = []
      isRenewing = false
      return .storeReplaced(stream, isDurable: true)
    }
  }

  /// Names some of the last batches, or others under numbers of this station.
  mutating func acknowledgement(
    _ upto: UInt64, of stream: StreamID, conflict: UInt64? = nil
  ) -> Event {
    let sent = sending.batches.filter { $0.stream == self.stream }
    var named = sent.suffix(8).filter { _ in dice.flip() }
    if stream == self.stream, !isRenewing {
      let last = min(upto, conflict.flatMap { $0 >= floor ? $0 - 1 : nil } ?? upto)
      for batch in named { acknowledged.formUnion(batch.numbers.filter { $0 <= last }) }
    }
    if dice.flip() {
      let first = 1 + UInt64(dice.roll(Int(durable) + 1))
      named.append(Sending.batch(first...first + 63, of: StreamID(bits: 98)))
    }
    return sending.acknowledgement(upto, of: stream, conflict: conflict, naming: named)
  }

  /// A command for this life or an earlier one, new or once more.
  mutating func randomCommand() -> Event? {
    if !commands.isEmpty, dice.flip() {
      return .command(.received(commands[dice.roll(commands.count)]))
    }
    guard let nonce = nonces.last(where: { _ in dice.roll(4) > 0 }),
      let id = CommandID("c-\(commands.count)")
    else { return nil }
    let point = AccessPointID(1 + dice.roll(4))!
    let orders: [Order] = [
      .door(.open(point)), .door(.openExtended(point)),
      .door(.beginFreeAccess(point, seconds: Int64(1 + dice.roll(60)))),
      .door(.endFreeAccess(point)), .entry(.holdReader(point)), .entry(.releaseReader(point)),
      .occupancy(.correct(inside: Int64(dice.roll(5)))), .station(.selfTest),
      .station(.collectSupport), .alarm(.reset(.fire, nil)),
    ]
    let command = Command(
      id, orders[dice.roll(orders.count)], by: "desk", life: .seconds(1 + dice.roll(30)),
      nonce: nonce.nonce,
      age: .milliseconds((now.instant - nonce.at).components.seconds * 1000))
    commands.append(command)
    return .command(.received(command))
  }

  /// The store begins another stream with the rows that are left.
  mutating func renewed() -> Event {
    isRenewing = false
    isUp = false
    streams += 1
    stream = StreamID(bits: streams)
    let left = durable + 1 - floor
    (nextSeq, durable, floor) = (left + 1, left, 1)
    acknowledged = []
    return .link(.streamRenewed(stream, through: left))
  }

  mutating func randomCode() -> Presentation {
    if !codes.isEmpty, dice.flip() { return codes[dice.roll(codes.count)] }
    let digest = CodeDigest(high: 7, low: UInt64(codes.count))
    let code =
      if dice.roll(5) == 0 {
        Presentation(digest: digest, verdict: .refused(.badSignature))
      } else {
        Presentation(
          digest: digest,
          verdict: .genuine(
            MemberClaims(
              subject: "m-\(dice.roll(5))", expires: now.wall + .seconds(90), issued: now.wall),
            code: digest))
      }
    codes.append(code)
    return code
  }

  mutating func tell(_ event: Event) {
    let effects = station.handle(event, at: now)
    told += effects
    checkStrikes(effects, event)
    checkTrims(effects)
    for effect in effects { check(effect) }
    for event in sending.take(effects, of: stream) { tell(event) }
    for (point, bound) in bounds where now.instant > bound {
      complain("strike \(point) stays released")
    }
    if station.headcount.occupancy.totals.inside < 0 { complain("fewer than nobody inside") }
  }

  /// No record is given up that was neither acknowledged with its batch nor told as a gap.
  mutating func checkTrims(_ effects: [Effect]) {
    var first = floor
    for case .store(.trim(let upto)) in effects where upto >= first {
      defer { first = upto + 1 }
      let isTold = effects.contains { effect in
        guard case .store(.journal(let entry)) = effect else { return false }
        return entry.record.body == .stream(.gap(from: first, to: upto, reason: .full))
      }
      if !isTold, !acknowledged.isSuperset(of: first...upto) {
        complain("rows \(first)...\(upto) are given up, which nobody has acknowledged")
      }
    }
  }

  /// Every release stands beside the record that explains it, and exit is never refused.
  mutating func checkStrikes(_ effects: [Effect], _ event: Event) {
    for effect in effects {
      guard case .door(.setStrike(let point, let strike)) = effect else { continue }
      if strike == .secure {
        bounds[point] = nil
        continue
      }
      if case .wires(.linesChanged) = event, bounds[point] != nil { continue }
      let reasons = effects.compactMap { (effect) -> Duration? in
        guard case .store(.journal(let entry)) = effect else { return nil }
        switch entry.record.body {
        case .entry(.granted(point, _, _, _)): return Self.timing.access
        case .door(.exitRequested(point)): return Self.timing.exit
        case .command(.ended(let id, .door(.open), CommandEnd(.done))),
          .command(.ended(let id, .door(.openExtended), CommandEnd(.done))):
          return orders(id, at: point) ? Self.timing.extendedAccess : nil
        case .door(.modeChanged(point, .freeAccess, cause: .command)): return .seconds(90)
        default: return nil
        }
      }
      guard let longest = reasons.max() else { return complain("release without a record") }
      bounds[point] = max(bounds[point] ?? now.instant, now.instant + longest)
    }
    if case .door(.exitRequested(let point)) = event,
      !effects.contains(.door(.setStrike(point, .release)))
    {
      complain("exit refused")
    }
  }

  private func orders(_ id: CommandID, at point: AccessPointID) -> Bool {
    guard case .door(let order)? = commands.first(where: { $0.id == id })?.order else {
      return false
    }
    return order.accessPoint == point
  }

  /// Each command is accepted once and ends once, and does nothing before it is durable.
  private mutating func check(_ record: CommandRecord, seq: UInt64) {
    switch record {
    case .accepted(let id, _, _):
      if accepted[id] != nil { complain("\(id) accepted twice") }
      accepted[id] = seq
    case .ended(let id, _, let end):
      guard let seq = accepted[id] else { return complain("\(id) ended and never began") }
      if !ended.insert(id).inserted { complain("\(id) ended twice") }
      if end.outcome == .done, seq > durable { complain("\(id) done too soon") }
    }
  }

  mutating func check(_ effect: Effect) {
    switch effect {
    case .store(.journal(let entry)):
      if entry.seq != nextSeq { complain("number \(entry.seq) instead of \(nextSeq)") }
      nextSeq += 1
      // A new store is told again what the old one had not made durable.
      if case .command(let record) = entry.record.body, streams == 1 {
        check(record, seq: entry.seq)
      }
      if case .entry(.granted(_, _, .code(let code), _)) = entry.record.body, durableGrants(entry),
        !granted.insert(code).inserted, !clockMoved
      {
        complain("code \(code) let in twice")
      }
    case .link(.publishRecords(let range)):
      if !isUp { complain("records sent without a session") }
      if range.upperBound > durable {
        complain("record \(range.upperBound) sent before it is durable")
      }
      if range.lowerBound < floor {
        complain("record \(range.lowerBound) sent after it was trimmed")
      }
      if range.upperBound >= floor + Outbox.window { complain("more than the window under way") }
    case .link(.publishBirth(let birth)):
      if !isUp { complain("a birth without a session") }
      if let nonce = birth.nonce { nonces.append((nonce, now.instant)) }
    case .command(.publishResult), .command(.publishReported), .link(.publishState):
      if !isUp { complain("state sent without a session") }
    case .store(.renewStream):
      if isRenewing { complain("a new stream is asked for twice") }
      isRenewing = true
    case .store(.trim(let upto)):
      if isRenewing { complain("rows are given up under numbers of the stream that is left") }
      if upto < floor || upto > durable { complain("trim to \(upto) of \(floor)...\(durable)") }
      floor = upto + 1
    case .door(.setStrike), .climate(.setRelay), .door(.show), .entry(.showCard), .store(.remember),
      .exchange(.dispense), .exchange(.checkMachine), .exchange(.showScreen),
      .link(.ask), .store(.readKeptEnd), .link(.publishKeptEnd), .command:
      break
    }
  }

  /// A record that is written again for a new store is not another grant.
  private func durableGrants(_ entry: JournalEntry) -> Bool {
    entry.record.at == now.wall && streams == 1
  }
}

@Suite struct StationPropertyTests {
  @Test("whatever happens, in any order, the promises of a station hold", arguments: 0..<4)
  func promises(_ part: Int) {
    for seed in 0..<150 {
      var life = RandomLife(seed: UInt64(part * 150 + seed))
      life.live(100)
      #expect(life.complaints.isEmpty)
    }
  }

  @Test("the same seed gives the same life")
  func deterministic() {
    var one = RandomLife(seed: 5)
    var two = RandomLife(seed: 5)
    one.live(300)
    two.live(300)
    #expect(one.told == two.told)
    #expect(one.station.nextDeadline == two.station.nextDeadline)
    #expect(one.now == two.now)
  }
}
