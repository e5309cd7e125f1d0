// Words that must not stand in code, where, and what stands there instead.
import Testing

/// A ban on words of Swift code.
struct WordRule: Sendable {
  let name: String
  let words: Set<String>
  let instead: String
  /// In which files it holds.
  let holds: @Sendable (SourceFile) -> Bool
  /// Whether a use is the one that is meant; the words alone may have other meanings.
  var isMeant: @Sendable (Token, SwiftScanner) -> Bool = { _, _ in true }

  func faults(_ file: SourceFile) -> [Fault] {
    guard let swift = file.swift, holds(file), !swift.words.isDisjoint(with: words) else {
      return []
    }
    return swift.tokens
      .filter { words.contains($0.text) && isMeant($0, swift) }
      .map { file.fault($0.line, "\(name) (\($0.text))", instead) }
  }
}

extension WordRule: CustomTestStringConvertible {
  var testDescription: String { "\(name): \(words.sorted().joined(separator: ", "))" }

  static let all: [WordRule] = [
    accessLevels, openClasses, forcedTries, forcedCasts, concurrency, actors, clocks, currentTime,
    randomness, seededRandomness, effects, printing, sleeping, disabling,
  ]

  /// The compiler specialises public functions alone in other modules, and the ground floor's lie on
  /// the hot path of all that stands on it.
  static let accessLevels = WordRule(
    name: "no public interface", words: ["public"],
    instead: "write package: nothing outside this package imports it",
    holds: { $0.sourceTarget.map { !Architecture.ground.contains($0) } ?? true })

  static let openClasses = WordRule(
    name: "no public interface", words: ["open"],
    instead: "write package final: nothing outside this package inherits from it",
    holds: { _ in true },
    isMeant: { token, swift in nextWord(token, swift).map(declarations.contains) ?? false })

  static let forcedTries = WordRule(
    name: "no forced try", words: ["try"],
    instead: "throw on, or catch and say what the failure means; in a test, use #require",
    holds: { _ in true }, isMeant: { isFollowed($0, $1, by: "!") })

  static let forcedCasts = WordRule(
    name: "no forced cast", words: ["as"],
    instead: "use as? with an answer for nil; in a test, use #require", holds: { _ in true },
    isMeant: { isFollowed($0, $1, by: "!") })

  static let concurrency = WordRule(
    name: "no Swift concurrency",
    words: [
      "async", "await", "Task", "TaskGroup", "AsyncStream", "AsyncThrowingStream", "MainActor",
      "withCheckedContinuation",
    ],
    instead: "use the one loop (EventLoop), and WorkerThread with Mailbox for blocking work",
    holds: { $0.sourceTarget.map { !["TestBed", "demo"].contains($0) } ?? false })

  static let actors = WordRule(
    name: "no Swift concurrency", words: ["actor"],
    instead: "use a class with a Lock, or a WorkerThread",
    holds: concurrency.holds,
    isMeant: { token, swift in nextWord(token, swift)?.first?.isUppercase ?? false })

  static let clocks = WordRule(
    name: "no clock in a pure target",
    words: [
      "Date", "ContinuousClock", "SuspendingClock", "DispatchTime", "clock_gettime", "time",
      "gettimeofday", "localtime_r", "ProcessInfo",
    ],
    instead: "take the time from the Now that comes with the event", holds: isPure,
    isMeant: { token, swift in
      token.text != "time" || swift.after(token) == UInt8(ascii: "(") && isFreeCall(token, swift)
    })

  static let currentTime = WordRule(
    name: "no clock in a pure target", words: ["now"], instead: clocks.instead, holds: isPure,
    isMeant: { token, swift in
      // `.now` and `SomeClock.now` read a clock; `event.now` reads a value.
      guard swift.before(token) == dot else { return false }
      let receiver = word(
        endingBefore: swift.code[..<token.range.lowerBound].lastIndex(of: dot), swift)
      return receiver.first?.isUppercase ?? true
    })

  private static let randomWords: Set = [
    "random", "randomElement", "shuffled", "shuffle", "SystemRandomNumberGenerator", "UUID",
    "arc4random", "getrandom",
  ]

