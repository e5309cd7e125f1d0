// The store in memory: what is asked of its ledger.
import StationProtocol
import Time

extension MemoryStore {
  package func carryOut(
    _ order: LedgerOrder, key: OrderKey, by actor: String, aloneUpTo: Int64, at now: Now
  ) -> OrderOutcome {
    book.carryOut(order, key, by: actor, aloneUpTo: aloneUpTo, at: now)
  }

  package func balance(of member: MemberID) -> Int64? { book.balance(of: member) }
  package func balance(of account: Account) -> Int64 { book.balance(of: account) }

  package func statement(of member: MemberID, before: Int64?, limit: Int) -> [StatementLine] {
    let account = Account.member(member)
    return book.movements.reversed().lazy
      .filter { movement in
        (before.map { movement.id < $0 } ?? true)
          && (movement.from == account || movement.to == account)
      }
      .prefix(limit)
      .map { StatementLine(movement: $0, exchange: $0.exchange.flatMap { self.book.entry($0) }) }
  }

  package func movements(before: Int64?, limit: Int) -> [Movement] {
    Array(
      book.movements.reversed().lazy.filter { one in before.map { one.id < $0 } ?? true }
        .prefix(limit))
  }

  package func takings(of station: StationID, days: ClosedRange<Int>) -> [Taking] {
    var takings: [Int: [ArticleID: Taking]] = [:]
    for entry in book.entries where entry.station == station && days.contains(entry.day) {
      guard case .posted(let points) = entry.state else { continue }
      let article = entry.exchange.article
      var taking =
        takings[entry.day]?[article]
        ?? Taking(day: entry.day, article: article, count: 0, points: 0)
      taking.count += 1
      taking.points += points
      takings[entry.day, default: [:]][article] = taking
    }
    return takings.values.flatMap(\.values).sorted { ($0.day, $0.article) < ($1.day, $1.article) }
  }

  package func exchange(_ id: ExchangeID) -> LedgerExchange? { book.entry(id) }

  package func openHolds(after id: Int64, limit: Int) -> [OpenHold] {
    book.entries.lazy.filter { $0.id > id && ($0.state == .held || $0.isUnproven) }.prefix(limit)
      .map { OpenHold($0, isOrphaned: self.book.isOrphaned($0), isInGap: self.book.isInGap($0)) }
  }

  package func countHolds(olderThan time: WallTime) -> (open: Int64, old: Int64) {
    let open = book.entries.filter { $0.state == .held || $0.isUnproven }
    return (Int64(open.count), Int64(open.count { $0.at < time || $0.isUnproven }))
  }

  package func unprovenSums() -> [UnprovenSum] {
    let all = Dictionary(grouping: book.entries.filter(\.isUnproven), by: \.station)
    return all.values.compactMap { UnprovenSum($0.prefix(Int(UnprovenSum.most))) }
      .sorted { $0.station < $1.station }
  }

  package func discrepancies(before: Int64?, limit: Int) -> [Discrepancy] {
    Array(
      book.discrepancies.reversed().lazy.filter { one in before.map { one.id < $0 } ?? true }
        .prefix(limit))
  }

  package func pendingOrders(after id: Int64, limit: Int) -> [PendingOrder] {
    Array(book.pendingOrders.lazy.filter { $0.id > id && $0.decision == nil }.prefix(limit))
  }

  package func pendingOrder(_ id: Int64) -> PendingOrder? { book.pending(id) }

  package func exchangeLimits() -> ExchangeLimits { book.exchangeLimits }

  package func prices(of station: StationID) -> [SlotPrice] {
    (book.prices[station] ?? [:]).map { SlotPrice(slot: $0.key, price: $0.value) }
      .sorted { $0.slot < $1.slot }
  }

  package func proof(at now: Now) -> LedgerProof {
    var records: [LedgerProof.EndRecord] = []
    for event in stored where event.kind == .exchange(.ended) {
      guard let seq = event.seq, let record = try? Record(json: event.json),
        case .exchange(.ended(let exchange, let outcome)) = record.body
      else { continue }
      records.append(
        LedgerProof.EndRecord(
          station: event.station, stream: event.stream, seq: seq, exchange: exchange,
          outcome: outcome))
    }
    return book.proof(records, at: now.wall)
  }
}

extension MemoryBook {
  /// Everything added up anew, from the movements and from the records of the stations.
  func proof(_ records: [LedgerProof.EndRecord], at time: WallTime) -> LedgerProof {
    var moved: [Account: Int64] = [:]
    var ofExchange: [ExchangeID: LedgerProof.Moved] = [:]
    var back: [Int64: Int64] = [:]
    for movement in movements {
      moved[movement.from, default: 0] -= movement.amount
      moved[movement.to, default: 0] += movement.amount
      if let id = movement.exchange {
        ofExchange[id, default: LedgerProof.Moved()].add(movement.kind, movement.amount)
      }
      if let id = movement.reverses { back[id, default: 0] += movement.amount }
    }
    var holds = LedgerProof.HoldAges()
    var aside: [StationID: Int64] = [:]
    for entry in entries where entry.state == .held {
      holds.count(OpenHold(entry, isOrphaned: isOrphaned(entry)), at: time)
      aside[entry.station, default: 0] += entry.exchange.price.number
    }
    var findings = LedgerProof.Findings()
    findings.add(sum: balances.values.reduce(0, +))
    for account in Set(balances.keys).union(moved.keys).sorted() {
      findings.compare(account, holds: balance(of: account), moved: moved[account] ?? 0)
      if case .held(let station) = account {
        findings.compare(station, holds: balance(of: account), open: aside[station] ?? 0)
      }
    }
    for entry in entries {
      findings.judge(entry, ofExchange[entry.exchange.id] ?? LedgerProof.Moved())
    }
    let listed = Set(discrepancies.map { LedgerProof.Listed($0) })
    for record in records {
      findings.judge(
        record, entry(record.exchange.id), isListed: listed.contains(LedgerProof.Listed(record)))
    }
    for (id, amount) in back.sorted(by: { $0.key < $1.key }) where movement(id)?.amount != amount {
      findings.add(.reversal(id))
    }
    for order in orders.values.sorted(by: { $0.key.text < $1.key.text }) {
      guard let id = order.receipt.movement, movement(id)?.order != order.key else { continue }
      findings.add(.order(order.key))
    }
    return LedgerProof(
      sums: Account.Kind.allCases.map { kind in
        let some = balances.filter { $0.key.kind == kind }
        return LedgerProof.Sum(
          kind: kind, accounts: Int64(some.count), balance: some.values.reduce(0, +))
      },
      movements: Int64(movements.count), exchanges: Int64(entries.count),
      discrepancies: Int64(discrepancies.count),
      pendingOrders: Int64(pendingCount()), holds: holds,
      findings: findings.all)
  }
}
