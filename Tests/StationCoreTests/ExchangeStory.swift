// Tells a station with an exchange machine what happens, and keeps what it does about it.
import StationProtocol
import Testing
import Time

@testable import StationCore

/// A station with one door and three slots. Records are durable only when the story says so.
final class ExchangeStory {
  static let stream = StreamID(bits: 0xE)
  static let soap = SlotID(1)!
  static let towel = SlotID(2)!
  static let tea = SlotID(3)!

  private(set) var station: Station
  var now = Now(instant: Instant(nanoseconds: 1_000_000_000), wall: Scenario.noon)
  /// What came of the last event.
  private(set) var effects: [Effect] = []
  /// Every record, in order.
  private(set) var records: [Record.Body] = []
  private(set) var changes: [RecoveryChange] = []
  private(set) var sending = Sending()
  private var codes: UInt64 = 0

  init(
    recovered: Recovered = Recovered(stream: stream), outbox: OutboxLimits = OutboxLimits(),
    isReady: Bool = true, ordersAreRepeatable: Bool = true
  ) {
    func slot(_ id: SlotID, _ article: String, _ price: Int64) -> SlotConfiguration {
      SlotConfiguration(
        slot: id, article: ArticleID(article)!, price: Points(price)!, capacity: 10)
    }
    station = Station(
      StationConfiguration(
        version: "test",
        accessPoints: [AccessPointConfiguration(id: 1)], outbox: outbox,
        vending: VendingPolicy(
          slots: [
            slot(Self.soap, "soap", 50), slot(Self.towel, "towel", 80), slot(Self.tea, "tea", 20),
          ], ordersAreRepeatable: ordersAreRepeatable)))
    tell(.booted(recovered))
    guard isReady else { return }
    tell(.link(.uplinkOpened(connection: 1)))
    answerCheck()
  }

  var vending: Vending { station.vending! }
  var phase: VendingScreen.Phase? { vending.screen?.phase }

  func tell(_ event: Event) {
    effects = station.handle(event, at: now)
    for case .store(.journal(let entry)) in effects {
      records.append(entry.record.body)
      changes += entry.changes
    }
    for event in sending.take(effects, of: station.stream) {
      effects += station.handle(event, at: now)
    }
  }

  /// The answer to the question about an exchange, as it left.
  static func reply(to exchange: Exchange, _ answer: StationReply.Answer) -> StationReply {
    let id = RequestID(exchange.id)
    return StationReply(id, to: Sending.digest(of: id), answer)
  }

  func commit() { tell(.link(.journaled(through: station.outbox.next - 1))) }

  /// The board answers the question how it is.
  func answerCheck(_ report: MachineReport = .resting([])) {
    tell(.exchange(.reported(report, of: .check)))
  }

  /// Lets time pass, with a wake at each deadline on the way.
  func advance(by duration: Duration) {
    let end = now.instant + duration
    while let deadline = station.nextDeadline, deadline <= end {
      move(to: max(deadline, now.instant))
      tell(.wake)
      if let next = station.nextDeadline, next <= deadline { break }
    }
    move(to: end)
  }

  private func move(to instant: Instant) {
    now.wall = now.wall + (instant - now.instant)
    now.instant = instant
  }

  func code(_ member: String = "m-1", life: Duration = .seconds(60)) -> Presentation {
    codes += 1
    let digest = CodeDigest(high: 9, low: codes)
    return Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(subject: member, expires: now.wall + life, issued: now.wall), code: digest),
      text: CodeText("CODE \(codes)"))
  }

  // MARK: - The steps of an exchange

  /// Chooses, shows a code, and makes the intention durable.
  /// - Returns: the code that was shown.
  @discardableResult
  func ask(for slot: SlotID = soap, _ member: String = "m-1") -> Presentation {
    tell(.exchange(.selected(slot)))
    let code = code(member)
    tell(.exchange(.codeShown(code)))
    commit()
    return code
  }

  var requests: [StationRequest] {
    effects.compactMap { if case .link(.ask(let request)) = $0 { request } else { nil } }
  }

  var orders: [UInt8] {
    effects.compactMap { if case .exchange(.dispense(_, let serial)) = $0 { serial } else { nil } }
  }

  /// The service sets the price aside.
  func hold(balance: Int64 = 100) {
    guard let exchange = vending.session.exchange else { return }
    tell(.exchange(.replied(ExchangeStory.reply(to: exchange, .held(balance: balance)))))
  }

  /// Goes on until the motor is told.
  /// - Returns: its serial number.
  func start(_ slot: SlotID = soap) throws -> UInt8 {
    ask(for: slot)
    hold()
    commit()
    return try #require(orders.first)
  }

  func answer(_ serial: UInt8, _ report: MachineReport, after time: Duration = .zero) {
    advance(by: time)
    tell(.exchange(.reported(report, of: .turn(serial))))
  }

  /// The last outcome that was written down.
  var outcome: ExchangeOutcome? {
    for case .exchange(.ended(_, let outcome)) in records.reversed() { return outcome }
    return nil
  }

  var refusals: [ExchangeRefusal] {
    records.compactMap {
      if case .exchange(.refused(_, let reason, _, _, _)) = $0 { reason } else { nil }
    }
  }

  func stands(_ alarm: Alarm) -> Bool { station.alarms.stands(alarm, nil) }
  func slot(_ id: SlotID) -> SlotMemory { vending.planogram[id]!.memory }

  func fill(_ slot: SlotID, _ stock: Int64, bestBefore: Int? = nil) {
    tell(.entry(.maintenanceChanged(isOn: true)))
    tell(.exchange(.slotCounted(slot, stock: stock, bestBefore: bestBefore)))
    tell(.entry(.maintenanceChanged(isOn: false)))
  }
}
