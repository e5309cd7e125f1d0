// The proof that a ledger balances: everything added up anew, and every contradiction named.
import StationProtocol
import Time

/// What an engine found when it added everything up.
package struct LedgerProof: Equatable, Sendable {
  package struct Sum: Equatable, Sendable {
    package var kind: Account.Kind
    package var accounts: Int64
    package var balance: Int64

    package init(kind: Account.Kind, accounts: Int64, balance: Int64) {
      self.kind = kind
      self.accounts = accounts
      self.balance = balance
    }
  }

  /// One for each kind of account, in their order.
  package var sums: [Sum]
  package var movements: Int64
  package var exchanges: Int64
  package var discrepancies: Int64
  package var pendingOrders: Int64
  /// Open holds by age.
  package var holds: HoldAges
  /// The faults found. An open hold is none.
  package var findings: [Finding]

  package struct HoldAges: Equatable, Sendable {
    /// Younger than a minute, an hour, a day; and all the others.
    package var minute: Int64 = 0
    package var hour: Int64 = 0
    package var day: Int64 = 0
    package var older: Int64 = 0
    /// The open holds of a stream that the station has left.
    package var orphaned: Int64 = 0

    package init() {}

    package var all: Int64 { minute + hour + day + older }

    package mutating func count(_ hold: OpenHold, at time: WallTime) {
      switch hold.age(at: time) {
      case ..<(.seconds(60)): minute += 1
      case ..<(.seconds(3600)): hour += 1
      case ..<(.seconds(86_400)): day += 1
      default: older += 1
      }
      if hold.isOrphaned { orphaned += 1 }
    }
  }

  package enum Finding: Equatable, Sendable, CustomStringConvertible {
    /// All accounts together hold this much, and should hold nothing.
    case sum(Int64)
    /// What an account holds is not what moved into it less what moved out of it.
    case balance(Account, holds: Int64, moved: Int64)
    /// What a station's account of holds has is not what its open holds set aside.
    case held(StationID, holds: Int64, open: Int64)
    /// The movements of an exchange are not those of what became of it.
    case exchange(ExchangeID, String)
    /// A record tells how an exchange ended, and the ledger took no notice or another one.
    case record(StationID, StreamID, seq: UInt64, String)
    /// A movement was moved back more than once, or not by its own amount.
    case reversal(Int64)
    /// An order that says it made a movement which is not there, or has another key.
    case order(OrderKey)
    /// More of one kind than are named.
    case more(Int64)

    package var description: String {
      switch self {
      case .sum(let sum): "all accounts together hold \(sum), not 0"
      case .balance(let account, let holds, let moved):
        "the account \(account) holds \(holds), its movements make \(moved)"
      case .held(let station, let holds, let open):
        "the account held \(station) holds \(holds), its open holds make \(open)"
      case .exchange(let id, let why): "the exchange \(id): \(why)"
      case .record(let station, let stream, let seq, let why):
        "the record \(seq) of the stream \(stream) of \(station): \(why)"
      case .reversal(let id): "the movement \(id) was moved back wrongly"
      case .order(let key): "the order \(key) names a movement that is not its own"
      case .more(let count): "and \(count) more of this kind"
      }
    }
  }

  package init(
    sums: [Sum], movements: Int64, exchanges: Int64, discrepancies: Int64, pendingOrders: Int64,
    holds: HoldAges, findings: [Finding]
  ) {
    self.sums = sums
    self.movements = movements
    self.exchanges = exchanges
    self.discrepancies = discrepancies
    self.pendingOrders = pendingOrders
    self.holds = holds
    self.findings = findings
  }

  package var isClean: Bool { findings.isEmpty }
}
