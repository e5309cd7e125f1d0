// What the wires of the fire alarm say, what is latched, and that no signal but a hand ends it.
import Testing
import Time

@testable import StationCore

private let start = Instant(nanoseconds: 0)

private func word(_ action: FireInput.Action) -> String {
  switch action {
  case .release: "release"
  case .secure: "secure"
  case .raise(let alarm): "+\(alarm.rawValue)"
  case .clear(let alarm): "-\(alarm.rawValue)"
  }
}

@Suite("The fire input")
struct FireInputTests {
  /// The four things that two wires can say, and their absence.
  private enum Said: String, CaseIterable {
    case normal, fire, cut, short, lost

    var levels: (first: Bool?, second: Bool?) {
      switch self {
      case .normal: (true, false)
      case .fire: (false, true)
      case .cut: (false, false)
      case .short: (true, true)
      case .lost: (nil, nil)
      }
    }
  }

  private func name(_ fire: FireInput) -> String {
    let signal =
      switch fire.signal {
      case .unknown: "lost"
      case .normal: "normal"
      case .fire: "fire"
      case .openCircuit: "cut"
      case .short: "short"
      }
    return signal + (fire.isLatched ? "!" : "")
  }

  /// Both wires change, and settle; what is said on the way is part of it. From a short to a cut
  /// the second one goes first: the other way round is what fire looks like.
  private func say(_ said: Said, to fire: inout FireInput, at now: Instant) -> [String] {
    var actions: [FireInput.Action] = []
    if fire.signal == .short, said == .cut {
      actions += fire.sense(.second, isClosed: false, at: now)
    }
    actions += fire.sense(.first, isClosed: said.levels.first, at: now)
    actions += fire.sense(.second, isClosed: said.levels.second, at: now)
    actions += fire.wake(at: now + .milliseconds(100))
    return actions.map(word)
  }

  private func fire(in state: String, _ policy: FirePolicy) -> FireInput {
    var fire = FireInput(policy)
    if state.hasSuffix("!") { _ = fire.recover(isLatched: true) }
    let said = Said(rawValue: state.replacing("!", with: ""))!
    _ = say(said, to: &fire, at: start)
    return fire
  }

