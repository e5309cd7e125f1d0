// What the ledger's decisions need of the engine that keeps it: rows in, rows out, no rules.
import StationProtocol
import Time

/// The rows of one ledger, inside a transaction of the engine. The rules stand once, in the
/// extensions of this protocol, so that every engine moves points alike.
package protocol LedgerBook {
  associatedtype Failure: Error

  /// How much of one station is believed within an hour.
  var stationLimits: StationLimits { get }
  /// What stations have asked for since the service started.
  var hours: [StationID: StationHour] { get set }

  /// The stream that the station named at its last birth; nil before that.
  func currentStream(of station: StationID) throws(Failure) -> StreamID?
  /// By which the station's days go; nil where nobody has said it.
  func zone(of station: StationID) throws(Failure) -> Zone?
  /// The station that a stream belongs to: the first one that used it.
  func owner(of stream: StreamID) throws(Failure) -> StationID?

  func entry(_ id: ExchangeID) throws(Failure) -> LedgerExchange?
  /// The station at which this code has paid (`LedgerExchange.usesUpCode`); nil where at none.
  func sale(by code: CodeDigest) throws(Failure) -> StationID?
  /// Whether the station has ever asked for an exchange of this member, or told of one.
  func hasAsked(for member: MemberID, at station: StationID) throws(Failure) -> Bool
  /// - Returns: nil where the member is not enrolled.
  func terms(
    for member: MemberID, at station: StationID, _ slot: SlotID
  ) throws(Failure) -> HoldTerms?
  /// How many exchanges count against the member's limits of a day.
  func count(
    of member: MemberID, day: Int, _ article: ArticleID
  ) throws(Failure) -> (all: Int64, ofArticle: Int64)
  /// - Returns: nil where the member is not enrolled.
  func balance(of member: MemberID) throws(Failure) -> Int64?
  func balance(of account: Account) throws(Failure) -> Int64

  /// - Returns: its id.
  mutating func open(_ entry: LedgerExchange) throws(Failure) -> Int64
  /// Writes what can change of an entry: state, outcome, settled, resolution.
  mutating func settle(_ entry: LedgerExchange) throws(Failure)
  /// Writes a movement and both balances.
  /// - Parameter entry: that of the exchange to which it belongs.
  /// - Returns: its id.
  mutating func move(_ movement: Movement, _ entry: LedgerExchange?) throws(Failure) -> Int64
  mutating func list(_ discrepancy: Discrepancy) throws(Failure)
  /// The sum of a station's articles without a hold that wait for a decision, with ids up to
  /// `through`.
  /// - Returns: nil where there is nothing.
  func unproven(at station: StationID, through id: Int64) throws(Failure) -> UnprovenSum?
  /// Nobody pays for any of these.
  mutating func dismiss(
    _ sum: UnprovenSum, _ resolution: LedgerExchange.Resolution
  ) throws(Failure)

  func order(_ key: OrderKey) throws(Failure) -> PlacedOrder?
  mutating func place(_ order: PlacedOrder) throws(Failure)
  mutating func note(_ entry: AuditEntry) throws(Failure)
  func movement(_ id: Int64) throws(Failure) -> Movement?
  func isReversed(_ id: Int64) throws(Failure) -> Bool
  func pending(_ id: Int64) throws(Failure) -> PendingOrder?
  /// The undecided order of this actor with the same contents.
  func pending(_ order: LedgerOrder, by actor: String) throws(Failure) -> Int64?
  /// How many orders wait.
  func pendingCount() throws(Failure) -> Int
  /// - Returns: its id.
  mutating func submit(_ pending: PendingOrder) throws(Failure) -> Int64
  mutating func decide(_ pending: PendingOrder) throws(Failure)
  /// The points that an actor decided about alone after a time.
  func points(decidedAloneBy actor: String, since time: WallTime) throws(Failure) -> Int64
  /// The same of what was decided for a member.
  func points(decidedAloneFor member: MemberID, since time: WallTime) throws(Failure) -> Int64

  func limits() throws(Failure) -> ExchangeLimits
  mutating func set(_ limits: ExchangeLimits) throws(Failure)
  func price(of slot: SlotID, at station: StationID) throws(Failure) -> Points?
  mutating func agree(
    on price: Points?, of slot: SlotID, at station: StationID
  ) throws(Failure)
}
