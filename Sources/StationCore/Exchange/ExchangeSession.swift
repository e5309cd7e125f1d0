// Where one exchange stands: from the choice of an article to its outcome.
import StationProtocol
import Time

/// The state of the exchange at the machine. One customer at a time: while an exchange is under
/// way, neither a choice nor a code of anybody means anything.
package enum ExchangeSession: Equatable, Sendable {
  /// Nobody has chosen anything. Becomes `chosen`, `askingBalance`.
  case idle
  /// An article was chosen, and a code is awaited. Becomes `intended` by a good code, `idle` by
  /// time or by hand, `over` where there is no way to buy.
  case chosen(Choice)
  /// A code was shown with nothing chosen: its member's balance is asked for. Becomes `over`.
  case askingBalance(RequestID, until: Instant)
  /// The record of the intention is on its way to the disk. Becomes `asking`, or `over` by hand.
  case intended(Intention, seq: UInt64)
  /// The service is asked to set the price aside. Becomes `committing` where it does, or `over`.
  case asking(Intention, Question)
  /// The record of the decision is on its way to the disk. Nothing but the motor can follow.
  case committing(Intention, serial: UInt8, balance: Int64, seq: UInt64)
  /// The motor was told. Becomes `over`.
  case dispensing(Exchange, DispenseWatch, balance: Int64?)
  /// The outcome stands on the screen. Becomes `idle` by time, `chosen` by the next choice.
  case over(VendingScreen.Phase, until: Instant)

  package struct Choice: Equatable, Sendable {
    package var slot: SlotID
    package var until: Instant
    /// Why the last code that was shown for it did not do.
    package var refusal: ExchangeRefusal?
  }

  package struct Intention: Equatable, Sendable {
    package var exchange: Exchange
    /// Used up once the price is set aside.
    package var mark: ReplayMark
    /// The code by which the member pays.
    package var code: CodeText
  }

  package struct Question: Equatable, Sendable {
    package var askAgainAt: Instant
    package var until: Instant
  }

  /// The question whose answer is awaited.
  var question: RequestID? {
    switch self {
    case .askingBalance(let id, _): id
    case .asking(let intention, _): RequestID(intention.exchange.id)
    case .idle, .chosen, .intended, .committing, .dispensing, .over: nil
    }
  }

  /// The exchange that was begun and has no outcome yet.
  package var exchange: Exchange? {
    switch self {
    case .intended(let intention, _), .asking(let intention, _),
      .committing(let intention, _, _, _):
      intention.exchange
    case .dispensing(let exchange, _, _): exchange
    case .idle, .chosen, .askingBalance, .over: nil
    }
  }

  /// Whether an exchange was begun and has no outcome yet.
  package var isUnderWay: Bool {
    switch self {
    case .intended, .asking, .committing, .dispensing: true
    case .idle, .chosen, .askingBalance, .over: false
    }
  }

  /// Whether an order was given to the motor, or will be as soon as the disk says so.
  package var isDecided: Bool {
    switch self {
    case .committing, .dispensing: true
    default: false
    }
  }

  package var deadline: Instant? {
    switch self {
    case .idle, .intended, .committing: nil
    case .chosen(let choice): choice.until
    case .askingBalance(_, let until), .over(_, let until): until
    case .asking(_, let question): min(question.askAgainAt, question.until)
    case .dispensing(_, let watch, _): watch.deadline
    }
  }
}
