// Follows every exchange by what is durable and by what really fell, knowing nothing of the core.
import StationCore
import StationProtocol
import Time

/// What a checker knows of one exchange.
struct ExchangeAccount {
  var station: Int
  var exchange: Exchange
  /// Its record of the order is durable.
  var serial: UInt8?
  var outcome: ExchangeOutcome?
  /// Articles that fell, by the machine's own truth.
  var fallen = 0
  /// What excuses that something fell and nobody paid.
  var excuses: Set<Excuse> = []

  enum Excuse: Hashable {
    /// The station lost power between the order and the record of its end.
    case powerCut
    /// The daemon was away for longer than an order is asked about.
    case longStop
    case storeLost
    case machinePower
    case machineSilent
    case blind
    case phantom
    case endless
    /// The daemon ended while its motor turned by a number that a new store had drawn.
    case drawnNumber
  }

  /// The store knew of no order before.
  var isFirst = false
}

struct ExchangeChecker {
  private(set) var accounts: [ExchangeID: ExchangeAccount] = [:]
  /// In the order in which they were intended.
  private(set) var ids: [ExchangeID] = []
  private(set) var books: [SlotBook]
  private var stations: [Desk]

  /// One machine, as it looks from outside.
  private struct Desk {
    /// The exchange that is durable and has not ended.
    var open: ExchangeID?
    /// What each serial number was last used for.
    var orders: [UInt8: ExchangeID] = [:]
    /// The article that was picked last, until a code is shown for it.
    var picked: (slot: SlotID, at: Instant)?
    /// Codes that have paid, by the era in which they did.
    var used: [CodeDigest: Int] = [:]
    var shown: [ExchangeID: CodeDigest] = [:]
    var era = 0
    var stoppedAt: Instant?
    /// A motor was told since the store was made.
    var hasOrdered = false
    var powerCuts = 0
  }

  /// How long a choice waits for a code.
  static let session: Duration = .seconds(60)

  /// Longer than this, an order is not asked about any more.
  static let longestStop: Duration = .seconds(50)

  init(stations: Int) {
    self.stations = Array(repeating: Desk(), count: stations)
    books = Array(repeating: SlotBook(), count: stations)
  }

  // MARK: - Decisions

  /// - Returns: what is wrong with it.
  mutating func step(
    _ station: Int, _ event: Event, _ effects: [Effect], at now: Instant
  ) -> String? {
    switch event {
    case .exchange(.selected(let slot)): stations[station].picked = (slot, now)
    case .exchange(.cancelled): stations[station].picked = nil
    default: break
    }
    for effect in effects {
      switch effect {
      case .exchange(.dispense(let slot, let serial)):
        if let complaint = ordered(station, slot, serial) { return complaint }
      case .link(.ask(let request)):
        guard case .hold(let exchange) = request.question else { continue }
        guard let account = accounts[exchange.id], account.exchange == exchange,
          request == .hold(exchange, code: request.code)
        else { return wrong(station, "a hold is asked for, and no durable record intends it") }
      case .store(.journal(let entry)):
        guard case .exchange(.intended(let exchange, _)) = entry.record.body,
          exchange.id.seq == entry.seq, case .exchange(.codeShown(let presentation)) = event
        else { continue }
        if let complaint = intended(station, exchange, presentation, now) { return complaint }
      default: break
      }
    }
    return nil
  }

  private mutating func ordered(_ station: Int, _ slot: SlotID, _ serial: UInt8) -> String? {
    guard let id = stations[station].open, let account = accounts[id], account.serial == serial,
      account.exchange.slot == slot
    else { return wrong(station, "the motor \(slot) is told and no durable record says so") }
    stations[station].orders[serial] = id
    return nil
  }

  /// The member who showed the code pays, for what was picked before.
  private mutating func intended(
    _ station: Int, _ exchange: Exchange, _ presentation: Presentation, _ now: Instant
  ) -> String? {
    guard case .genuine(let claims, let code, _) = presentation.verdict,
      claims.subject == exchange.member.text
    else { return wrong(station, "\(exchange.member) is to pay, and showed no code") }
    guard let picked = stations[station].picked, picked.slot == exchange.slot,
      now - picked.at <= Self.session
    else {
      return wrong(station, "the slot \(exchange.slot) is to be paid for, and nobody picked it")
    }
    stations[station].picked = nil
    stations[station].shown[exchange.id] = code
    return nil
  }

  // MARK: - Records

  mutating func durable(
    _ station: Int, _ stream: StreamID, _ seq: UInt64, _ body: Record.Body
  ) -> String? {
    switch body {
    case .exchange(.intended(let exchange, _)):
      if let open = stations[station].open, !isLost(open.stream) {
        return wrong(station, "two exchanges at a time")
      }
      guard accounts[exchange.id] == nil else {
        return wrong(station, "the exchange \(exchange.id) is intended twice")
      }
      guard exchange.id == ExchangeID(stream: stream, seq: seq) || isLost(exchange.id.stream)
      else { return wrong(station, "the exchange \(exchange.id) is not named by its record") }
      accounts[exchange.id] = ExchangeAccount(station: station, exchange: exchange)
      ids.append(exchange.id)
      stations[station].open = exchange.id
    case .exchange(.dispensing(let id, let serial)):
      guard stations[station].open == id, accounts[id]?.serial == nil else {
        return wrong(station, "the motor is decided on for \(id), which is not open")
      }
      accounts[id]?.serial = UInt8(exactly: serial)
      accounts[id]?.isFirst = !stations[station].hasOrdered
      stations[station].hasOrdered = true
      return used(station, id)
    case .exchange(.ended(let exchange, let outcome)): return ended(station, exchange, outcome)
    case .exchange(.slotCounted(let slot, let stock, _)): books[station].counted(slot, stock)
    case .exchange(.slotQuarantined(let slot, _)): books[station].quarantined(slot)
    default: break
    }
    return nil
  }

