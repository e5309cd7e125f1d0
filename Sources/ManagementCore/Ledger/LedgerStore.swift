// What the service's store does with points, whichever engine keeps them.
import StationProtocol
import Time

/// The ledger's side of a `ManagementStore`. What stations ask and tell comes through `store`.
/// Each method is one transaction.
package protocol LedgerStore: LedgerQueries {
  /// Carries an order out, once for its key.
  func carryOut(
    _ order: LedgerOrder, key: OrderKey, by actor: String, aloneUpTo: Int64, at now: Now
  ) throws(StoreFailure) -> OrderOutcome
}

/// The questions that a ledger answers, each of one moment.
package protocol LedgerQueries: AnyObject {
  /// - Returns: nil where the member is not enrolled.
  func balance(of member: MemberID) throws(StoreFailure) -> Int64?
  func balance(of account: Account) throws(StoreFailure) -> Int64
  /// What moved a member's points, newest first, with ids below `before` where it is given.
  func statement(
    of member: MemberID, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [StatementLine]
  /// Movements, newest first.
  func movements(before: Int64?, limit: Int) throws(StoreFailure) -> [Movement]
  /// What a station's exchanges took on these local days, by day and article, sorted.
  func takings(of station: StationID, days: ClosedRange<Int>) throws(StoreFailure) -> [Taking]
  func exchange(_ id: ExchangeID) throws(StoreFailure) -> LedgerExchange?
  /// Holds that are not resolved, and articles that fell without a hold and nobody has decided
  /// about, in the order of their ids, with ids above `id`.
  func openHolds(after id: Int64, limit: Int) throws(StoreFailure) -> [OpenHold]
  /// How many of those are open, and how many of them need attention: holds that are older than
  /// that, and all that fell without one.
  func countHolds(olderThan time: WallTime) throws(StoreFailure) -> (open: Int64, old: Int64)
  /// The articles without a hold that wait for a decision, added up for each station that told of
  /// any: of each as many as one order dismisses. By station.
  func unprovenSums() throws(StoreFailure) -> [UnprovenSum]
  /// The discrepancies, newest first.
  func discrepancies(before: Int64?, limit: Int) throws(StoreFailure) -> [Discrepancy]
  /// Orders that wait for a second person, oldest first, with ids above `id`.
  func pendingOrders(after id: Int64, limit: Int) throws(StoreFailure) -> [PendingOrder]
  /// An order that waits or waited.
  func pendingOrder(_ id: Int64) throws(StoreFailure) -> PendingOrder?

  func exchangeLimits() throws(StoreFailure) -> ExchangeLimits
  /// The prices of a station's slots, in their order.
  func prices(of station: StationID) throws(StoreFailure) -> [SlotPrice]

  /// Adds everything up anew.
  func proof(at now: Now) throws(StoreFailure) -> LedgerProof
}

/// A line of a member's statement.
package struct StatementLine: Equatable, Sendable {
  package var movement: Movement
  /// The exchange, where the movement belongs to one.
  package var exchange: LedgerExchange?

  package init(movement: Movement, exchange: LedgerExchange?) {
    self.movement = movement
    self.exchange = exchange
  }
}

/// What the exchanges of one article took at a station on one local day.
package struct Taking: Equatable, Sendable {
  package var day: Int
  package var article: ArticleID
  package var count: Int64
  package var points: Int64

  package init(day: Int, article: ArticleID, count: Int64, points: Int64) {
    self.day = day
    self.article = article
    self.count = count
    self.points = points
  }
}
