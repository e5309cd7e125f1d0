// Tests every state of a door against every event, as tables of what happens and what follows.
import StationCore
import StationProtocol
import Testing
import Time

/// A table: each line is a time in seconds, an event, and after a bar what the door asks for.
/// Deadlines must be met by a line `wake`; lines may not come after one that is due.
private func play(_ table: String, _ place: SourceLocation = #_sourceLocation) {
  var door = Door(
    timing: DoorTiming(access: .seconds(5), exit: .seconds(8), heldOpen: .seconds(30)))
  for line in table.split(separator: "\n") {
    let halves = line.split(separator: "|")
    let words = halves[0].split(separator: " ")
    let expected = halves.dropFirst().joined().filter { $0 != " " }.split(separator: ",")
    guard let seconds = Double(words[0]) else {
      Issue.record("no time in \(line)", sourceLocation: place)
      return
    }
    let now = Instant(nanoseconds: Int64(seconds * 1000) * 1_000_000)
    if let deadline = door.deadline, deadline < now || (deadline == now && words[1] != "wake") {
      Issue.record("a deadline was due before: \(line)", sourceLocation: place)
    }
    let actions: [Door.Action]
    switch words[1] {
    case "grant":
      actions = door.grant(
        CodeDigest(high: 0, low: UInt64(words.count > 2 ? words[2] : "1")!), at: now)
    case "exit": actions = door.requestExit(at: now)
    case "open": actions = door.sense(isClosed: false, at: now)
    case "close": actions = door.sense(isClosed: true, at: now)
    case "lose": actions = door.sense(isClosed: nil, at: now)
    case "wake": actions = door.wake(at: now)
    default:
      Issue.record("unknown event in \(line)", sourceLocation: place)
      return
    }
    #expect(actions.map(word) == expected.map(String.init), "\(line)", sourceLocation: place)
    if words[1] == "wake", let deadline = door.deadline {
      #expect(deadline > now, "\(line)", sourceLocation: place)
    }
  }
}

private func word(_ action: Door.Action) -> String {
  switch action {
  case .setStrike(.release): "release"
  case .setStrike(.secure): "secure"
  case .opened(let cause): "opened-\(cause.rawValue)"
  case .closed: "closed"
  case .locked(let cause): "locked-\(cause.rawValue)"
  case .raise(let alarm): "raise-\(alarm.rawValue)"
  case .clear(let alarm): "clear-\(alarm.rawValue)"
  case .warn: "warn"
  }
}

@Suite struct DoorTests {
  @Test("a grant releases the strike until the leaf has closed behind the worker")
  func passage() {
    play(
      """
      0 close |
      1 grant | release
      2 open  | opened-granted
      4 close | closed, secure, locked-closed
      """)
  }

  @Test("a grant that nobody uses ends after the access time, and not before")
  func timeout() {
    play(
      """
      0 close    |
      1 grant    | release
      5.999 wake |
      6 wake     | secure, locked-timeout
      7 wake     |
      """)
  }

  @Test("a second grant extends the release and never shortens it")
  func overlapping() {
    play(
      """
      0 close   |
      1 grant 1 | release
      4 grant 2 | release
      6 wake    |
      9 wake    | secure, locked-timeout
      """)
  }

  @Test("an exit during a grant extends it, and a grant during an exit does not shorten that")
  func exitAndGrant() {
    play(
      """
      0 close  |
      1 exit   | release
      2 grant  | release
      7 wake   |
      9 wake   | secure, locked-timeout
      20 grant | release
      21 exit  | release
      25 wake  |
      29 wake  | secure, locked-timeout
      """)
  }

  @Test("two grants let the leaf open and close twice before the strike is secured")
  func queue() {
    play(
      """
      0 close   |
      1 grant 1 | release
      2 grant 2 | release
      3 open    | opened-granted
      4 close   | closed
      5 open    | opened-granted
      6 close   | closed, secure, locked-closed
      """)
  }

  @Test("whoever leaves does not lock out the one who was granted before")
  func exitDuringGrant() {
    play(
      """
      0 close |
      1 grant | release
      2 exit  | release
      3 open  | opened-granted
      4 close | closed
      5 open  | opened-granted
      6 close | closed, secure, locked-closed
      """)
  }

  @Test("whoever is granted does not lock in the one who pressed exit before")
  func grantDuringExit() {
    play(
      """
      0 close |
      1 exit  | release
      2 grant | release
      3 open  | opened-granted
      4 close | closed
      5 open  | opened-granted
      6 close | closed, secure, locked-closed
      """)
  }

  @Test("pressing exit many times is one wish to leave")
  func impatientExit() {
    play(
      """
      0 close   |
      1 exit    | release
      1.2 exit  | release
      1.4 exit  | release
      2 open    | opened-exit
      2.5 exit  | release
      4 close   | closed, secure, locked-closed
      """)
  }

