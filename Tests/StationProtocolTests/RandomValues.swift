// Random values of what the two sides exchange.
import StationProtocol
import TestBed
import Time

extension SeededGenerator {
  /// A number as a wire format may carry it: small and large ones alike.
  mutating func number() -> Int64 {
    Int64(next() % (1 << 53 + 1)) >> Int64.random(in: 0...53, using: &self)
  }
  mutating func signed() -> Int64 { Bool.random(using: &self) ? number() : -number() }
  mutating func seq() -> UInt64 { UInt64(number()) }
  mutating func wall() -> WallTime { WallTime(milliseconds: signed()) }
  mutating func bool() -> Bool { Bool.random(using: &self) }
  mutating func stream() -> StreamID { StreamID(bits: next()) }
  mutating func code() -> CodeDigest { CodeDigest(high: next(), low: next()) }

  mutating func point() -> AccessPointID {
    AccessPointID(Int.random(in: 1...AccessPointID.most, using: &self))!
  }

  mutating func member() -> MemberID {
    let letters = Array("ABCZabcz0189-_.:")
    let count = Int.random(in: 1...64, using: &self)
    return MemberID(String((0..<count).map { _ in letters.randomElement(using: &self)! }))!
  }

  mutating func word<Word: CaseIterable>(_: Word.Type = Word.self) -> Word {
    Array(Word.allCases).randomElement(using: &self)!
  }

  mutating func body(_ kind: Record.Kind) -> Record.Body {
    switch kind {
    case .station(let kind): .station(body(kind))
    case .stream(let kind): .stream(body(kind))
    case .door(let kind): .door(body(kind))
    case .entry(let kind): .entry(body(kind))
    case .occupancy(let kind): .occupancy(body(kind))
    case .climate(let kind): .climate(body(kind))
    case .exchange(let kind): .exchange(body(kind))
    case .alarm(let kind): .alarm(body(kind))
    case .command(let kind): .command(body(kind))
    case .configuration(let kind): .configuration(body(kind))
    }
  }

  private mutating func body(_ kind: ConfigurationRecord.Kind) -> ConfigurationRecord {
    switch kind {
    case .taken: .taken(revision: revision())
    case .confirmed: .confirmed(revision: revision())
    case .setBack: .setBack(revision: revision(), to: number(), word())
    }
  }

  private mutating func body(_ kind: CommandRecord.Kind) -> CommandRecord {
    switch kind {
    case .accepted: .accepted(command(), word(), by: actor())
    case .ended:
      .ended(
        command(), word(),
        CommandEnd(word(), bool() ? word() : nil, parts: bool() ? parts() : []))
    }
  }

  private mutating func revision() -> Int64 { Int64.random(in: 1...(1 << 53), using: &self) }

  mutating func settingsReport() -> SettingsReport {
    SettingsReport(
      inForce: bool()
        ? SettingsReport.InForce(
          revision: revision(), digest: PayloadDigest(high: next(), low: next()),
          isOnTrial: bool()) : nil,
      setback: bool()
        ? SettingsReport.Setback(
          revision: revision(), word(),
          (0..<Int.random(in: 0...16, using: &self)).map { _ in
            SettingsReason(
              place: bool() ? "[slot 1]" : nil, key: bool() ? "price" : nil, "expects \"a\" 数")
          }) : nil)
  }

  /// Settings with values of every shape that a message can carry.
  mutating func settings(below most: Int64) -> WantedSettings {
    let sections = (0..<Int.random(in: 0...6, using: &self)).map { number in
      SettingsSection(
        SettingsWord("section-\(number)")!, bool() ? SettingsWord("a\(number)") : nil,
        (0..<Int.random(in: 0...4, using: &self)).map { key in
          SettingsSection.Value(SettingsWord("key-\(key)")!, bool() ? "" : "\"水\" \\ 1")
        })
    }
    return WantedSettings(
      revision: Int64.random(in: 1...most, using: &self),
      digest: PayloadDigest(high: next(), low: next()), sections: sections)
  }

  mutating func command() -> CommandID {
    CommandID(epoch: StoreEpoch(bits: next()), number: number())
  }

  mutating func actor() -> String { bool() ? "duty-desk" : "值班员.1@门" }

  mutating func parts() -> [TestResult] {
    (0..<Int.random(in: 1...TestResult.most, using: &self)).map { _ in
      TestResult(word(), at: bool() ? point() : nil, isWell: bool())
    }
  }

