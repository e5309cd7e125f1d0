// The pauses between attempts, for all the random numbers there are.
import MQTT
import Testing

@Suite("Backoff")
struct BackoffTests {
  @Test("the bound doubles from the first pause to the longest and stays there")
  func bounds() {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    let longest = (0..<100).map { _ in backoff.next(random: .max) }
    for (attempt, pause) in longest.enumerated() {
      let bound = min(60, 1 << min(attempt, 20))
      #expect(pause < .seconds(bound))
    }
    #expect(backoff.next(random: 59_999_999_999) == .nanoseconds(59_999_999_999))
    #expect(backoff.next(random: 60_000_000_000) == .zero)
  }

  @Test("pauses spread over the whole bound")
  func jitter() {
    var generator = SystemRandomNumberGenerator()
    var pauses: [Duration] = []
    for _ in 0..<1000 {
      var backoff = Backoff(first: .seconds(8), longest: .seconds(60))
      pauses.append(backoff.next(random: generator.next()))
    }
    for eighth in 0..<8 {
      let share = pauses.filter { $0 >= .seconds(eighth) && $0 < .seconds(eighth + 1) }.count
      // 125 are expected; six standard deviations are 63.
      #expect((60...190).contains(share))
    }
  }

  @Test("after a session that held, the second pause is the bound, not the first")
  func success() {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    backoff.succeeded()
    #expect(backoff.next(random: 999_999_999) == .nanoseconds(999_999_999))
    for _ in 0..<10 { _ = backoff.next(random: 0) }
    backoff.succeeded()
    #expect(backoff.next(random: 1_999_999_999) == .nanoseconds(1_999_999_999))
    #expect(backoff.next(random: 4_000_000_000) == .zero)
  }

  @Test("a first pause of ten minutes does not overflow")
  func large() {
    var backoff = Backoff(first: .seconds(600), longest: .seconds(600))
    for _ in 0..<100 { #expect(backoff.next(random: .max) < .seconds(600)) }
  }
}