  private func play(_ table: String, _ policy: FirePolicy) {
    let states = ["lost", "normal", "cut", "short"].flatMap { [$0, "\($0)!"] } + ["fire!"]
    let events = Said.allCases.map(\.rawValue) + ["reset"]
    var seen: Set<String> = []
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      seen.insert("\(words[0]) \(words[1])")
      var fire = fire(in: words[0], policy)
      #expect(name(fire) == words[0])
      let now = start + .seconds(10)
      let actions =
        Said(rawValue: words[1]).map { say($0, to: &fire, at: now) }
        ?? fire.reset(at: now).map(word)
      #expect(actions == Array(words.dropFirst(3)), "\(line)")
      #expect(name(fire) == words[2], "\(line)")
      #expect(fire.deadline == nil)
    }
    for state in states { for event in events { #expect(seen.contains("\(state) \(event)")) } }
    #expect(seen.count == states.count * events.count)
  }

  @Test("every state of two wires against everything that they can say, and the key")
  func pairs() {
    play(
      """
      lost normal normal
      lost fire fire! release +fire
      lost cut cut +fire-line-open
      lost short short +fire-line-short
      lost lost lost
      lost reset lost
      lost! normal normal!
      lost! fire fire!
      lost! cut cut! +fire-line-open
      lost! short short! +fire-line-short
      lost! lost lost!
      lost! reset lost!
      normal normal normal
      normal fire fire! release +fire
      normal cut cut +fire-line-open
      normal short short +fire-line-short
      normal lost lost
      normal reset normal
      normal! normal normal!
      normal! fire fire!
      normal! cut cut! +fire-line-open
      normal! short short! +fire-line-short
      normal! lost lost!
      normal! reset normal secure -fire
      cut normal normal -fire-line-open
      cut fire fire! release -fire-line-open +fire
      cut cut cut
      cut short short -fire-line-open +fire-line-short
      cut lost lost -fire-line-open
      cut reset cut
      cut! normal normal! -fire-line-open
      cut! fire fire! -fire-line-open
      cut! cut cut!
      cut! short short! -fire-line-open +fire-line-short
      cut! lost lost! -fire-line-open
      cut! reset cut!
      short normal normal -fire-line-short
      short fire fire! release -fire-line-short +fire
      short cut cut -fire-line-short +fire-line-open
      short short short
      short lost lost -fire-line-short
      short reset short
      short! normal normal! -fire-line-short
      short! fire fire! -fire-line-short
      short! cut cut! -fire-line-short +fire-line-open
      short! short short!
      short! lost lost! -fire-line-short
      short! reset short!
      fire! normal normal!
      fire! fire fire!
      fire! cut cut! +fire-line-open
      fire! short short! +fire-line-short
      fire! lost lost!
      fire! reset fire!
      """, FirePolicy(wiring: .twoLines))
  }

  @Test("fire is heard at once, a fault of the wires only when it stands for 100 ms")
  func settling() {
    var fire = fire(in: "normal", FirePolicy(wiring: .twoLines))
    #expect(fire.sense(.first, isClosed: false, at: start) == [])
    #expect(fire.deadline == start + .milliseconds(100))
    #expect(fire.wake(at: start + .milliseconds(99)) == [])
    let actions = fire.sense(.second, isClosed: true, at: start + .milliseconds(99))
    #expect(actions == [.release, .raise(.fire)])
    #expect(fire.deadline == nil)
  }

  @Test("with one wire an open circuit is fire, whatever opened it")
  func oneLine() {
    var fire = FireInput(FirePolicy(wiring: .oneLine))
    #expect(fire.sense(.second, isClosed: true, at: start) == [])
    #expect(fire.sense(.first, isClosed: true, at: start) == [])
    #expect(fire.signal == .normal)
    #expect(fire.sense(.first, isClosed: false, at: start) == [.release, .raise(.fire)])
    #expect(fire.sense(.first, isClosed: true, at: start) == [])
    #expect(fire.isReleasing)
  }

  @Test("without wires nothing is fire, and a latch of earlier is reset by its key")
  func noWires() {
    var fire = FireInput(FirePolicy())
    #expect(fire.sense(.first, isClosed: false, at: start) == [])
    #expect(fire.recover(isLatched: true) == [.release, .raise(.fire)])
    #expect(fire.reset(at: start) == [.secure, .clear(.fire)])
    #expect(fire.recover(isLatched: false) == [])
  }

  @Test("where the facility says so a broken wire releases the doors as long as it is broken")
  func releasingFault() {
    let policy = FirePolicy(wiring: .twoLines, onWireFault: .release)
    var fire = fire(in: "normal", policy)
    #expect(say(.cut, to: &fire, at: start) == ["release", "+fire-line-open"])
    #expect(
      say(.short, to: &fire, at: start + .seconds(1)) == [
        "secure", "-fire-line-open", "release", "+fire-line-short",
      ])
    #expect(say(.normal, to: &fire, at: start + .seconds(2)) == ["secure", "-fire-line-short"])
    #expect(say(.cut, to: &fire, at: start + .seconds(3)) == ["release", "+fire-line-open"])
    #expect(say(.fire, to: &fire, at: start + .seconds(4)) == ["-fire-line-open", "+fire"])
    #expect(say(.normal, to: &fire, at: start + .seconds(5)) == [])
    #expect(fire.reset(at: start + .seconds(6)) == [.secure, .clear(.fire)])
  }

  @Test("an emergency stands until the button is out and the key is turned")
  func emergency() {
    var button = EmergencyButton()
    #expect(button.reset() == nil)
    #expect(button.sense(isPressed: false) == nil)
    #expect(button.sense(isPressed: true) == .raise)
    #expect(button.sense(isPressed: true) == nil)
    #expect(button.reset() == nil)
    #expect(button.sense(isPressed: false) == nil)
    #expect(button.state == .calling)
    #expect(button.sense(isPressed: true) == nil)
    #expect(button.sense(isPressed: false) == nil)
    #expect(button.reset() == .clear)
    #expect(button.state == .quiet)
    #expect(button.recover(isLatched: false) == nil)
    #expect(button.recover(isLatched: true) == .raise)
    #expect(button.state == .calling)
  }
}
