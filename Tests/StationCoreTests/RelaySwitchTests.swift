// Relays that follow occupancy: every state against every event, and what a hand overrides.
import StationProtocol
import Testing
import Time

@testable import StationCore

private let start = Instant(nanoseconds: 0)
private let end = start + .seconds(600)

@Suite("Relays that follow occupancy")
struct RelaySwitchTests {
  private enum Input: String, CaseIterable { case someone, nobody, entry, wake, on, off }

  private func name(_ relay: RelaySwitch) -> String {
    let presence =
      switch relay.presence {
      case .occupied: "occupied"
      case .leaving: "leaving"
      case .empty: "empty"
      }
    return presence + (relay.isOverridden ? "!" : "")
  }

  private func relay(_ state: String) -> RelaySwitch {
    var relay = RelaySwitch(RelayConfiguration(.lights, delay: .seconds(600)))
    if !state.hasPrefix("occupied") { _ = relay.count(isOccupied: false, at: start) }
    if state.hasPrefix("empty") { _ = relay.wake(at: end) }
    if state.hasSuffix("!") { _ = relay.override(true) }
    return relay
  }

  @Test("every presence, with and without the override, against every event")
  func pairs() {
    let table = """
      occupied someone occupied -
      occupied nobody leaving -
      occupied entry occupied -
      occupied wake occupied -
      occupied on occupied! -
      occupied off occupied -
      leaving someone occupied -
      leaving nobody leaving -
      leaving entry leaving -
      leaving wake empty off:empty
      leaving on leaving! -
      leaving off leaving -
      empty someone occupied on:occupied
      empty nobody empty -
      empty entry leaving on:occupied
      empty wake empty -
      empty on empty! on:override
      empty off empty -
      occupied! someone occupied! -
      occupied! nobody leaving! -
      occupied! entry occupied! -
      occupied! wake occupied! -
      occupied! on occupied! -
      occupied! off occupied -
      leaving! someone occupied! -
      leaving! nobody leaving! -
      leaving! entry leaving! -
      leaving! wake empty! -
      leaving! on leaving! -
      leaving! off leaving -
      empty! someone occupied! -
      empty! nobody empty! -
      empty! entry leaving! -
      empty! wake empty! -
      empty! on empty! -
      empty! off empty off:override
      """
    var seen: Set<String> = []
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      seen.insert("\(words[0]) \(words[1])")
      var relay = relay(words[0])
      #expect(name(relay) == words[0])
      let change: RelaySwitch.Change? =
        switch Input(rawValue: words[1])! {
        case .someone: relay.count(isOccupied: true, at: end)
        case .nobody: relay.count(isOccupied: false, at: end)
        case .entry: relay.enter(at: end)
        case .wake: relay.wake(at: end)
        case .on: relay.override(true)
        case .off: relay.override(false)
        }
      let word = change.map { "\($0.isOn ? "on" : "off"):\($0.cause.rawValue)" } ?? "-"
      #expect(name(relay) == words[2], "\(line)")
      #expect(word == words[3], "\(line)")
    }
    #expect(seen.count == 6 * Input.allCases.count)
  }

  @Test("it stays on until the last person has been gone for the whole time")
  func delay() {
    var relay = relay("leaving")
    #expect(relay.deadline == end)
    #expect(relay.wake(at: start + .seconds(599)) == nil)
    #expect(relay.enter(at: start + .seconds(599)) == nil)
    #expect(relay.wake(at: end) == nil)
    #expect(relay.isOn)
    #expect(
      relay.wake(at: start + .seconds(1199)) == RelaySwitch.Change(isOn: false, cause: .empty))
    #expect(relay.deadline == nil)
  }

  @Test("there is no relay for the fridge")
  func fridge() { #expect(Relay.allCases == [.lights, .climate, .sockets]) }
}
