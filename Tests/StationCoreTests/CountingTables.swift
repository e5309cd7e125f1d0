// Every state of the counting machines with every event, against tables written by hand.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct CountingTables {
  private static func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  /// A new state has no name here, and the test does not compile.
  private static func name(_ state: BeamPair.State) -> String {
    switch state {
    case .clear: "clear"
    case .passing: "passing"
    case .blocked(let outage): outage.clearSince == nil ? "blocked" : "mending"
    case .dark(let outage): outage.clearSince == nil ? "dark" : "lighting"
    }
  }

  /// How each state is reached, in the notation of `BeamPairTests`.
  private static let beams: [(name: String, script: String)] = [
    ("clear", ""), ("passing", "O0"), ("passing", "O0 I100"), ("passing", "O0 I100 o200"),
    ("passing", "O0 I100 o350 O400"), ("blocked", "I0 w60000"), ("blocked", "O0 I100 w60000"),
    ("mending", "I0 w60000 i61000"), ("dark", "O0 I1 w10001"),
    ("lighting", "O0 I1 w10001 o11000 i11000"),
  ]

  /// One hundred milliseconds after the script: an edge, or only time; or much later.
  private static let beamEvents = ["O", "o", "I", "i", "soon", "late", "lost"]

  @Test("every event in every state of the beams leads where the table says, and says it")
  func beamTable() {
    let expected = """
      : passing | clear | passing | clear | clear | clear | clear
      O0: passing | clear turn-back | passing | passing | passing | blocked +beam-blocked | clear
      O0 I100: passing | passing | passing | passing | passing | blocked +beam-blocked | clear
      O0 I100 o200: passing | passing | passing | clear in | passing | \
      blocked +beam-blocked ambiguous | clear
      O0 I100 o350 O400: passing | passing | passing | passing in | passing | \
      blocked +beam-blocked ambiguous | clear
      I0 w60000: blocked | blocked | blocked | mending | blocked | blocked | clear -beam-blocked
      O0 I100 w60000: blocked | blocked | blocked | blocked ambiguous | blocked | blocked | \
      clear -beam-blocked
      I0 w60000 i61000: blocked | mending | blocked | mending | mending | clear -beam-blocked | \
      clear -beam-blocked
      O0 I1 w10001: dark | blocked -beam-dark +beam-blocked | dark | \
      blocked -beam-dark +beam-blocked | dark | dark | clear -beam-dark
      O0 I1 w10001 o11000 i11000: blocked | mending | blocked | mending | mending | \
      clear -beam-blocked | clear -beam-blocked
      """
    var lines: [String] = []
    for (_, script) in Self.beams {
      let ends = Self.beamEvents.map { Self.play(script, then: $0) }
      lines.append("\(script): \(ends.joined(separator: " | "))")
    }
    #expect(lines.joined(separator: "\n") == expected)
  }

  private static func play(_ script: String, then event: String) -> String {
    var beams = BeamPair()
    var now: Int64 = 0
    for step in script.split(separator: " ") {
      now = Int64(step.dropFirst()) ?? 0
      while let deadline = beams.deadline, deadline <= at(now) { _ = beams.wake(at: deadline) }
      guard step.first != "w" else { continue }
      _ = beams.sense(
        step.first!.lowercased() == "o" ? .outer : .inner, isBroken: step.first!.isUppercase,
        at: at(now))
    }
    now += 100
    let actions: [BeamPair.Action] =
      switch event {
      case "O", "o": beams.sense(.outer, isBroken: event == "O", at: at(now))
      case "I", "i": beams.sense(.inner, isBroken: event == "I", at: at(now))
      case "soon": beams.wake(at: at(now))
      case "late": beams.wake(at: at(now + 100_000))
      default: beams.lose()
      }
    return ([name(beams.state)] + actions.map(BeamPairTests.text)).joined(separator: " ")
  }

  @Test("every event in every state of a doorway leads where the table says")
  func doorwayTable() {
    let levels: [Bool?] = [nil, false, true]
    var lines: [String] = []
    for before in levels {
      var line = Self.name(before)
      for after in levels {
        var doorway = Doorway()
        doorway.follow(isClosed: before, isReleased: false, at: Self.at(1000))
        doorway.follow(isClosed: after, isReleased: false, at: Self.at(2000))
        let admits = [5000, 5001].map { doorway.admits(since: Self.at($0)) ? "yes" : "no" }
        line += " | \(Self.name(doorway.leaf)) \(admits.joined(separator: " "))"
      }
      lines.append(line)
    }
    let expected = """
      unknown | unknown yes yes | open yes yes | closed 2000 yes no
      open | unknown yes yes | open yes yes | closed 2000 yes no
      closed | unknown yes yes | open yes yes | closed 1000 no no
      """
    #expect(lines.joined(separator: "\n") == expected)
  }

  private static func name(_ isClosed: Bool?) -> String {
    isClosed.map { $0 ? "closed" : "open" } ?? "unknown"
  }

  private static func name(_ leaf: Doorway.Leaf) -> String {
    switch leaf {
    case .unknown: "unknown"
    case .open: "open"
    case .closed(let since): "closed \(since.nanoseconds / 1_000_000)"
    }
  }

  @Test("who opened a door is told by grants and the exit button, until it has rested")
  func opener() {
    var lines: [String] = []
    for (grants, exits) in [(0, 0), (2, 0), (0, 1), (1, 1)] {
      var doorway = Doorway()
      doorway.follow(isClosed: true, isReleased: false, at: Self.at(0))
      doorway.follow(isClosed: true, isReleased: true, at: Self.at(100))
      for _ in 0..<grants { doorway.granted() }
      for _ in 0..<exits { doorway.exitRequested() }
      let opener = doorway.opener
      let tailgates = (0..<3).map { _ in doorway.takeInward() ? "!" : "." }.joined()
      doorway.follow(isClosed: true, isReleased: false, at: Self.at(200))
      doorway.follow(isClosed: false, isReleased: false, at: Self.at(3200))
      let soon = doorway.opener
      doorway.follow(isClosed: true, isReleased: false, at: Self.at(4000))
      doorway.follow(isClosed: false, isReleased: false, at: Self.at(7001))
      lines.append("\(opener) \(tailgates) \(soon) \(doorway.opener)")
    }
    #expect(
      lines == [
        "nobody !!! nobody nobody", "grant ..! grant nobody", "exit !!! exit nobody",
        "both .!! both nobody",
      ])
  }

  @Test("a door that opened for all has no tailgates", arguments: OpenCause.allCases)
  func forAll(_ cause: OpenCause) {
    var doorway = Doorway()
    doorway.follow(isClosed: false, isReleased: false, at: Self.at(0))
    doorway.opened(cause)
    let isOwn = cause == .granted || cause == .exit || cause == .forced
    #expect(doorway.takeInward() == isOwn)
  }
}