  /// A code pays once.
  private mutating func used(_ station: Int, _ id: ExchangeID) -> String? {
    guard let code = stations[station].shown[id] else { return nil }
    let era = stations[station].era
    guard stations[station].used.updateValue(era, forKey: code) != era else {
      return wrong(station, "the code \(code) pays a second time")
    }
    return nil
  }

  private mutating func ended(
    _ station: Int, _ exchange: Exchange, _ outcome: ExchangeOutcome
  ) -> String? {
    guard let account = accounts[exchange.id] else {
      // Its beginning went with a store that was lost before it was durable.
      return isLost(exchange.id.stream)
        ? nil : wrong(station, "\(exchange.id) ends and was never intended")
    }
    if let first = account.outcome {
      // What must not give way in a full outbox, or with a lost store, is written once more.
      return first == outcome && account.exchange == exchange
        ? nil : wrong(station, "\(exchange.id) ends twice, and not alike")
    }
    guard account.exchange == exchange else {
      return wrong(station, "\(exchange.id) ends as another exchange than it began")
    }
    accounts[exchange.id]?.outcome = outcome
    if stations[station].open == exchange.id { stations[station].open = nil }
    if outcome.isCharged {
      books[station].sold(exchange.slot)
      if account.fallen == 0, !account.excuses.contains(.phantom) {
        return wrong(station, "\(exchange.id) is to be paid for, and nothing fell")
      }
    }
    return nil
  }

  // MARK: - The machine's own truth

  mutating func turned(_ station: Int, _ slot: SlotID, _ serial: UInt8) -> String? {
    guard let id = stations[station].orders[serial], accounts[id]?.exchange.slot == slot else {
      return wrong(station, "a motor turns for no exchange")
    }
    return nil
  }

  mutating func lies(_ station: Int, _ serial: UInt8, _ lie: SimulatedMachine.Lie) {
    guard let id = stations[station].orders[serial] else { return }
    let excuse: ExchangeAccount.Excuse =
      switch lie {
      case .blind: .blind
      case .phantom: .phantom
      case .endless: .endless
      }
    accounts[id]?.excuses.insert(excuse)
    if let slot = accounts[id]?.exchange.slot { books[station].doubted(slot) }
  }

  mutating func fell(_ station: Int, _ serial: UInt8) -> String? {
    guard let id = stations[station].orders[serial] else {
      return wrong(station, "an article falls for no exchange")
    }
    accounts[id]?.fallen += 1
    guard let account = accounts[id], account.fallen > 1 else { return nil }
    return account.excuses.contains(.machinePower)
      ? nil : wrong(station, "\(account.fallen) articles fall for \(id)")
  }

  /// Something that nobody at the station can know of happens while an exchange is open.
  mutating func excuse(_ station: Int, _ excuse: ExchangeAccount.Excuse) {
    guard let id = stations[station].open else { return }
    accounts[id]?.excuses.insert(excuse)
  }

  mutating func slotTouched(_ station: Int, _ slot: SlotID) { books[station].touched(slot) }

  // MARK: - Ends of a daemon

  mutating func powerCut(_ station: Int) {
    stations[station].powerCuts += 1
    stations[station].picked = nil
    excuse(station, .powerCut)
  }

  mutating func stopped(_ station: Int, at now: Instant) {
    stations[station].picked = nil
    stations[station].stoppedAt = now
    guard let id = stations[station].open, let account = accounts[id], account.isFirst else {
      return
    }
    excuse(station, .drawnNumber)
  }

  mutating func started(_ station: Int, at now: Instant) {
    guard let stopped = stations[station].stoppedAt else { return }
    stations[station].stoppedAt = nil
    if now - stopped > Self.longestStop { excuse(station, .longStop) }
  }

  mutating func clockAccepted(_ station: Int) { stations[station].era += 1 }

  // MARK: - Lost stores

  private var lost: Set<StreamID> = []

  func isLost(_ stream: StreamID) -> Bool { lost.contains(stream) }

  mutating func storeLost(_ station: Int, _ stream: StreamID) {
    lost.insert(stream)
    excuse(station, .storeLost)
    stations[station].era += 1
    stations[station].hasOrdered = false
    books[station].forget()
  }

  /// At a start on a new store, what the old one held is over; a motor that turns goes on
  /// otherwise.
  mutating func forgotten(_ station: Int) { stations[station].open = nil }

  // MARK: - The end

  /// - Returns: an exchange that did not end although its store is there.
  func unfinished() -> String? {
    for id in ids {
      guard let account = accounts[id], account.outcome == nil, !isLost(id.stream) else { continue }
      return wrong(account.station, "the exchange \(id) never ended")
    }
    return nil
  }

  var sales: Int { accounts.values.count { $0.outcome == .dispensed } }

  func wrong(_ station: Int, _ text: String) -> String { "station \(station + 1): \(text)" }

  func powerCuts(of station: Int) -> Int { stations[station].powerCuts }
}
