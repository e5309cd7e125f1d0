// Tests what wrong tries bring about: every state with every event, by a table, and the noise.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct WrongTriesTests {
  private typealias State = WrongTries.State
  private static let start = Instant(nanoseconds: 0)

  private enum Happening: CaseIterable {
    case wrong
    case noise
    case good
    case tooSoon
    case inTime
  }

  /// What the machine is brought into each state by.
  private enum Beginning: CaseIterable {
    case quiet
    case one
    case four
    case raised

    var tries: Int {
      switch self {
      case .quiet: 0
      case .one: 1
      case .four: 4
      case .raised: 5
      }
    }
  }

  /// Written by hand: what follows, ten seconds after the last try.
  private func expected(
    _ beginning: Beginning, _ happening: Happening
  ) -> (state: State, action: WrongTries.Action?) {
    let then = Self.start + .seconds(10)
    switch (beginning, happening) {
    case (.quiet, .wrong): return (.trying(1, last: then, hasNoise: false), nil)
    case (.quiet, .noise): return (.trying(1, last: then, hasNoise: true), nil)
    case (.quiet, .good), (.quiet, .tooSoon), (.quiet, .inTime): return (.quiet, nil)
    case (.one, .wrong): return (.trying(2, last: then, hasNoise: false), nil)
    case (.one, .noise): return (.trying(2, last: then, hasNoise: true), nil)
    case (.one, .tooSoon): return (.trying(1, last: Self.start, hasNoise: false), nil)
    case (.one, .good), (.one, .inTime): return (.quiet, nil)
    case (.four, .wrong), (.four, .noise): return (.raised(last: then), .raise)
    case (.four, .tooSoon): return (.trying(4, last: Self.start, hasNoise: false), nil)
    case (.four, .good), (.four, .inTime): return (.quiet, nil)
    case (.raised, .wrong), (.raised, .noise): return (.raised(last: then), nil)
    case (.raised, .tooSoon): return (.raised(last: Self.start), nil)
    case (.raised, .good), (.raised, .inTime): return (.quiet, .clear)
    }
  }

  @Test("in each state each event does what the table says")
  func table() {
    for beginning in Beginning.allCases {
      for happening in Happening.allCases {
        var tries = WrongTries()
        for _ in 0..<beginning.tries { _ = tries.wrong(isNoise: false, at: Self.start) }
        let then = Self.start + .seconds(10)
        let action =
          switch happening {
          case .wrong: tries.wrong(isNoise: false, at: then)
          case .noise: tries.wrong(isNoise: true, at: then)
          case .good: tries.good()
          case .tooSoon: tries.wake(at: Self.start + .milliseconds(29_999))
          case .inTime: tries.wake(at: Self.start + .seconds(30))
          }
        let (state, expectedAction) = expected(beginning, happening)
        #expect(tries.state == state, "\(beginning) \(happening)")
        #expect(action == expectedAction, "\(beginning) \(happening)")
      }
    }
  }

  @Test("five wrong codes in a row are an alarm, which a row that ended does not add to")
  func fiveInARow() {
    var tries = WrongTries()
    for index in 1...4 {
      #expect(tries.wrong(isNoise: false, at: Self.start + .seconds(Int64(index))) == nil)
    }
    #expect(tries.wake(at: Self.start + .seconds(34)) == nil)
    for index in 40...43 {
      #expect(tries.wrong(isNoise: false, at: Self.start + .seconds(Int64(index))) == nil)
    }
    #expect(tries.wrong(isNoise: false, at: Self.start + .seconds(44)) == .raise)
  }

  @Test("after five wrong tries PINs and cards wait for 30 s, and then get five more")
  func pause() {
    var tries = WrongTries()
    for _ in 0..<4 { _ = tries.wrong(isNoise: false, at: Self.start) }
    #expect(!tries.isPaused(at: Self.start))
    _ = tries.wrong(isNoise: false, at: Self.start)
    #expect(tries.isPaused(at: Self.start + .milliseconds(29_999)))
    let over = Self.start + .seconds(30)
    #expect(!tries.isPaused(at: over))
    for _ in 0..<4 { _ = tries.wrong(isNoise: false, at: over) }
    #expect(!tries.isPaused(at: over))
    _ = tries.wrong(isNoise: false, at: over)
    #expect(tries.isPaused(at: over))
  }

  @Test("a good card between guesses does not spare the guesser the pause")
  func interleaved() {
    var tries = WrongTries()
    for _ in 0..<4 {
      _ = tries.wrong(isNoise: false, at: Self.start)
      _ = tries.good()
    }
    #expect(tries.wrong(isNoise: false, at: Self.start) == nil)
    #expect(tries.isPaused(at: Self.start))
  }

  @Test("a loose wire raises one alarm, which clears although the noise goes on")
  func looseWire() {
    var tries = WrongTries()
    var actions: [WrongTries.Action] = []
    for second in 0..<3600 {
      let now = Self.start + .seconds(second)
      if let action = tries.wake(at: now) { actions.append(action) }
      if let action = tries.wrong(isNoise: true, at: now) { actions.append(action) }
      #expect(!tries.isPaused(at: now))
    }
    #expect(actions == [.raise, .clear])
  }

  @Test("noise hides no one who tries: his five raise the alarm, noise or not")
  func throughNoise() {
    var tries = WrongTries()
    for second in 0..<100 {
      let now = Self.start + .seconds(second)
      _ = tries.wake(at: now)
      _ = tries.wrong(isNoise: true, at: now)
    }
    #expect(tries.state == .quiet)
    let now = Self.start + .seconds(100)
    for index in 1...5 {
      _ = tries.wrong(isNoise: true, at: now)
      #expect(tries.wrong(isNoise: false, at: now) == (index == 5 ? .raise : nil))
    }
    #expect(tries.isPaused(at: now))
  }

  @Test("noise that has been silent for 30 s counts again")
  func noiseAgain() {
    var tries = WrongTries()
    for _ in 0..<5 { _ = tries.wrong(isNoise: true, at: Self.start) }
    _ = tries.wake(at: Self.start + .seconds(30))
    var raised = 0
    for _ in 0..<5 where tries.wrong(isNoise: true, at: Self.start + .seconds(30)) == .raise {
      raised += 1
    }
    #expect(raised == 1)
  }

  @Test("what is a wrong try is what has no right to come in at all")
  func kinds() {
    #expect(
      Denial.allCases.filter(\.isWrongTry)
        == [
          .malformed, .unknownKey, .badSignature, .unknownCard, .wrongPIN, .wrongTypedCode,
          .beyondIssuer,
        ])
  }
}
