// What a station may ask of the ledger and tell it: holds, balances, and how exchanges ended.
import StationProtocol
import Time

/// The answer to a question, and what somebody should know of it.
package struct LedgerAnswer: Equatable, Sendable {
  package var reply: StationReply.Answer
  package var finding: Finding?

  package enum Finding: Equatable, Sendable {
    /// The question was about something that is not the station's own.
    case foreign
    /// The code that came with it proves nothing, or is of somebody else.
    case unproven(ExchangeRefusal)
    /// The code has paid at this other station.
    case spentElsewhere(StationID)
    /// The station has asked for more in an hour than one may.
    case overLimit
  }

  /// Nothing can be decided now, and nothing was moved.
  package static let busy = LedgerAnswer(.refused(.serviceBusy, balance: nil))

  init(_ reply: StationReply.Answer, _ finding: Finding? = nil) {
    self.reply = reply
    self.finding = finding
  }
}

extension LedgerBook {
  /// - Parameter proof: what the code says that came with the question.
  package mutating func answer(
    _ question: StationRequest.Question, _ proof: CodeProof, from station: StationID, at now: Now
  ) throws(Failure) -> LedgerAnswer {
    switch question {
    case .hold(let exchange): return try hold(exchange, proof, from: station, at: now)
    case .balance(let member):
      if let refusal = proof.refusal(for: member) {
        return LedgerAnswer(.refused(refusal, balance: nil), .unproven(refusal))
      }
      guard let balance = try balance(of: member) else {
        return LedgerAnswer(.refused(.unknownMember, balance: nil))
      }
      return LedgerAnswer(.balance(balance))
    }
  }

  /// Sets the price aside, once for each id and each code. What the ledger refuses is kept as well:
  /// the same question has the same answer for ever.
  private mutating func hold(
    _ exchange: Exchange, _ proof: CodeProof, from station: StationID, at now: Now
  ) throws(Failure) -> LedgerAnswer {
    // Which stream the station lives in is known from its birth, which comes before any question.
    guard let life = try currentStream(of: station) else { return .busy }
    guard life == exchange.id.stream, try owner(of: life) == station else {
      return LedgerAnswer(.refused(.conflict, balance: nil), .foreign)
    }
    if let entry = try entry(exchange.id) { return try again(exchange, entry) }
    guard case .genuine(exchange.member, let code) = proof else {
      let refusal = proof.refusal(for: exchange.member) ?? .conflict
      return LedgerAnswer(.refused(refusal, balance: nil), .unproven(refusal))
    }
    if let sale = try sale(by: code) {
      return LedgerAnswer(
        .refused(.replayed, balance: nil), sale == station ? nil : .spentElsewhere(sale))
    }
    let isNewMember =
      stationLimits.newMembers < .max ? try !hasAsked(for: exchange.member, at: station) : false
    var hour = hours[station] ?? StationHour()
    guard hour.allows(exchange.price, isNewMember: isNewMember, stationLimits, at: now.instant)
    else {
      hours[station] = hour
      return LedgerAnswer(.refused(.stationLimit, balance: nil), .overLimit)
    }
    let answer = try hold(exchange, code, from: station, at: now)
    var points: Int64 = 0
    if case .held = answer.reply { points = exchange.price.number }
    if stationLimits != .none {
      hour.note(points: points, isNewMember: isNewMember, at: now.instant)
      hours[station] = hour
    }
    return answer
  }

  /// The first question about an exchange, by a code that is good and has not paid yet.
  private mutating func hold(
    _ exchange: Exchange, _ code: CodeDigest, from station: StationID, at now: Now
  ) throws(Failure) -> LedgerAnswer {
    var entry = LedgerExchange(
      station: station, exchange: exchange, state: .held,
      day: try day(at: station, now), at: now.wall, code: code)
    guard let terms = try terms(for: exchange.member, at: station, exchange.slot) else {
      entry.state = .refused(.unknownMember)
      _ = try open(entry)
      return LedgerAnswer(.refused(.unknownMember, balance: nil))
    }
    let today =
      terms.limits.isEmpty
      ? (0, 0) : try count(of: exchange.member, day: entry.day, exchange.article)
    if let refusal = terms.refusal(of: exchange, today: today) {
      entry.state = .refused(refusal)
      entry.told = terms.balance
      _ = try open(entry)
      return LedgerAnswer(.refused(refusal, balance: terms.balance))
    }
    let left = terms.balance - exchange.price.number
    entry.told = left
    entry.id = try open(entry)
    try move(.hold, of: entry, exchange.price.number, now)
    return LedgerAnswer(.held(balance: left))
  }

  /// The day that it is at the station's place: by it the limits of a member go.
  private func day(at station: StationID, _ now: Now) throws(Failure) -> Int {
    try (zone(of: station) ?? now.rules).localDay(of: now.wall)
  }

  private func again(
    _ exchange: Exchange, _ entry: LedgerExchange
  ) throws(Failure) -> LedgerAnswer {
    guard entry.exchange == exchange else {
      return LedgerAnswer(.refused(.conflict, balance: try balance(of: exchange.member)))
    }
    switch entry.state {
    case .held: return LedgerAnswer(.held(balance: entry.told ?? 0))
    case .refused(let refusal): return LedgerAnswer(.refused(refusal, balance: entry.told))
    case .posted, .void:
      return LedgerAnswer(.refused(.settled, balance: try balance(of: exchange.member)))
    }
  }

