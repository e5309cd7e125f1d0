// Tests of the words of the points exchange: amounts, names, questions and answers.
import JSON
import StationProtocol
import TestBed
import Testing

@Suite struct ExchangeWordTests {
  @Test("an amount of points is 1 to a million")
  func points() {
    for number: Int64 in [1, 2, 999_999, 1_000_000] { #expect(Points(number)?.number == number) }
    for number: Int64 in [0, -1, 1_000_001, .min, .max] { #expect(Points(number) == nil) }
  }

  @Test("a slot is one of the 80 columns that a board can name")
  func slots() {
    #expect((0...81).filter { SlotID($0) != nil } == Array(1...80))
  }

  @Test("the text of an exchange gives the exchange back")
  func exchangeIDs() {
    var random = SeededGenerator(seed: 61)
    for _ in 0..<1000 {
      let id = random.exchange().id
      #expect(ExchangeID(id.description) == id)
      #expect(RequestID(id).text == id.description)
      #expect(RequestID(id.description) == RequestID(id))
    }
  }

  @Test(
    "any other text names no exchange",
    arguments: [
      "", "-", "0123456789abcdef", "0123456789abcdef-", "0123456789abcdef-0",
      "0123456789abcdef-01", "0123456789abcdef-+1", "0123456789abcdef--1", "0123456789ABCDEF-1",
      "123456789abcdef-1", "0123456789abcdef-1 ", "0123456789abcdef-9007199254740993",
    ])
  func noExchangeID(_ text: String) { #expect(ExchangeID(text) == nil) }

  @Test("an outcome comes back from its words, and no other pair of words is one")
  func outcomes() {
    var random = SeededGenerator(seed: 62)
    for _ in 0..<500 {
      let outcome = random.outcome()
      #expect(ExchangeOutcome(outcome.kind, reason: outcome.reason) == outcome)
      #expect(outcome.isCharged == (outcome.kind == .dispensed))
    }
    #expect(ExchangeOutcome(.dispensed, reason: "silent") == nil)
    #expect(ExchangeOutcome(.failed, reason: nil) == nil)
    #expect(ExchangeOutcome(.failed, reason: "silent") == nil)
    #expect(ExchangeOutcome(.unknown, reason: "drop-not-seen") == nil)
    #expect(ExchangeOutcome(.refused, reason: "") == nil)
  }

  @Test("questions and answers come back from their text")
  func requests() throws {
    var random = SeededGenerator(seed: 63)
    for _ in 0..<500 {
      let exchange = random.exchange()
      let id = RequestID(exchange.id)
      let code = try #require(CodeText("6BF $%*+-./:\(random.number())"))
      let requests: [StationRequest] = [
        .hold(exchange, code: code), StationRequest(id, .balance(random.member()), code: code),
      ]
      for request in requests { #expect(try StationRequest(json: request.json) == request) }
      let answers: [StationReply.Answer] = [
        .held(balance: random.number()), .balance(random.number()),
        .refused(random.word(), balance: random.bool() ? random.number() : nil),
      ]
      for answer in answers {
        let reply = StationReply(id, to: PayloadDigest(high: 1, low: 2), answer)
        #expect(try StationReply(json: reply.json) == reply)
      }
    }
  }

  private static let digest = #""question":"0123456789abcdef0123456789abcdef""#

  @Test(
    "an answer names its question by 32 lower-case hex digits",
    arguments: [
      "", #""question":null,"#, #""question":7,"#, #""question":"","#,
      #""question":"0123456789abcdef0123456789abcde","#,
      #""question":"0123456789abcdef0123456789abcdef0","#,
      #""question":"0123456789ABCDEF0123456789ABCDEF","#,
    ])
  func question(_ member: String) throws {
    let rest = #""id":"7","reply":"balance","balance":1}"#
    _ = try StationReply(json: Array(("{" + Self.digest + "," + rest).utf8))
    #expect(throws: JSONError.self) { try StationReply(json: Array(("{" + member + rest).utf8)) }
  }

  @Test(
    "a question or an answer that is not whole, or holds more, is refused",
    arguments: [
      "", #","op":"hold""#, #","op":"give","member":"m""#,
      #","op":"balance","member":"m","code":"A","price":1"#,
      #","op":"balance","member":"","code":"A""#, #","op":"balance","member":"m""#,
      #","op":"balance","member":"m","code":"""#, #","op":"balance","member":"m","code":"a""#,
      #","op":"balance","member":"m","code":7"#,
      #","reply":"held""#, #","reply":"held","balance":-1"#, #","reply":"held","balance":1.5"#,
      #","reply":"held","balance":1,"reason":"busy""#, #","reply":"refused""#,
      #","reply":"refused","reason":"mood""#, #","reply":"held","balance":1,"balance":2"#,
    ])
  func refused(_ members: String) {
    let question = #"{"id":"7""# + members + "}"
    #expect(throws: JSONError.self) { try StationRequest(json: Array(question.utf8)) }
    let answer = #"{"id":"7","# + Self.digest + members + "}"
    #expect(throws: JSONError.self) { try StationReply(json: Array(answer.utf8)) }
  }

  @Test("a question must be understood whole, an answer may hold more than is known")
  func unknownMembers() throws {
    let question = #"{"id":"7","op":"balance","member":"m","code":"A","soon":true}"#
    #expect(throws: JSONError(offset: 49, reason: .unknownMember("soon"))) {
      try StationRequest(json: Array(question.utf8))
    }
    let answer = #"{"id":"7","# + Self.digest + #","reply":"held","balance":1,"soon":true}"#
    #expect(try StationReply(json: Array(answer.utf8)).answer == .held(balance: 1))
  }

  @Test(
    "the id of a question is 1 to 64 of a-z, 0-9 and -, and is never absent",
    arguments: [
      "", #""id":"","#, #""id":"A","#, #""id":"a/b","#, #""id":"+","#, #""id":7,"#, #""id":null,"#,
      #""id":"0123456789012345678901234567890123456789012345678901234567890123x","#,
      #""id":"a","id":"a","#,
    ])
  func id(_ member: String) throws {
    let question = #""op":"balance","member":"m","code":"A"}"#
    let answer = Self.digest + #","reply":"balance","balance":1}"#
    let right = #"{"id":"0123456789012345678901234567890123456789012345678901234567890123","#
    _ = try StationRequest(json: Array((right + question).utf8))
    _ = try StationReply(json: Array((right + answer).utf8))
    let text = "{" + member
    #expect(throws: JSONError.self) { try StationRequest(json: Array((text + question).utf8)) }
    #expect(throws: JSONError.self) { try StationReply(json: Array((text + answer).utf8)) }
  }

  @Test(
    "a hold costs between 1 and a million whole points",
    arguments: ["0", "-5", "1000001", "1.5", "\"5\"", "1e3", "true", "null"])
  func price(_ price: String) {
    let text =
      #"{"id":"0123456789abcdef-1","op":"hold","exchange":"0123456789abcdef-1","#
      + #""member":"m","slot":1,"article":"soap","code":"A","price":"# + price + "}"
    #expect(throws: JSONError.self) { try StationRequest(json: Array(text.utf8)) }
  }

  @Test("the state of the machine comes back from its text")
  func vending() throws {
    var random = SeededGenerator(seed: 64)
    for _ in 0..<200 {
      let numbers = Set((0..<8).map { _ in random.slot() }).sorted()
      let payload = VendingPayload(
        seq: random.seq(), stop: random.bool() ? random.word() : nil,
        exchange: random.bool() ? random.exchange().id : nil,
        slots: numbers.map {
          VendingPayload.Slot(
            slot: $0, article: random.exchange().article, price: random.exchange().price,
            capacity: 10, stock: random.bool() ? 3 : nil,
            bestBefore: random.bool() ? 20_261_121 : nil,
            quarantine: random.bool() ? random.quarantine() : nil)
        }, at: random.wall())
      #expect(try VendingPayload(json: payload.json) == payload)
    }
  }
}
