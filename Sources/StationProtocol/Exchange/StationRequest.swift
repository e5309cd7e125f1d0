// What a station asks of the management service, and what it is told.

/// Names one question of one station: 1 to 64 of `a-z`, `0-9` and `-`. The same id is the same
/// question; the id of a hold is its exchange's.
package struct RequestID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let longest = 64
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: Self.longest) else { return nil }
    self.text = String(text)
  }

  package init(_ exchange: ExchangeID) { text = exchange.description }

  /// The n-th question about a balance that a boot of a stream asks.
  package init(balance number: Int64, boot: Int64, stream: StreamID) {
    text = "\(stream)-b\(boot)-\(number)"
  }

  package var description: String { text }
  package static func < (one: RequestID, other: RequestID) -> Bool { one.text < other.text }
}

/// `req`: a question to the service.
package struct StationRequest: Hashable, Sendable {
  /// The answer carries the same.
  package var id: RequestID
  package var question: Question
  /// The code by which the member asks. The service checks it again: a station's word for a member
  /// is worth no more than the station's password.
  package var code: CodeText

  package enum Question: Hashable, Sendable {
    /// Set the price aside for this exchange, whose id is the question's.
    case hold(Exchange)
    /// How many points has this member?
    case balance(MemberID)

    /// Whom it is about.
    package var member: MemberID {
      switch self {
      case .hold(let exchange): exchange.member
      case .balance(let member): member
      }
    }
  }

  package init(_ id: RequestID, _ question: Question, code: CodeText) {
    self.id = id
    self.question = question
    self.code = code
  }

  /// Asks to set the price of an exchange aside.
  package static func hold(_ exchange: Exchange, code: CodeText) -> StationRequest {
    StationRequest(RequestID(exchange.id), .hold(exchange), code: code)
  }

  /// How long a question is worth answering; the broker drops it after that.
  package static let life: Duration = .seconds(10)

  package enum Operation: String, CaseIterable, Sendable {
    case hold
    case balance
  }
}

/// The body of `rep`, which is sealed: the answer to a question.
package struct StationReply: Hashable, Sendable {
  /// The question's.
  package var id: RequestID
  /// The payload on `req` that is answered: another question may have the same id.
  package var question: PayloadDigest
  package var answer: Answer

  package enum Answer: Hashable, Sendable {
    /// The price is set aside; `balance` is what is left to the member.
    case held(balance: Int64)
    /// Nothing was moved. The balance is there where the member is known.
    case refused(ExchangeRefusal, balance: Int64?)
    case balance(Int64)
  }

  package init(_ id: RequestID, to question: PayloadDigest, _ answer: Answer) {
    self.id = id
    self.question = question
    self.answer = answer
  }

  package enum Kind: String, CaseIterable, Sendable {
    case held
    case refused
    case balance
  }
}

extension StationRequest: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ request: StationRequest?, by coder: inout Coder
  ) throws(Coder.Failure) -> StationRequest {
    let id = try coder.member("id", request?.id)
    let question: Question
    switch try coder.member("op", request?.question.operation) {
    case .hold:
      let old = request.flatMap { if case .hold(let old) = $0.question { old } else { nil } }
      question = .hold(try Exchange.described(old, by: &coder))
    case .balance:
      question = .balance(try coder.member("member", request?.question.member))
    }
    return StationRequest(id, question, code: try coder.member("code", request?.code))
  }
}

extension StationRequest.Question {
  fileprivate var operation: StationRequest.Operation {
    switch self {
    case .hold: .hold
    case .balance: .balance
    }
  }
}

extension StationReply: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ reply: StationReply?, by coder: inout Coder
  ) throws(Coder.Failure) -> StationReply {
    let id = try coder.member("id", reply?.id)
    let question = try coder.member("question", reply?.question)
    let kind = try coder.member("reply", reply?.answer.kind)
    let reason = try coder.member("reason", reply?.answer.refusal, where: kind == .refused)
    let balance = try coder.optionalNumber("balance", reply?.answer.balance)
    if let reason { return StationReply(id, to: question, .refused(reason, balance: balance)) }
    let points = try coder.present(balance, "balance")
    let answer: Answer = kind == .held ? .held(balance: points) : .balance(points)
    return StationReply(id, to: question, answer)
  }
}

extension StationReply.Answer {
  fileprivate var kind: StationReply.Kind {
    switch self {
    case .held: .held
    case .refused: .refused
    case .balance: .balance
    }
  }

  fileprivate var refusal: ExchangeRefusal? {
    switch self {
    case .refused(let refusal, _): refusal
    case .held, .balance: nil
    }
  }

  fileprivate var balance: Int64? {
    switch self {
    case .held(let balance), .balance(let balance): balance
    case .refused(_, let balance): balance
    }
  }
}

extension StationRequest.Operation: MemberWord {}
extension StationReply.Kind: MemberWord {}

extension RequestID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}

extension CodeText: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}
