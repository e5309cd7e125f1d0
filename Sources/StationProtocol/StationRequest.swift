// What a station asks of the management service, and what it is told.
import JSON

/// Names one question of one station: 1 to 64 of `a-z`, `0-9` and `-`. The same id is the same
/// question; the id of a hold is its exchange's.
package struct RequestID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let longest = 64
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isPlain, (1...Self.longest).contains(text.utf8.count) else { return nil }
    self.text = text
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

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("id", id)
      switch question {
      case .hold(let exchange):
        $0.field("op", Operation.hold.rawValue)
        $0.members(of: exchange)
      case .balance(let member):
        $0.field("op", Operation.balance.rawValue)
        $0.field("member", member.text)
      }
      $0.field("code", code.text)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var id: RequestID?
      var operation: Operation?
      var code: CodeText?
      var fields = ExchangeFields()
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "id": try reader.read(&id, key, text: { RequestID($0) })
        case "op": try reader.read(&operation, key, text: Operation.init(rawValue:))
        case "code": try reader.read(&code, key, text: { CodeText($0) })
        default: try fields.take(key, &reader)
        }
      }
      let name = try reader.require(id, "id")
      let question: Question =
        switch try reader.require(operation, "op") {
        case .hold: .hold(try fields.exchange(reader))
        case .balance: .balance(try fields.memberAlone(reader))
        }
      return StationRequest(name, question, code: try reader.require(code, "code"))
    }
  }
}

/// `rep`: the answer to a question.
package struct StationReply: Hashable, Sendable {
  /// The question's.
  package var id: RequestID
  package var answer: Answer

  package enum Answer: Hashable, Sendable {
    /// The price is set aside; `balance` is what is left to the member.
    case held(balance: Int64)
    /// Nothing was moved. The balance is there where the member is known.
    case refused(ExchangeRefusal, balance: Int64?)
    case balance(Int64)
  }

  package init(_ id: RequestID, _ answer: Answer) {
    self.id = id
    self.answer = answer
  }

  package enum Kind: String, CaseIterable, Sendable {
    case held
    case refused
    case balance
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("id", id)
      switch answer {
      case .held(let balance):
        $0.field("reply", Kind.held.rawValue)
        $0.field("balance", balance)
      case .refused(let refusal, let balance):
        $0.field("reply", Kind.refused.rawValue)
        $0.field("reason", refusal.rawValue)
        if let balance { $0.field("balance", balance) }
      case .balance(let balance):
        $0.field("reply", Kind.balance.rawValue)
        $0.field("balance", balance)
      }
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var id: RequestID?
      var kind: Kind?
      var balance: Int64?
      var reason: ExchangeRefusal?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "id": try reader.read(&id, key, text: { RequestID($0) })
        case "reply": try reader.read(&kind, key, text: Kind.init(rawValue:))
        case "balance": try reader.read(&balance, key, integer: { $0 >= 0 ? $0 : nil })
        case "reason": try reader.read(&reason, key, text: ExchangeRefusal.init(rawValue:))
        default: throw reader.unknown(key)
        }
      }
      let name = try reader.require(id, "id")
      let known = try reader.require(kind, "reply")
      guard (known == .refused) == (reason != nil) else {
        throw reader.error(.invalidMember("reason"))
      }
      switch known {
      case .held:
        return StationReply(name, .held(balance: try reader.require(balance, "balance")))
      case .refused:
        return StationReply(
          name, .refused(try reader.require(reason, "reason"), balance: balance))
      case .balance: return StationReply(name, .balance(try reader.require(balance, "balance")))
      }
    }
  }
}

extension JSONWriter {
  /// The members that name an exchange and what it costs.
  mutating func members(of exchange: Exchange) {
    field("exchange", exchange.id)
    field("member", exchange.member.text)
    field("slot", exchange.slot.number)
    field("article", exchange.article.text)
    field("price", exchange.price.number)
  }
}

/// The members of a question as they come.
private struct ExchangeFields {
  private var id: ExchangeID?
  private var member: MemberID?
  private var slot: SlotID?
  private var article: ArticleID?
  private var price: Points?

  mutating func take(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
    switch key {
    case "exchange": try reader.read(&id, key, text: { ExchangeID($0) })
    case "member": try reader.read(&member, key, text: { MemberID($0) })
    case "slot": try reader.read(&slot, key, integer: { SlotID(Int($0)) })
    case "article": try reader.read(&article, key, text: { ArticleID($0) })
    case "price": try reader.read(&price, key, integer: { Points($0) })
    default: throw reader.unknown(key)
    }
  }

  func exchange(_ reader: JSONReader) throws(JSONError) -> Exchange {
    Exchange(
      id: try reader.require(id, "exchange"), member: try reader.require(member, "member"),
      slot: try reader.require(slot, "slot"), article: try reader.require(article, "article"),
      price: try reader.require(price, "price"))
  }

  func memberAlone(_ reader: JSONReader) throws(JSONError) -> MemberID {
    guard id == nil, slot == nil, article == nil, price == nil else {
      throw reader.error(.unknownMember("exchange, slot, article or price"))
    }
    return try reader.require(member, "member")
  }
}
