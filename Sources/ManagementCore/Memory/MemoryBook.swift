// The ledger's rows in plain collections: the reference for every engine's.
import StationProtocol
import Time

/// A value, so that a copy of it is a backup.
struct MemoryBook: LedgerBook, Sendable {
  typealias Failure = Never

  var lives: [StationID: StreamID] = [:]
  var owners: [StreamID: StationID] = [:]
  /// The last number of each stream that a restored store never got.
  var gaps: [StreamID: UInt64] = [:]
  /// As the stations say, and as people have set.
  var toldZones: [StationID: ZoneName] = [:]
  var setZones: [StationID: ZoneName] = [:]
  var zones: @Sendable (ZoneName) -> Zone? = { _ in nil }
  var members: [MemberID: Member] = [:]
  var balances: [Account: Int64] = [:]
  var movements: [Movement] = []
  var entries: [LedgerExchange] = []
  var places: [ExchangeID: Int] = [:]
  var discrepancies: [Discrepancy] = []
  var orders: [OrderKey: PlacedOrder] = [:]
  var pendingOrders: [PendingOrder] = []
  var audit: [AuditEntry] = []
  var reversed: Set<Int64> = []
  var exchangeLimits = ExchangeLimits()
  var prices: [StationID: [SlotID: Points]] = [:]
  var stationLimits = StationLimits.none
  var hours: [StationID: StationHour] = [:]
  /// The exchanges that were asked for by a code.
  private var sales: [CodeDigest: [Int]] = [:]
  /// Whom each station has asked for, or told of.
  private var known: [StationID: Set<MemberID>] = [:]
  /// How many exchanges count against a member's limits of a day, by article.
  private var counts: [MemberDay: [ArticleID: Int64]] = [:]

  private struct MemberDay: Hashable {
    var member: MemberID
    var day: Int
  }

  func currentStream(of station: StationID) -> StreamID? { lives[station] }
  func owner(of stream: StreamID) -> StationID? { owners[stream] }
  func zone(of station: StationID) -> Zone? {
    (setZones[station] ?? toldZones[station]).flatMap { zones($0) }
  }
  func entry(_ id: ExchangeID) -> LedgerExchange? { places[id].map { entries[$0] } }

  func sale(by code: CodeDigest) -> StationID? {
    (sales[code] ?? []).lazy.map { entries[$0] }.first(where: \.usesUpCode)?.station
  }

  func hasAsked(for member: MemberID, at station: StationID) -> Bool {
    known[station]?.contains(member) ?? false
  }

  func terms(for member: MemberID, at station: StationID, _ slot: SlotID) -> HoldTerms? {
    members[member].map {
      HoldTerms(
        status: $0.status, balance: balance(of: .member(member)), price: prices[station]?[slot],
        limits: exchangeLimits)
    }
  }

  func count(
    of member: MemberID, day: Int, _ article: ArticleID
  ) -> (all: Int64, ofArticle: Int64) {
    let today = counts[MemberDay(member: member, day: day)] ?? [:]
    return (today.values.reduce(0, +), today[article] ?? 0)
  }

  func balance(of member: MemberID) -> Int64? {
    members[member].map { _ in balance(of: .member(member)) }
  }

  func balance(of account: Account) -> Int64 { balances[account] ?? 0 }

  mutating func open(_ entry: LedgerExchange) -> Int64 {
    precondition(places[entry.exchange.id] == nil, "an exchange is opened once")
    var entry = entry
    entry.id = Int64(entries.count) + 1
    places[entry.exchange.id] = entries.count
    if let code = entry.code { sales[code, default: []].append(entries.count) }
    known[entry.station, default: []].insert(entry.exchange.member)
    entries.append(entry)
    if entry.state.counts { count(entry, 1) }
    return entry.id
  }

  mutating func settle(_ entry: LedgerExchange) {
    let place = Int(entry.id) - 1
    if entries[place].state.counts { count(entries[place], -1) }
    entries[place] = entry
    if entry.state.counts { count(entry, 1) }
  }

  private mutating func count(_ entry: LedgerExchange, _ more: Int64) {
    counts[MemberDay(member: entry.exchange.member, day: entry.day), default: [:]][
      entry.exchange.article, default: 0] += more
  }

