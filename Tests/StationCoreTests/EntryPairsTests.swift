// Every state of the entry machine with everything that can be shown to it, against a table.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct EntryPairsTests {
  private static let start = Instant(nanoseconds: 1_000_000_000_000)
  private static let noon = WallTime(seconds: 1_700_049_600)
  private static let member = MemberID("m-1")!
  private static let card = Card(text: "26:1:1")!

  /// The machine, and what it is handed, in one of its states.
  struct Bench {
    var entry = Entry()
    var context: EntryContext
    /// The bytes that were shown last, where any were.
    var last: EntryAttempt?

    mutating func show(_ attempt: EntryAttempt) -> Entry.Decision {
      last = attempt
      let decision = entry.decide(attempt, context)
      if case .granted(let request, let mark, _) = decision {
        context.openFor = request.code
        if let mark { context.marks.add(mark, at: EntryPairsTests.noon) }
      }
      if case .refused(let refusal) = decision, refusal.denial.isGuess {
        _ = entry.tries.wrong(isNoise: false, at: context.now)
      }
      return decision
    }

    mutating func wait(_ duration: Duration) { context.now = context.now + duration }
  }

  private static func code(_ number: UInt64, expires: Int64 = 60) -> EntryAttempt {
    let digest = CodeDigest(high: 7, low: number)
    let issued = noon + .seconds(expires - 60)
    return .code(
      Presentation(
        digest: digest,
        verdict: .genuine(
          MemberClaims(
            subject: "m-1", expires: noon + .seconds(expires), notBefore: issued, issued: issued),
          code: digest)))
  }

  private static let noise = EntryAttempt.code(
    Presentation(digest: CodeDigest(high: 8, low: 8), verdict: .refused(.malformed(.noise))))
  private static let goodCard = EntryAttempt.card(
    CardPresentation(card, digest: CodeDigest(high: 9, low: 1)))
  private static let strangeCard = EntryAttempt.card(
    CardPresentation(Card(text: "26:9:9")!, digest: CodeDigest(high: 9, low: 9)))

  private static func bench() -> Bench {
    var context = EntryContext(
      policy: EntryPolicy(), time: noon, local: LocalTime(noon, utcOffsetSeconds: 0), now: start)
    context.directory = MemberDirectory(profiles: [member: MemberProfile(card: card)])
    return Bench(context: context)
  }

  /// In the order of the table's rows.
  private static let states: [(String, @Sendable (inout Bench) -> Void)] = [
    ("nothing shown", { _ in }),
    ("granted", { _ = $0.show(code(1)) }),
    (
      "granted, locked again",
      {
        _ = $0.show(code(1))
        $0.context.openFor = nil
      }
    ),
    ("refused for good", { _ = $0.show(code(1, expires: -10)) }),
    (
      "refused as things stand",
      {
        $0.context.mode = .lockDown
        _ = $0.show(code(1))
      }
    ),
    (
      "refused, and the reason has gone",
      {
        $0.context.mode = .lockDown
        _ = $0.show(code(1))
        $0.context.mode = .codeOnly
      }
    ),
    ("paused", { bench in for _ in 0..<5 { _ = bench.show(.pin(.wrong)) } }),
  ]

  /// In the order of the table's columns.
  private static let events: [(String, @Sendable (inout Bench) -> Entry.Decision)] = [
    (
      "the same after 1 s",
      {
        $0.wait(.seconds(1))
        return $0.show($0.last ?? code(1))
      }
    ),
    (
      "the same, held for 3 s",
      {
        for _ in 0..<2 {
          $0.wait(.seconds(1))
          _ = $0.show($0.last ?? code(1))
        }
        $0.wait(.seconds(1))
        return $0.show($0.last ?? code(1))
      }
    ),
    (
      "the same after 4 s",
      {
        $0.wait(.seconds(4))
        return $0.show($0.last ?? code(1))
      }
    ),
    ("another code", { $0.show(code(2)) }),
    ("an expired code", { $0.show(code(3, expires: -10)) }),
    ("noise", { $0.show(noise) }),
    ("a card", { $0.show(goodCard) }),
    ("a strange card", { $0.show(strangeCard) }),
    ("a PIN", { $0.show(.pin(.right(member))) }),
    ("a wrong PIN", { $0.show(.pin(.wrong)) }),
    ("a PIN under threat", { $0.show(.pin(.duress(member))) }),
  ]

  private static func word(_ decision: Entry.Decision) -> String {
    switch decision {
    case .ignored: "ignored"
    case .confirmed: "confirmed"
    case .granted(_, _, let note): note.map { "granted+\($0.rawValue)" } ?? "granted"
    case .refused(let refusal): refusal.denial.rawValue
    }
  }

  @Test("whatever is shown in whatever state of the entry is answered as the table says")
  func table() {
    let expected = """
      nothing shown: granted ignored granted granted expired \
      malformed granted unknown-card granted wrong-pin granted+duress
      granted: ignored ignored confirmed granted expired \
      malformed granted unknown-card granted wrong-pin granted+duress
      granted, locked again: ignored ignored replayed granted expired \
      malformed granted unknown-card granted wrong-pin granted+duress
      refused for good: ignored ignored expired granted expired \
      malformed granted unknown-card granted wrong-pin granted+duress
      refused as things stand: ignored ignored locked-down locked-down expired \
      malformed locked-down unknown-card locked-down wrong-pin locked-down
      refused, and the reason has gone: ignored granted granted granted expired \
      malformed granted unknown-card granted wrong-pin granted+duress
      paused: paused paused paused granted expired \
      malformed paused paused paused paused paused
      """
    let rows = Self.states.map { name, prepare in
      let answers = Self.events.map { _, show in
        var bench = Self.bench()
        prepare(&bench)
        return Self.word(show(&bench))
      }
      return "\(name): \(answers.joined(separator: " "))"
    }
    #expect(rows.joined(separator: "\n") == expected)
  }
}

extension Denial {
  /// What the pause of cards and PINs counts.
  fileprivate var isGuess: Bool { self == .wrongPIN || self == .unknownCard }
}
