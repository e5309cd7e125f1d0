// Tests that every refusal is counted, in bounded room, and that guessers of tokens are slowed.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite struct RefusedInputTests {
  private let time = WallTime(milliseconds: 1000)

  @Test("what is refused again is one counter with the time and the reason of the last")
  func counters() {
    var refused = RefusedInput(since: time)
    let gate = StationID("gate-1")
    refused.count(.unknownTopic, from: gate, reason: "one", at: time)
    refused.count(.unknownTopic, from: gate, reason: "two", at: time + .seconds(1))
    refused.count(.unknownTopic, reason: "three", at: time)
    refused.count(.badRequest, reason: "four", at: time)
    #expect(
      refused.all == [
        .init(kind: .badRequest, station: nil, count: 1, last: time, reason: "four"),
        .init(kind: .unknownTopic, station: nil, count: 1, last: time, reason: "three"),
        .init(
          kind: .unknownTopic, station: gate, count: 2, last: time + .seconds(1), reason: "two"),
      ])
    #expect(refused.since == time)
    #expect(refused.total == 4)
  }

  @Test("beyond a thousand counters the rest is counted without its station")
  func bounded() throws {
    var refused = RefusedInput(since: time)
    for number in 0..<5000 {
      let station = try #require(StationID("s-\(number)"))
      refused.count(.unreadableMessage, from: station, reason: "", at: time)
      refused.count(.unknownTopic, from: station, reason: "", at: time)
    }
    for kind in RefusedInput.Kind.allCases { refused.count(kind, reason: "", at: time) }
    #expect(refused.all.count <= RefusedInput.mostEntries)
    #expect(refused.total == 10_000 + Int64(RefusedInput.Kind.allCases.count))
    let rest = refused.all.filter { $0.station == nil && $0.kind == .unknownTopic }
    #expect(rest.count == 1 && rest[0].count > 4000)
    // Who was there before the room was full is still told apart.
    refused.count(.unknownTopic, from: StationID("s-0"), reason: "", at: time)
    #expect(refused.all.first { $0.station?.text == "s-0" && $0.kind == .unknownTopic }?.count == 2)
  }

  @Test("of a long reason the beginning is kept")
  func reasons() {
    var refused = RefusedInput(since: time)
    refused.count(.badRequest, reason: String(repeating: "字", count: 1000), at: time)
    #expect(refused.all[0].reason.utf8.count <= 203)
  }

  @Test("an entry of each kind has a name of its own and a source")
  func names() {
    #expect(
      Set(RefusedInput.Kind.allCases.map(\.rawValue)).count == RefusedInput.Kind.allCases.count)
    #expect(RefusedInput.Kind.unknownTopic.source == .mqtt)
    #expect(RefusedInput.Kind.slowReader.source == .http)
  }
}

@Suite struct TokenAttemptsTests {
  private let start = Instant(nanoseconds: 0)

  @Test("ten wrong tokens in a minute are wrong, an eleventh is too many, until the minute is over")
  func window() {
    var attempts = TokenAttempts()
    for second in 0..<10 {
      let now = start + .seconds(Int64(second))
      #expect(attempts.wrongToken(from: "192.0.2.1", at: now) == nil)
    }
    #expect(attempts.wrongToken(from: "192.0.2.1", at: start + .seconds(10)) == .seconds(50))
    #expect(attempts.wrongToken(from: "192.0.2.1", at: start + .seconds(59)) == .seconds(1))
    #expect(attempts.wrongToken(from: "192.0.2.1", at: start + .seconds(60)) == nil)
  }

  @Test("after a hundred wrong tokens none of that address is compared until its minute is over")
  func pause() {
    var attempts = TokenAttempts()
    for _ in 1..<TokenAttempts.mostCompared {
      _ = attempts.wrongToken(from: "192.0.2.1", at: start)
      #expect(attempts.pause(of: "192.0.2.1", at: start) == nil)
    }
    _ = attempts.wrongToken(from: "192.0.2.1", at: start + .seconds(10))
    #expect(attempts.pause(of: "192.0.2.1", at: start + .seconds(20)) == .seconds(40))
    #expect(attempts.pause(of: "192.0.2.2", at: start + .seconds(20)) == nil)
    #expect(attempts.pause(of: "192.0.2.1", at: start + .seconds(60)) == nil)
    #expect(attempts.wrongToken(from: "192.0.2.1", at: start + .seconds(60)) == nil)
  }

  @Test("each address counts for itself")
  func addresses() {
    var attempts = TokenAttempts()
    for _ in 0..<50 { _ = attempts.wrongToken(from: "192.0.2.1", at: start) }
    #expect(attempts.wrongToken(from: "192.0.2.2", at: start) == nil)
    #expect(attempts.wrongToken(from: "192.0.2.1", at: start) != nil)
  }

  @Test("more addresses than are told apart are counted as one, and forgotten with their minute")
  func many() {
    var attempts = TokenAttempts()
    for number in 0..<10_000 { _ = attempts.wrongToken(from: "\(number)", at: start) }
    for number in 0..<10 {
      #expect(attempts.wrongToken(from: "more \(number)", at: start) == nil)
    }
    #expect(attempts.wrongToken(from: "one more", at: start) != nil)
    #expect(attempts.wrongToken(from: "one more", at: start + .seconds(60)) == nil)
  }
}