  @Test("a release while the leaf still stands open outlives the closing of that leaf")
  func grantWhileOpen() {
    play(
      """
      0 close    |
      1 grant 1  | release
      2 open     | opened-granted
      6 wake     | secure, locked-timeout
      7 grant 2  | release
      8 close    | closed
      9 open     | opened-granted
      10 close   | closed, secure, locked-closed
      20 grant 3 | release
      21 open    | opened-granted
      25 wake    | secure, locked-timeout
      26 exit    | release
      27 close   | closed
      34 wake    | secure, locked-timeout
      """)
  }

  @Test("the strike is secured in time although the leaf stands open")
  func timeoutWhileOpen() {
    play(
      """
      0 close |
      1 grant | release
      2 open  | opened-granted
      6 wake  | secure, locked-timeout
      9 close | closed
      """)
  }

  @Test("a leaf that stands open too long is an alarm, once, until it closes")
  func heldOpen() {
    play(
      """
      0 close     |
      1 grant     | release
      2 open      | opened-granted
      6 wake      | secure, locked-timeout
      31.999 wake |
      32 wake     | raise-held-open
      90 wake     |
      91 close    | closed, clear-held-open
      92 grant    | release
      93 open     | opened-granted
      94 close    | closed, secure, locked-closed
      """)
  }

  @Test("a queue of workers is not a door held open")
  func queueIsNoHold() {
    play(
      """
      0 close    |
      1 grant 1  | release
      2 open     | opened-granted
      6 wake     | secure, locked-timeout
      20 grant 2 | release
      25 wake    | secure, locked-timeout
      40 exit    | release
      48 wake    | secure, locked-timeout
      70 wake    | raise-held-open
      71 close   | closed, clear-held-open
      """)
  }

  @Test("a leaf that opens on nobody's behalf is forced: raised once, cleared once")
  func forcedOpen() {
    play(
      """
      0 close  |
      1 open   | opened-forced, raise-forced-open
      2 open   |
      3 wake   |
      31 wake  | raise-held-open
      40 close | closed, clear-forced-open, clear-held-open
      41 close |
      42 open  | opened-forced, raise-forced-open
      43 close | closed, clear-forced-open
      """)
  }

  @Test("after the release has ended an opening is forced again")
  func forcedAfterGrant() {
    play(
      """
      0 close  |
      1 grant  | release
      2 open   | opened-granted
      3 close  | closed, secure, locked-closed
      4 open   | opened-forced, raise-forced-open
      5 close  | closed, clear-forced-open
      6 exit   | release
      14 wake  | secure, locked-timeout
      15 open  | opened-exit
      16 close | closed
      37 open  | opened-forced, raise-forced-open
      38 grant | release
      39 close | closed, clear-forced-open
      43 wake  | secure, locked-timeout
      """)
  }

  @Test("for thirty seconds after the exit button nobody forces the door, however often it closes")
  func egress() {
    play(
      """
      0 close  |
      1 exit   | release
      2 open   | opened-exit
      3 close  | closed, secure, locked-closed
      30 open  | opened-exit
      31 close | closed
      32 open  | opened-forced, raise-forced-open
      """)
  }

  @Test("exit releases the strike whatever the door is doing")
  func exitAlways() {
    play(
      """
      0 exit    | release
      8 wake    | secure, locked-timeout
      9 close   |
      10 exit   | release
      11 open   | opened-exit
      12 exit   | release
      20 wake   | secure, locked-timeout
      42 wake   | raise-held-open
      43 exit   | release
      44 lose   | clear-held-open
      45 exit   | release
      53 wake   | secure, locked-timeout
      """)
  }

  @Test("a door that stands open when first seen was found open, not forced")
  func foundOpen() {
    play(
      """
      0 open   | opened-found
      30 wake  | raise-held-open
      31 close | closed, clear-held-open
      """)
  }

  @Test("a contact that cannot be read clears what it had raised, and is found anew")
  func contactLost() {
    play(
      """
      0 close |
      1 open  | opened-forced, raise-forced-open
      2 lose  | clear-forced-open
      3 lose  |
      4 open  | opened-found
      5 lose  |
      6 close |
      7 grant | release
      8 lose  |
      9 open  | opened-found
      12 wake | secure, locked-timeout
      """)
  }

  @Test("a contact reported twice at one level is no news")
  func level() {
    play(
      """
      0 close |
      1 close |
      2 grant | release
      3 open  | opened-granted
      4 open  |
      5 close | closed, secure, locked-closed
      6 close |
      """)
  }

  @Test("the code that holds the door open is the one granted last, while it does")
  func openFor() {
    var door = Door(timing: DoorTiming())
    let (one, two) = (CodeDigest(high: 0, low: 1), CodeDigest(high: 0, low: 2))
    let now = Instant(nanoseconds: 0)
    #expect(door.openFor == nil)
    _ = door.requestExit(at: now)
    #expect(door.openFor == nil)
    _ = door.grant(one, at: now)
    #expect(door.openFor == one)
    _ = door.grant(two, at: now)
    #expect(door.openFor == two)
    _ = door.wake(at: now + .seconds(5))
    #expect(door.openFor == nil)
  }
}