  static let randomness = WordRule(
    name: "no randomness in a pure target", words: randomWords,
    instead: "let the shell draw it and hand it in with the event", holds: isPure,
    isMeant: { token, swift in
      token.text.first?.isUppercase ?? false
        || swift.after(token) == UInt8(ascii: "(") && !isDeclaration(token, swift)
    })

  static let seededRandomness = WordRule(
    name: "no unseeded randomness in the simulator", words: randomWords,
    instead: "pass using: &generator, one of the seed's own",
    holds: { $0.sourceTarget == "FleetSimulator" },
    isMeant: { token, swift in
      if token.text.first?.isUppercase ?? false { return true }
      let rest = swift.code[token.range.upperBound...]
      let call = rest.prefix { $0 != UInt8(ascii: "\n") }
      return swift.after(token) == UInt8(ascii: "(") && !isDeclaration(token, swift)
        && !String(decoding: call, as: UTF8.self).contains("using:")
    })

  static let effects = WordRule(
    name: "no input or output in a pure target",
    words: [
      "fputs", "fprintf", "fopen", "getenv", "exit", "readLine", "usleep", "sleep", "system",
      "CommandLine", "FileManager", "FileHandle", "Thread", "DispatchQueue",
    ],
    instead: "return an effect; the shell performs it", holds: isPure,
    isMeant: { token, swift in
      token.text.first?.isUppercase ?? false
        || swift.after(token) == UInt8(ascii: "(") && isFreeCall(token, swift)
    })

  static let printing = WordRule(
    name: "no print in a library", words: ["print", "debugPrint", "dump"],
    instead: "write to Linux's Log, or return what is to be shown",
    holds: { file in
      let programs = ["stationctl", "stationd", "managementd", "stationboard", "fleetsim", "demo"]
      return file.sourceTarget.map {
        !programs.contains($0) && !["bench", "TestBed", "FleetSimulator"].contains($0)
      } ?? false
    },
    isMeant: { token, swift in
      swift.after(token) == UInt8(ascii: "(") && isFreeCall(token, swift)
    })

  static let sleeping = WordRule(
    name: "no sleep in a test", words: ["sleep", "usleep", "nanosleep"],
    instead: "wait on the thing itself, with a deadline", holds: { $0.isTest },
    isMeant: { token, swift in swift.after(token) == UInt8(ascii: "(") })

  static let disabling = WordRule(
    name: "no disabled test", words: ["disabled", "XCTSkip", "XCTSkipIf", "withKnownIssue"],
    instead: "mend it or take it away", holds: { $0.isTest },
    isMeant: { token, swift in swift.after(token) == UInt8(ascii: "(") })
}

private let dot = UInt8(ascii: ".")
private let declarations: Set = ["class", "func", "var", "let", "override", "subscript"]

@Sendable private func isPure(_ file: SourceFile) -> Bool {
  file.sourceTarget.map(Architecture.pure.contains) ?? false
}

/// The word that follows with nothing but white space between.
private func nextWord(_ token: Token, _ swift: SwiftScanner) -> String? {
  guard let next = swift.tokens.first(where: { $0.range.lowerBound >= token.range.upperBound })
  else { return nil }
  let between = swift.code[token.range.upperBound..<next.range.lowerBound]
  return between.allSatisfy { $0 == 32 } ? next.text : nil
}

private func word(endingBefore end: Int?, _ swift: SwiftScanner) -> String {
  guard let end else { return "" }
  let bytes = swift.code[..<end].reversed().prefix(while: isWordByte)
  return String(decoding: bytes.reversed(), as: UTF8.self)
}

/// Whether the byte directly behind a word is this one: `try!` is meant, `try !ready` is not.
private func isFollowed(_ token: Token, _ swift: SwiftScanner, by byte: Unicode.Scalar) -> Bool {
  swift.code.indices.contains(token.range.upperBound)
    && swift.code[token.range.upperBound] == UInt8(ascii: byte)
}

private func isDeclaration(_ token: Token, _ swift: SwiftScanner) -> Bool {
  var end = token.range.lowerBound
  while end > 0, swift.code[end - 1] == 32 { end -= 1 }
  return word(endingBefore: end, swift) == "func"
}

/// Neither a method of something nor the declaration of a function of that name.
private func isFreeCall(_ token: Token, _ swift: SwiftScanner) -> Bool {
  swift.before(token) != dot && !isDeclaration(token, swift)
}