  mutating func move(_ movement: Movement, _ entry: LedgerExchange?) -> Int64 {
    precondition((1...Movement.most).contains(movement.amount), "a movement moves something")
    var movement = movement
    movement.id = Int64(movements.count) + 1
    movements.append(movement)
    balances[movement.from, default: 0] -= movement.amount
    balances[movement.to, default: 0] += movement.amount
    precondition(
      movement.from.kind.mayBeNegative || balance(of: movement.from) >= 0,
      "\(movement.from) is never overdrawn")
    if let id = movement.reverses { reversed.insert(id) }
    return movement.id
  }

  mutating func list(_ discrepancy: Discrepancy) {
    var discrepancy = discrepancy
    discrepancy.id = Int64(discrepancies.count) + 1
    discrepancies.append(discrepancy)
  }

  func unproven(at station: StationID, through id: Int64) -> UnprovenSum? {
    UnprovenSum(entries.filter { $0.station == station && $0.id <= id && $0.isUnproven })
  }

  mutating func dismiss(_ sum: UnprovenSum, _ resolution: LedgerExchange.Resolution) {
    for var entry in entries
    where entry.station == sum.station && entry.id <= sum.through && entry.isUnproven {
      entry.state = .void
      entry.resolution = resolution
      settle(entry)
    }
  }

  func order(_ key: OrderKey) -> PlacedOrder? { orders[key] }
  mutating func place(_ order: PlacedOrder) { orders[order.key] = order }

  mutating func note(_ entry: AuditEntry) {
    var entry = entry
    entry.id = Int64(audit.count) + 1
    audit.append(entry)
  }

  func movement(_ id: Int64) -> Movement? {
    id >= 1 && id <= movements.count ? movements[Int(id) - 1] : nil
  }

  func isReversed(_ id: Int64) -> Bool { reversed.contains(id) }

  func pending(_ id: Int64) -> PendingOrder? {
    id >= 1 && id <= pendingOrders.count ? pendingOrders[Int(id) - 1] : nil
  }

  func pending(_ order: LedgerOrder, by actor: String) -> Int64? {
    pendingOrders.first { $0.decision == nil && $0.actor == actor && $0.order == order }?.id
  }

  func pendingCount() -> Int { pendingOrders.count { $0.decision == nil } }

  mutating func submit(_ pending: PendingOrder) -> Int64 {
    var pending = pending
    pending.id = Int64(pendingOrders.count) + 1
    pendingOrders.append(pending)
    return pending.id
  }

  mutating func decide(_ pending: PendingOrder) { pendingOrders[Int(pending.id) - 1] = pending }

  func points(decidedAloneBy actor: String, since time: WallTime) -> Int64 {
    orders.values.reduce(0) { sum, order in
      order.actor == actor && order.at > time ? sum + order.alone.points : sum
    }
  }

  func points(decidedAloneFor member: MemberID, since time: WallTime) -> Int64 {
    orders.values.reduce(0) { sum, order in
      order.alone.member == member && order.at > time ? sum + order.alone.points : sum
    }
  }

  func limits() -> ExchangeLimits { exchangeLimits }
  mutating func set(_ limits: ExchangeLimits) { exchangeLimits = limits }
  func price(of slot: SlotID, at station: StationID) -> Points? { prices[station]?[slot] }

  mutating func agree(on price: Points?, of slot: SlotID, at station: StationID) {
    prices[station, default: [:]][slot] = price
  }

  /// How it ended may be among the records that were lost with a store.
  func isInGap(_ entry: LedgerExchange) -> Bool {
    gaps[entry.exchange.id.stream].map { entry.exchange.id.seq < $0 } ?? false
  }

  func isOrphaned(_ entry: LedgerExchange) -> Bool {
    lives[entry.station].map { $0 != entry.exchange.id.stream } ?? false
  }
}

extension UnprovenSum {
  /// - Parameter entries: of one station, in the order of their ids; nil of none.
  init?(_ entries: some Collection<LedgerExchange>) {
    guard let first = entries.first else { return nil }
    let members = Set(entries.map(\.exchange.member))
    self.init(
      station: first.station, count: Int64(entries.count),
      points: entries.reduce(0) { $0 + $1.exchange.price.number },
      through: entries.map(\.id).max() ?? 0,
      member: members.count == 1 ? first.exchange.member : nil)
  }
}
