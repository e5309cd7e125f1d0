// A service with a store in memory and a clock that the test moves, told what happens in turn.
import ManagementCore
import StationProtocol
import Testing
import Time

/// Plays the shell: performs what the test lets it perform, and returns every effect, so that a
/// test that compares the list has claimed them all.
final class ManagementScenario {
  let store: MemoryStore
  private(set) var management = Management()
  private(set) var now = Now(
    instant: Instant(nanoseconds: 1_000_000_000), wall: WallTime(seconds: 1_800_000_000))

  /// - Parameter zones: those that there are.
  init(zones: [Zone] = [], limits: StationLimits = .none) {
    store = MemoryStore(zones: { name in zones.first { $0.name == name } }, limits: limits)
    restart()
    #expect(handle(.linkOpened).isEmpty)
  }

  /// The service begins anew on the same store.
  func restart() {
    management = Management()
    let booted = ManagementEvent.booted(
      stations: store.stations(), today: (try? store.countsOfToday(at: now)) ?? [:])
    #expect(management.handle(booted, at: now) == [.readAgain(after: 0)])
  }

  /// The same with what the store has of commands.
  /// - Returns: the effects but for the first look at quarantine.
  @discardableResult
  func restart(with found: FoundCommands) -> [ManagementEffect] {
    management = Management()
    let booted = ManagementEvent.booted(stations: store.stations(), today: [:], commands: found)
    return management.handle(booted, at: now).filter { $0 != .readAgain(after: 0) }
  }

  /// What lies in quarantine is read again, a page after the other.
  /// - Returns: the effects but for the pages and what is stored of them.
  func readAgain() -> [ManagementEffect] {
    var others: [ManagementEffect] = []
    var next: [ManagementEffect] = [.readAgain(after: 0)]
    while !next.isEmpty {
      let effects = next
      next = []
      for case .readAgain(let id) in effects {
        next += handle(.quarantined(store.quarantine(after: id, limit: Quarantined.page)))
      }
      let isStored = effects.contains { if case .store = $0 { true } else { false } }
      if isStored { next += commit(effects) }
      others += effects.filter {
        switch $0 {
        case .readAgain, .store: false
        default: true
        }
      }
    }
    return others
  }

  func advance(_ duration: Duration) {
    now.instant = now.instant + duration
    now.wall = now.wall + duration
  }

  /// The acknowledgements, as they were given. In the effects they name no batch, so that a test that
  /// is about something else need not.
  private(set) var acknowledgements: [Acknowledgement] = []

  func handle(_ event: ManagementEvent) -> [ManagementEffect] {
    management.handle(event, at: now).map { effect in
      guard case .acknowledge(let station, var ack) = effect else { return effect }
      acknowledgements.append(ack)
      ack.batches = []
      return .acknowledge(station, ack)
    }
  }

  func hear(_ topic: Topic, _ payload: [UInt8], isRetained: Bool = false) -> [ManagementEffect] {
    handle(
      .messageArrived(
        topic: topic.path, payload: Self.payload(payload), isRetained: isRetained))
  }

  /// A payload with a digest of its own (FNV-1a, 64 bits).
  static func payload(_ bytes: [UInt8]) -> InboundPayload {
    InboundPayload(bytes, digest: PayloadDigest(high: UInt64(bytes.count), low: hash(bytes)))
  }

  private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// What the keys of the service find of a code, where it is not that the code is good.
  var proofs: [CodeText: CodeProof] = [:]

  /// A good code of whom the question is about, named by its characters (FNV-1a, 64 bits).
  static func proof(of request: StationRequest) -> CodeProof {
    .genuine(
      request.question.member, CodeDigest(high: 0, low: hash(request.code.text.utf8)))
  }

  /// Commits what these effects ask to store.
  /// - Returns: the effects of that.
  func commit(_ effects: [ManagementEffect]) -> [ManagementEffect] {
    let items = effects.compactMap { effect -> InboundItem? in
      switch effect {
      case .store(let item): item
      case .prove(let question):
        .request(
          question, proofs[question.request.code] ?? Self.proof(of: question.request))
      default: nil
      }
    }
    return handle(.stored(store.store(items, at: now)))
  }

  /// A batch arrives and is committed.
  func deliver(_ batch: RecordBatch, from station: StationID) -> [ManagementEffect] {
    commit(hear(.out(station), batch.json))
  }

  func status(
    _ session: SessionID, isOnline: Bool, _ reason: StatusPayload.Reason? = nil,
    isRetained: Bool = false, at time: WallTime? = nil
  ) -> [ManagementEffect] {
    let payload = StatusPayload(
      isOnline: isOnline, session: session, reason: reason ?? (isOnline ? .connected : .lost),
      at: time ?? now.wall)
    return hear(.status(gate), payload.json, isRetained: isRetained)
  }

  func birth(
    _ session: SessionID, floor: UInt64 = 1, isRetained: Bool = false, zone: ZoneName? = nil
  ) -> [ManagementEffect] {
    let payload = BirthPayload(
      session: session, version: "1.\(session.boot)", accessPoints: [door], floor: floor,
      ceiling: floor - 1, isClockTrusted: true, zone: zone, at: now.wall)
    return hear(.birth(gate), payload.json, isRetained: isRetained)
  }

  /// The only station, as it is shown.
  var view: StationView {
    get throws { try #require(management.view(of: gate, at: now)) }
  }

  func record(_ body: Record.Body, isTrusted: Bool = true) -> Record {
    Record(at: now.wall, isTrusted: isTrusted, body: body)
  }
}

let gate = Names.station("gate-1")
let door = Names.accessPoint(1)
let stream = StreamID(bits: 0xA)
let otherStream = StreamID(bits: 0xB)
let code = CodeDigest(high: 1, low: 2)

/// Names that are known to be good.
enum Names {
  static let shanghai = Zone(ZoneName("Asia/Shanghai"), firstOffset: 8 * 3600)

  static func station(_ text: String) -> StationID {
    guard let station = StationID(text) else { preconditionFailure("\(text) is no station") }
    return station
  }

  static func member(_ text: String) -> MemberID {
    guard let member = MemberID(text) else { preconditionFailure("\(text) is no member") }
    return member
  }

  static func accessPoint(_ number: Int) -> AccessPointID {
    guard let point = AccessPointID(number) else {
      preconditionFailure("\(number) is no access point")
    }
    return point
  }
}

func session(_ stream: StreamID, _ boot: Int64, _ connection: Int64 = 1) -> SessionID {
  SessionID(stream: stream, boot: boot, connection: connection)
}

func batch(_ first: UInt64, _ records: [Record], of stream: StreamID = stream) -> RecordBatch {
  RecordBatch(stream: stream, first: first, records: records.map(\.json))
}

func acknowledged(_ upto: UInt64, of stream: StreamID = stream) -> ManagementEffect {
  .acknowledge(gate, Acknowledgement(stream: stream, upto: upto, batches: []))
}