  mutating func order(_ kind: Order.Kind) -> Order {
    switch kind {
    case .door(.open): .door(.open(point()))
    case .door(.openExtended): .door(.openExtended(point()))
    case .door(.beginFreeAccess):
      .door(
        .beginFreeAccess(
          point(), seconds: Int64.random(in: DoorOrder.freeAccess, using: &self)))
    case .door(.endFreeAccess): .door(.endFreeAccess(point()))
    case .entry(.holdReader): .entry(.holdReader(point()))
    case .entry(.releaseReader): .entry(.releaseReader(point()))
    case .entry(.setCode): .entry(.setCode(point(), typedCode()))
    case .entry(.removeCode): .entry(.removeCode(point(), typedCodeID()))
    case .occupancy(.correct):
      .occupancy(.correct(inside: Int64.random(in: OccupancyOrder.inside, using: &self)))
    case .climate(.setRelay): .climate(.setRelay(word(), word()))
    case .exchange(.beginRestock):
      .exchange(
        .beginRestock(seconds: Int64.random(in: ExchangeOrder.restock, using: &self)))
    case .exchange(.endRestock): .exchange(.endRestock)
    case .exchange(.withdrawSlot): .exchange(.withdrawSlot(slot()))
    case .exchange(.returnSlot): .exchange(.returnSlot(slot()))
    case .alarm(.reset): .alarm(.reset(word(), bool() ? point() : nil))
    case .station(.identify): .station(.identify)
    case .station(.selfTest): .station(.selfTest)
    case .station(.restart): .station(.restart)
    case .station(.setLogLevel): .station(.setLogLevel(word()))
    case .station(.collectSupport): .station(.collectSupport)
    }
  }

  mutating func command(_ kind: Order.Kind) -> Command {
    let nonce = SessionNonce(of: StartNonce(high: next(), low: next()), number: number())
    return Command(
      command(), order(kind), by: actor(),
      life: .milliseconds(Int64.random(in: 1...Int64(Command.longestLife) * 1000, using: &self)),
      nonce: nonce,
      age: .milliseconds(Int64.random(in: 0...Int64(Command.longestAge) * 1000, using: &self)))
  }

  mutating func sealed(_ json: [UInt8]) -> SealedMessage {
    SealedMessage(
      body: SealedBody(json), key: ServiceKeyID(bits: next()),
      signature: Signature((0..<64).map { _ in UInt8(truncatingIfNeeded: next()) })!)
  }

  private mutating func body(_ kind: StationRecord.Kind) -> StationRecord {
    switch kind {
    case .started: .started(boot: number(), after: word(), version: text())
    case .clockStepped: .clockStepped(milliseconds: signed())
    case .messagesRefused: .messagesRefused(word(), count: 1 + number() % RecordBounds.mostRefusals)
    case .conditionChanged(let condition): .conditionChanged(condition, isOn: number() % 2 == 0)
    }
  }

  private mutating func body(_ kind: StreamRecord.Kind) -> StreamRecord {
    switch kind {
    case .gap:
      let from = max(1, seq() / 2)
      return .gap(from: from, to: from + seq() / 2, reason: word())
    case .unreadable: return .unreadable
    }
  }

  private mutating func body(_ kind: DoorRecord.Kind) -> DoorRecord {
    switch kind {
    case .opened: .opened(point(), cause: word())
    case .closed: .closed(point())
    case .locked: .locked(point(), cause: word())
    case .exitRequested: .exitRequested(point())
    case .modeChanged: .modeChanged(point(), word(), cause: word())
    }
  }

  private mutating func body(_ kind: EntryRecord.Kind) -> EntryRecord {
    switch kind {
    case .granted:
      let shown = credential()
      let isTyped = shown.kind == .typed
      return .granted(
        point(), member: isTyped ? nil : member(), isTyped ? .typed(typedCodeID()) : shown,
        note: bool() ? word() : nil)
    case .refused:
      let reason: Denial = word()
      return .refused(
        point(), reason: reason, fault: reason == .malformed ? word() : nil,
        member: bool() ? member() : nil, credential())
    case .refusalsCounted:
      return .refusalsCounted(point(), count: number() % (RecordBounds.mostRefusals + 1))
    }
  }

  private mutating func body(_ kind: OccupancyRecord.Kind) -> OccupancyRecord {
    switch kind {
    case .passage:
      let passage: Passage = word()
      return .passage(
        point(), passage, inside: number(), isTailgate: passage == .inward && bool())
    case .passagesRefused:
      return .passagesRefused(point(), count: 1 + number() % RecordBounds.mostRefusals)
    case .corrected: return .corrected(by: signed(), cause: word(), inside: number())
    case .day: return .day(day())
    }
  }

  private mutating func body(_ kind: ClimateRecord.Kind) -> ClimateRecord {
    switch kind {
    case .relaySwitched: .relaySwitched(word(), isOn: bool(), cause: word())
    case .measured: .measured(measurement())
    }
  }

