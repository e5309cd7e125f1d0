// Tests which way someone went, and whether someone followed, told from two beams and their times.
import Testing
import Time

@testable import StationCore

@Suite struct BeamPairTests {
  /// `o` and `i` are the outer and inner beam, a capital breaks, a small letter clears, each with
  /// its time in milliseconds; `w` only lets time pass. A tailgate has a `!`, an alarm a sign.
  static func play(_ script: String, _ timing: BeamTiming = BeamTiming()) -> String {
    var beams = BeamPair(timing)
    var told: [String] = []
    for step in script.split(separator: " ") {
      let now = Instant(nanoseconds: Int64(step.dropFirst())! * 1_000_000)
      while let deadline = beams.deadline, deadline <= now {
        told += beams.wake(at: deadline).map(text)
      }
      guard step.first != "w" else { continue }
      let beam: Beam = step.first!.lowercased() == "o" ? .outer : .inner
      told += beams.sense(beam, isBroken: step.first!.isUppercase, at: now).map(text)
    }
    return told.joined(separator: " ")
  }

  static func text(_ action: BeamPair.Action) -> String {
    switch action {
    case .passed(let passage, _, let isTailgate): passage.rawValue + (isTailgate ? "!" : "")
    case .raise(let alarm): "+\(alarm.rawValue)"
    case .clear(let alarm): "-\(alarm.rawValue)"
    }
  }

  @Test(
    "the order of the beams tells the direction",
    arguments: [
      ("", ""), ("O0 I100 o300 i400", "in"), ("I0 O100 i300 o400", "out"),
      ("O0 I100 o300 i400 O900 I1000 o1200 i1300", "in in"),
      ("O0 I100 o300 i400 I900 O1000 i1200 o1300", "in out"),
      // Turned back after one beam, after both, and after almost having gone through.
      ("O0 o300", "turn-back"), ("I0 i300", "turn-back"), ("O0 I100 i700 o800", "turn-back"),
      ("I0 O100 o700 i800", "turn-back"), ("O0 I100 o300 O700 i1000 o1100", "turn-back"),
      ("I0 O100 i300 I700 o1000 i1100", "turn-back"),
      // Hesitated in the middle and went on.
      ("O0 I100 i400 I900 o1200 i1300", "in"), ("I0 O100 o400 O900 i1200 o1300", "out"),
      // A bag in the outer beam once more.
      ("O0 I100 o300 O320 o340 i400", "in"),
      // Levels told again change nothing.
      ("O0 O10 I100 I110 o300 o310 i400 i410", "in"), ("o0 i10", ""),
      ("i0 i5 O10 I110 o300 i400", "in"),
    ])
  func directions(_ script: String, _ expected: String) {
    #expect(Self.play(script) == expected)
  }

  @Test(
    "two people close behind one another are told apart where the times allow it",
    arguments: [
      // A body of 350 mm at 1 m/s, 100 mm apart; the next one 50 mm behind.
      ("O0 I100 o350 O400 i450 I500 o750 i850", "in in!"),
      ("I0 O100 i350 I400 o450 O500 i750 o850", "out out"),
      // Three of them.
      ("O0 I100 o350 O400 i450 I500 o750 O800 i850 I900 o1150 i1250", "in in! in!"),
      // The second one turns back.
      ("O0 I100 o350 O400 i450 o700", "in turn-back"),
      // One who steps back, out of the inner beam, and then goes on: the body has a length.
      ("O0 I100 o350 O500 i800 I1300 o1600 i1700", "in"),
    ])
  func followers(_ script: String, _ expected: String) {
    #expect(Self.play(script) == expected)
  }

  @Test(
    "what the times do not tell is ambiguous, not guessed",
    arguments: [
      // Too late for one who goes on, too early for one who steps back.
      ("O0 I100 o350 O400 i530 I600 o850 i950", "in! ambiguous"),
      ("O0 I100 o350 O400 i530 o800", "ambiguous"),
      // A body as short as the beams are apart gives no measure of the way back.
      ("O0 I100 o150 O170 i250 I300 o350 i450", "in! ambiguous"),
      // The outer beam was broken again by a body, the inner one never cleared in between.
      ("O0 I100 o350 O400 o650 i750", "in! ambiguous"),
      ("I0 O100 i350 I400 i650 o750", "out ambiguous"),
      // Both at once, and never one after the other.
      ("O0 I1 o300 i302", "ambiguous"),
      // Two beams, but never together: one thin body, or two who turned back.
      ("O0 o100 I200 i300", "turn-back ambiguous"), ("I0 i100 O200 o300", "turn-back ambiguous"),
      ("O0 o100 I1200 i1300", "turn-back turn-back"), ("O0 o100 O200 o300", "turn-back turn-back"),
      // Someone stands in the outer beam for long, another one passes him, one way or the other.
      ("O0 I3000 i3400 o4500", "ambiguous"),
      ("O0 I1000 i1400 I5000 o5200 i5300", "in! ambiguous"),
    ])
  func ambiguous(_ script: String, _ expected: String) {
    #expect(Self.play(script) == expected)
  }