  /// A record says how an exchange ended: what was set aside is posted or given back, once.
  /// - Parameter stream: the one in which the record stands.
  /// - Returns: what does not fit; it is listed.
  package mutating func end(
    _ exchange: Exchange, _ outcome: ExchangeOutcome, from station: StationID,
    in stream: StreamID, at now: Now
  ) throws(Failure) -> [Discrepancy] {
    var discrepancy = Discrepancy(
      .foreign, station: station, exchange: exchange, outcome: outcome, at: now.wall)
    // Under the number of a store that was lost meanwhile, it is the station's own all the same.
    guard try owner(of: exchange.id.stream) == station, try owner(of: stream) == station else {
      try list(discrepancy)
      return [discrepancy]
    }
    guard var entry = try entry(exchange.id) else {
      var entry = LedgerExchange(
        station: station, exchange: exchange, state: .void,
        day: try day(at: station, now), at: now.wall,
        outcome: outcome, settled: now.wall)
      entry.id = try open(entry)
      guard outcome.isCharged else { return [] }
      discrepancy.kind = .withoutHold
      try list(discrepancy)
      return [discrepancy]
    }
    let isSame = entry.exchange == exchange
    if let first = entry.outcome {
      // Something was set aside, nobody decided, and yet it was not settled like this: the first
      // record was of another member.
      let hadHold = entry.told != nil && entry.state.kind != .refused
      let isSettled =
        entry.resolution != nil || !hadHold
        || (entry.state.kind == .posted) == outcome.isCharged
      guard first != outcome || !isSame || !isSettled else { return [] }
      discrepancy.kind = .secondOutcome
      try list(discrepancy)
      return [discrepancy]
    }
    entry.outcome = outcome
    var found: [Discrepancy] = []
    switch entry.state {
    case .held:
      let isCharged = outcome.isCharged && entry.exchange.member == exchange.member
      let posted = isCharged ? min(entry.exchange.price, exchange.price).number : 0
      try close(&entry, posting: posted, now, .station(station))
    case .posted, .void:
      try settle(entry)
      if (entry.state != .void) != outcome.isCharged {
        found.append(discrepancy.of(.contradiction))
      }
    case .refused:
      entry.settled = now.wall
      try settle(entry)
      // Of another member nobody knows whose it was: that is what is listed of it.
      if outcome.isCharged, entry.exchange.member == exchange.member {
        found.append(discrepancy.of(.withoutHold))
      }
    }
    if !isSame { found.append(discrepancy.of(.otherContents)) }
    for one in found { try list(one) }
    return found
  }

  /// Posts this much of a hold and gives the rest back.
  /// - Returns: the id of the first movement.
  @discardableResult
  mutating func close(
    _ entry: inout LedgerExchange, posting posted: Int64, _ now: Now, _ actor: LedgerActor,
    _ order: OrderKey? = nil
  ) throws(Failure) -> Int64 {
    entry.state = posted > 0 ? .posted(posted) : .void
    entry.settled = now.wall
    try settle(entry)
    var first: Int64?
    if posted > 0 { first = try move(.post, of: entry, posted, now, actor, order) }
    let rest = entry.exchange.price.number - posted
    if rest > 0 {
      let id = try move(.release, of: entry, rest, now, actor, order)
      first = first ?? id
    }
    return first ?? 0
  }

  /// A person decided who pays for an article without a hold: the member as far as his points go,
  /// and never more than was agreed for the slot; the union the rest.
  /// - Parameter posted: 0 where nobody pays.
  /// - Returns: the id of the first movement; nil where nothing moved.
  mutating func decide(
    _ entry: inout LedgerExchange, posting posted: Int64, _ now: Now, _ actor: LedgerActor,
    _ order: OrderKey
  ) throws(Failure) -> Int64? {
    entry.state = posted > 0 ? .posted(posted) : .void
    try settle(entry)
    guard posted > 0 else { return nil }
    let member = entry.exchange.member
    let agreed = try terms(for: member, at: entry.station, entry.exchange.slot)?.price?.number
    let charged = min(posted, agreed ?? posted, try balance(of: member) ?? 0)
    var first: Int64?
    if charged > 0 { first = try move(.charge, of: entry, charged, now, actor, order) }
    if posted > charged {
      let id = try move(.shortfall, of: entry, posted - charged, now, actor, order)
      first = first ?? id
    }
    return first
  }

  @discardableResult
  private mutating func move(
    _ kind: Movement.Kind, of entry: LedgerExchange, _ amount: Int64, _ now: Now,
    _ actor: LedgerActor? = nil, _ order: OrderKey? = nil
  ) throws(Failure) -> Int64 {
    let member = Account.member(entry.exchange.member)
    let (held, station) = (Account.held(entry.station), Account.station(entry.station))
    let (from, to) =
      switch kind {
      case .hold: (member, held)
      case .post: (held, station)
      case .release: (held, member)
      case .charge: (member, station)
      case .shortfall: (Account.adjustments, station)
      case .issue, .grant, .reversal: preconditionFailure("no exchange moves a \(kind.rawValue)")
      }
    let id = entry.exchange.id
    let cause = order.map { Movement.Cause.resolution(id, $0) } ?? .exchange(id)
    return try move(
      Movement(
        kind, from: from, to: to, amount: amount, actor: actor ?? .station(entry.station),
        cause: cause, at: now.wall), entry)
  }
}

extension Discrepancy {
  fileprivate func of(_ kind: Kind) -> Discrepancy {
    var other = self
    other.kind = kind
    return other
  }
}