  private mutating func body(_ kind: ExchangeRecord.Kind) -> ExchangeRecord {
    switch kind {
    case .intended: return .intended(exchange(), code: code())
    case .dispensing:
      return .dispensing(
        exchange().id, serial: Int64.random(in: ExchangeRecord.serials, using: &self))
    case .ended: return .ended(exchange(), outcome())
    case .refused:
      let reason: ExchangeRefusal = word()
      return .refused(
        bool() ? slot() : nil, reason: reason, fault: reason == .malformed ? word() : nil,
        member: bool() ? member() : nil, code: code())
    case .refusalsCounted: return .refusalsCounted(1 + number() % RecordBounds.mostRefusals)
    case .slotCounted:
      return .slotCounted(
        slot(), stock: Int64.random(in: 0...VendingPayload.deepest, using: &self),
        bestBefore: bool() ? Int.random(in: OccupancyDay.days, using: &self) : nil)
    case .slotQuarantined: return .slotQuarantined(slot(), quarantine())
    case .slotReleased: return .slotReleased(slot())
    }
  }

  private mutating func body(_ kind: AlarmRecord.Kind) -> AlarmRecord {
    switch kind {
    case .raised: .raised(word(), bool() ? point() : nil)
    case .cleared: .cleared(word(), bool() ? point() : nil)
    }
  }

  mutating func slot() -> SlotID {
    SlotID(Int.random(in: 1...SlotID.most, using: &self)) ?? SlotID(1)!
  }

  mutating func exchange() -> Exchange {
    Exchange(
      id: ExchangeID(stream: stream(), seq: max(1, seq())), member: member(), slot: slot(),
      article: ArticleID("article-\(next() % 100)")!,
      price: Points(Int64.random(in: 1...Points.most, using: &self))!)
  }

  mutating func outcome() -> ExchangeOutcome {
    switch word() as ExchangeOutcome.Kind {
    case .dispensed: .dispensed
    case .refused: .refused(word())
    case .cancelled: .cancelled
    case .failed: .failed(word())
    case .unknown: .unknown(word())
    }
  }

  mutating func quarantine() -> QuarantineCause { bool() ? .fault(word()) : .unknown(word()) }

  mutating func credential() -> Credential {
    switch word() as Credential.Kind {
    case .code: .code(code())
    case .card: .card(code())
    case .pin: .pin
    case .typed: .typed(bool() ? typedCodeID() : nil)
    }
  }

  mutating func typedCodeID() -> TypedCodeID { TypedCodeID("c-\(next() % 1_000_000)")! }

  mutating func typedCode() -> TypedCode {
    let from = wall()
    return TypedCode(
      typedCodeID(), TypedCodeHash((0..<32).map { _ in UInt8(truncatingIfNeeded: next()) })!,
      from: from, until: from + .milliseconds(Int64.random(in: 1...2_678_400_000, using: &self)),
      uses: Int64.random(in: TypedCode.uses, using: &self))
  }

  mutating func day() -> OccupancyDay {
    func count() -> Int64 { number() % (RecordBounds.mostRefusals + 1) }
    return OccupancyDay(
      day: Int.random(in: OccupancyDay.days, using: &self), entered: count(), left: count(),
      turnBacks: count(), ambiguous: count(), tailgates: count(), refused: count(),
      underflows: count(), residual: signed() % (RecordBounds.mostRefusals + 1),
      exitResets: count(),
      cycleResets: count())
  }

  mutating func sensor(_ index: Int = 0) -> SensorID {
    SensorID("s\(index)-\(Int.random(in: 0...999, using: &self))")!
  }

  mutating func measurement() -> Measurement {
    var values: [MeasuredValue] = []
    for index in 0..<Int.random(in: 1...4, using: &self) {
      let sensor = sensor(index)
      let first = values.count
      for quantity in Quantity.allCases.sorted() where bool() {
        values.append(value(sensor, quantity))
      }
      if values.count == first { values.append(value(sensor, .power)) }
    }
    return Measurement(
      seconds: 1 + number() % Measurement.longest,
      values: Array(values.prefix(Measurement.mostValues)))
  }

  private mutating func value(_ sensor: SensorID, _ quantity: Quantity) -> MeasuredValue {
    let numbers = (0..<3).map { _ in Int64.random(in: quantity.range, using: &self) }.sorted()
    let amount: MeasuredValue.Amount =
      quantity == .energy
      ? .counter(used: numbers[0], last: numbers[1], isReset: bool())
      : .level(mean: numbers[1], least: numbers[0], most: numbers[2])
    return MeasuredValue(
      sensor: sensor, quantity: quantity, count: 1 + number() % MeasuredValue.mostReadings,
      amount: amount)
  }

  mutating func record(_ kind: Record.Kind) -> Record {
    Record(at: wall(), isTrusted: bool(), body: body(kind))
  }

  mutating func session() -> SessionID {
    SessionID(stream: stream(), boot: number(), connection: number())
  }
}