  @Test("a body of steady speed that is too long for one person is flagged and counted once")
  func longBody() {
    #expect(Self.play("O0 I100 o750 i850") == "in!")
    #expect(Self.play("O0 I100 o700 i800") == "in")
    #expect(Self.play("O0 I50 o350 i400", BeamTiming(spacing: 50)) == "in")
    #expect(Self.play("O0 I50 o350 i400", BeamTiming(spacing: 200)) == "in!")
    // Stood still on the way: no speed, no length. Outward nobody tailgates.
    #expect(Self.play("O0 I100 o950 i1900") == "in")
    #expect(Self.play("I0 O100 i950 o1050") == "out")
  }

  @Test(
    "a flicker below 20 ms is no passage and changes none",
    arguments: [
      ("O0 o19", ""), ("O0 o20", "turn-back"),
      ("O0 o5 O10 I110 o300 i400", "in"), ("O0 I100 i105 I110 o300 i400", "in"),
      ("O0 I100 o300 O305 o310 i400", "in"), ("O0 I100 o300 i400 I405 i410", "in"),
      ("O0 I100 o350 O355 o360 O410 i460 I510 o760 i860", "in in!"),
      // Both edges flicker as the second one comes and the first one goes.
      ("O0 I100 o350 O446 o447 O448 i450 I451 i452 I550 o800 i900", "in in!"),
      // The inner one is broken again at once, and stays so.
      ("O0 I100 o350 O446 i450 I455 w60500", "in +beam-blocked"),
      ("O0 I100 o350 O446 o447 i450 O451 I550 o800 i900", "in in"),
    ])
  func flicker(_ script: String, _ expected: String) {
    #expect(Self.play(script) == expected)
  }

  @Test(
    "a beam that is broken for too long is blocked, and people at the other one are ambiguous",
    arguments: [
      ("I0 w59999", ""), ("I0 w60000", "+beam-blocked"), ("O0 w60000", "+beam-blocked"),
      ("I0 w60000 O61000 o61300 O62000 o62300", "+beam-blocked ambiguous ambiguous"),
      // Cleared once both have been clear for five seconds; a flicker at the other one is nobody.
      ("I0 w60000 i70000 w74999", "+beam-blocked"),
      ("I0 w60000 i70000 w75000", "+beam-blocked -beam-blocked"),
      ("I0 w60000 i70000 O72000 o72010 w77000", "+beam-blocked"),
      ("I0 w60000 i70000 O72000 o72010 w77010", "+beam-blocked -beam-blocked"),
      // Through both beams while it is not yet believed again: one person, no direction.
      (
        "I0 w60000 i70000 O72000 I72100 o72300 i72400 w77400",
        "+beam-blocked ambiguous -beam-blocked"
      ),
      // Those who passed before it was a fault, and one who stood in the other beam then.
      ("O0 I100 o300 O20000 o20300 w60100", "+beam-blocked ambiguous ambiguous"),
      ("I0 O59900 w60000 o60200", "+beam-blocked ambiguous"),
      // Then the other one sticks instead.
      ("I0 w60000 O65000 w125000 i126000 I127000 i127300", "+beam-blocked ambiguous"),
      // Walked in properly, and stayed: whoever it was leaves at last.
      ("O0 I100 w60000 i70000 o70100 w75100", "+beam-blocked ambiguous -beam-blocked"),
    ])
  func blocked(_ script: String, _ expected: String) {
    #expect(Self.play(script) == expected)
  }

  @Test(
    "two beams that break in one instant and stay so are dark",
    arguments: [
      ("O0 I1 w10000", ""), ("O0 I1 w10001", "+beam-dark"), ("I0 O5 w10005", "+beam-dark"),
      // One after the other, as a walker does: a thing that was put there.
      ("O0 I6 w10006", ""), ("O0 I6 w60000", "+beam-blocked"),
      ("O0 I1 w10001 o20000 i20001 w25001", "+beam-dark -beam-dark +beam-blocked -beam-blocked"),
      ("O0 I1 w10001 o20000 w90000", "+beam-dark -beam-dark +beam-blocked"),
      ("O0 I1 w10001 i20000 w90000", "+beam-dark -beam-dark +beam-blocked"),
    ])
  func dark(_ script: String, _ expected: String) {
    #expect(Self.play(script) == expected)
  }

  @Test("a passage says when its first beam was broken, however late the machine is woken")
  func began() {
    var beams = BeamPair()
    let at = { (ms: Int64) in Instant(nanoseconds: ms * 1_000_000) }
    _ = beams.sense(.outer, isBroken: true, at: at(100))
    _ = beams.sense(.inner, isBroken: true, at: at(200))
    _ = beams.sense(.outer, isBroken: false, at: at(300))
    #expect(
      beams.sense(.inner, isBroken: false, at: at(400))
        == [.passed(.inward, began: at(100), isTailgate: false)])
    // Woken only by the next edge: the fault comes first.
    _ = beams.sense(.inner, isBroken: true, at: at(1000))
    #expect(beams.sense(.outer, isBroken: true, at: at(90_000)) == [.raise(.beamBlocked)])
    #expect(
      beams.sense(.outer, isBroken: false, at: at(90_300))
        == [.passed(.ambiguous, began: at(90_000), isTailgate: false)])
  }
}
