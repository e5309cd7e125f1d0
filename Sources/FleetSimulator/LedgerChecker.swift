// Holds the service's ledger against the goods: every point that moved, and every article that fell.
import ManagementCore
import StationProtocol

/// Adds the movements up by itself, and asks the machines' truth who had to pay.
struct LedgerChecker {
  /// Exchanges whose end is in the service's store, in whichever of its streams: these are
  /// settled whatever became of the station's store afterwards.
  var told: Set<ExchangeID> = []
  /// What the office was told that it granted, by member.
  private var granted: [MemberID: Int64] = [:]
  /// Exchanges whose end the service had acknowledged and then lost with its store, and whose
  /// station has lost its own since: nobody will ever settle them by a record.
  var lostEnds: Set<ExchangeID> = []
  private var isRestored = false

  mutating func grants(_ amount: Int64, to member: MemberID) {
    granted[member, default: 0] += amount
  }

  mutating func restored() { isRestored = true }

  /// The points that one exchange moved.
  private struct Moved {
    var paid: Int64 = 0
    var borne: Int64 = 0
    var aside: Int64 = 0
    var payer: MemberID?
  }

  /// - Parameters:
  ///   - movements: all of them, in their order.
  ///   - balances: what the service says that a member has.
  /// - Returns: the first thing that does not fit.
  func compare(
    _ movements: [Movement], _ exchanges: ExchangeChecker, balances: (MemberID) -> Int64?
  ) -> String? {
    var sums: [Account: Int64] = [:]
    var moved: [ExchangeID: Moved] = [:]
    for movement in movements {
      guard movement.amount > 0 else { return "the movement \(movement.id) moves nothing" }
      sums[movement.from, default: 0] -= movement.amount
      sums[movement.to, default: 0] += movement.amount
      if sums[movement.from, default: 0] < 0, !movement.from.kind.mayBeNegative {
        return "\(movement.from) is overdrawn by the movement \(movement.id)"
      }
      guard let id = movement.exchange else { continue }
      Self.follow(movement, &moved[id, default: Moved()])
    }
    guard sums.values.reduce(0, +) == 0 else { return "all accounts together hold something" }
    return comparePayments(moved, exchanges) ?? compareGoods(moved, exchanges)
      ?? compareMembers(sums, moved, balances)
  }

  private static func follow(_ movement: Movement, _ moved: inout Moved) {
    switch (movement.from, movement.to) {
    case (.member(let member), .held):
      moved.aside += movement.amount
      moved.payer = member
    case (.held, .member): moved.aside -= movement.amount
    case (.held, .station):
      moved.aside -= movement.amount
      moved.paid += movement.amount
    case (.member(let member), .station):
      moved.paid += movement.amount
      moved.payer = member
    case (.adjustments, .station): moved.borne += movement.amount
    default: break
    }
  }

  /// No member pays for what did not fall, nor twice, nor for another.
  private func comparePayments(
    _ moved: [ExchangeID: Moved], _ exchanges: ExchangeChecker
  ) -> String? {
    for (id, sums) in moved.sorted(by: { $0.key < $1.key }) {
      guard let account = exchanges.accounts[id] else {
        return "points moved for \(id), which no station ever intended"
      }
      let price = account.exchange.price.number
      guard sums.payer == nil || sums.payer == account.exchange.member else {
        return "\(id) is paid by another member"
      }
      guard sums.aside == 0 else { return "\(sums.aside) points stay aside for \(id)" }
      guard sums.paid + sums.borne <= price else { return "\(id) is paid twice" }
      guard sums.borne == 0 || isRestored else { return "the union bears \(id)" }
      if sums.paid > 0, account.fallen == 0, !account.excuses.contains(.phantom) {
        return "\(account.exchange.member) pays for \(id), and nothing fell"
      }
      if sums.paid > 0, let outcome = account.outcome, !outcome.isCharged {
        return "\(account.exchange.member) pays for \(id), which ended \(outcome)"
      }
    }
    return nil
  }

  /// The union loses one article for a power cut, and for what was declared, and no other.
  private func compareGoods(
    _ moved: [ExchangeID: Moved], _ exchanges: ExchangeChecker
  ) -> String? {
    var lost: [Int: Int] = [:]
    for id in exchanges.ids {
      guard let account = exchanges.accounts[id] else { continue }
      let sums = moved[id] ?? Moved()
      let isPaid = sums.paid + sums.borne > 0
      if isPaid {
        guard sums.paid + sums.borne == account.exchange.price.number else {
          return "\(id) is paid in part"
        }
      } else if account.outcome?.isCharged == true,
        told.contains(id) || !exchanges.isLost(id.stream),
        !lostEnds.contains(id)
      {
        return "\(id) fell, and is not posted"
      }
      guard account.fallen > (isPaid ? 1 : 0), !lostEnds.contains(id) else { continue }
      guard !account.excuses.isEmpty || exchanges.isLost(id.stream) else {
        return "an article of \(id) fell, nobody paid, and nothing excuses it"
      }
      if account.excuses == [.powerCut] { lost[account.station, default: 0] += 1 }
    }
    for (station, count) in lost.sorted(by: { $0.key < $1.key })
    where count > exchanges.powerCuts(of: station) {
      return "station \(station + 1): \(count) articles lost in fewer power cuts"
    }
    return nil
  }

  /// Every member has what was granted, less what was paid.
  private func compareMembers(
    _ sums: [Account: Int64], _ moved: [ExchangeID: Moved], _ balances: (MemberID) -> Int64?
  ) -> String? {
    var due = granted
    for sums in moved.values {
      if let payer = sums.payer { due[payer, default: 0] -= sums.paid + sums.aside }
    }
    for (member, points) in due.sorted(by: { $0.key < $1.key }) {
      guard sums[.member(member), default: 0] == points else {
        return
          "\(member) has \(sums[.member(member), default: 0]) points by movements, not \(points)"
      }
      guard balances(member) == points else {
        return "\(member) has \(balances(member) ?? -1) points by the account, not \(points)"
      }
    }
    return nil
  }
}
