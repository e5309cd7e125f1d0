// What a whole station makes of fire, emergency, chatter and relays, and what survives a restart.
import StationProtocol
import Testing

@testable import StationCore

@Suite("A station's other wires")
struct StationWiresTests {
  private func configuration(
    points: Int = 2, relays: [RelayConfiguration] = []
  ) -> StationConfiguration {
    StationConfiguration(
      version: "test",
      accessPoints: (1...points).map { AccessPointConfiguration(id: AccessPointID($0)!) },
      fire: FirePolicy(wiring: .twoLines), relays: relays)
  }

  private func booted(_ configuration: StationConfiguration) -> Scenario {
    let story = Scenario(configuration)
    story.tell(.booted(Recovered(stream: Scenario.stream)))
    for point in story.station.doors.points { story.expect(.door(.setStrike(point.id, .secure))) }
    for relay in configuration.relays { story.expect(.climate(.setRelay(relay.relay, isOn: true))) }
    story.expectJournal(.station(.started(boot: 1, after: .newStore, version: "test")), .urgent)
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
    return story
  }

  private func burn(_ story: Scenario) {
    story.tell(.safety(.fireLineChanged(.first, isClosed: false)))
    story.tell(.safety(.fireLineChanged(.second, isClosed: true)))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.setStrike(2, .release)))
    story.expectJournal(
      .alarm(.raised(.fire, nil)), .urgent, [.latch(.fire, isSet: true)])
  }

  @Test("fire releases every door, and only the key at the station ends it, while there is none")
  func fire() {
    let story = booted(configuration())
    burn(story)
    story.tell(.safety(.resetTurned))
    story.expectNothing()
    story.advance(by: .seconds(500))
    story.tell(.safety(.fireLineChanged(.second, isClosed: false)))
    story.tell(.safety(.fireLineChanged(.first, isClosed: true)))
    story.expectNothing()
    story.tell(.safety(.resetTurned))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .ended)))
    story.expect(.door(.setStrike(2, .secure)))
    story.expectJournal(.door(.locked(2, cause: .ended)))
    story.expectJournal(
      .alarm(.cleared(.fire, nil)), .urgent, [.latch(.fire, isSet: false)])
  }

  @Test("fire is latched across a restart: no door is locked for a moment on the way")
  func fireAcrossRestart() {
    let story = Scenario(configuration())
    story.tell(.booted(Recovered(stream: Scenario.stream, boot: 2, latches: [.fire, .emergency])))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.setStrike(2, .release)))
    story.expectJournal(.station(.started(boot: 2, after: .newStore, version: "test")), .urgent)
    story.expectJournal(.alarm(.raised(.fire, nil)), .urgent)
    story.expectJournal(.alarm(.raised(.emergency, nil)), .urgent)
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
    story.tell(.door(.contactChanged(1, isClosed: true)))
    story.tell(.door(.contactChanged(1, isClosed: false)))
    story.expectJournal(.door(.opened(1, cause: .fire)))
  }

  @Test("a store that is lost is told of the latches, and a lost latch comes back with the signal")
  func fireAndLostStore() {
    let story = booted(configuration())
    burn(story)
    story.tell(.safety(.emergencyChanged(isPressed: true)))
    story.expectJournal(
      .alarm(.raised(.emergency, nil)), .urgent, [.latch(.emergency, isSet: true)])
    let effects = story.station.handle(
      .storeReplaced(StreamID(bits: 7), isDurable: true), at: story.now)
    let remembered = effects.compactMap { effect -> [RecoveryChange]? in
      if case .store(.remember(let changes, _)) = effect { changes } else { nil }
    }.joined()
    #expect(remembered.contains(.latch(.fire, isSet: true)))
    #expect(remembered.contains(.latch(.emergency, isSet: true)))
  }

  @Test("exit is honoured during fire, and a code opens nothing that is not open")
  func exitDuringFire() {
    let story = booted(configuration())
    burn(story)
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)), .urgent)
    story.advance(by: .seconds(30))
    story.expectNothing()
  }

  @Test("fire alarm wired over two lines: open circuit and short are alarms, the doors stay shut")
  func wireFaults() {
    let story = booted(configuration())
    story.tell(.safety(.fireLineChanged(.first, isClosed: true)))
    story.tell(.safety(.fireLineChanged(.second, isClosed: false)))
    story.tell(.safety(.fireLineChanged(.first, isClosed: false)))
    story.advance(by: .milliseconds(100))
    story.expectJournal(.alarm(.raised(.fireLineOpen, nil)), .urgent)
    story.tell(.safety(.fireLineChanged(.first, isClosed: true)))
    story.expectJournal(.alarm(.cleared(.fireLineOpen, nil)), .urgent)
    story.tell(.safety(.fireLineChanged(.second, isClosed: true)))
    story.advance(by: .milliseconds(100))
    story.expectJournal(.alarm(.raised(.fireLineShort, nil)), .urgent)
  }

  @Test("an emergency is an alarm at once, and ends with button and key")
  func emergency() {
    let story = booted(configuration())
    story.tell(.safety(.emergencyChanged(isPressed: true)))
    story.expectJournal(
      .alarm(.raised(.emergency, nil)), .urgent, [.latch(.emergency, isSet: true)])
    story.tell(.safety(.emergencyChanged(isPressed: false)))
    story.tell(.safety(.resetTurned))
    story.expectJournal(
      .alarm(.cleared(.emergency, nil)), .urgent, [.latch(.emergency, isSet: false)])
  }

  @Test("relays go off N minutes after the last person, on at a grant, and not with fire")
  func relays() {
    let story = booted(
      configuration(relays: [RelayConfiguration(.lights, delay: .seconds(200))]))
    story.advance(by: .seconds(200))
    story.expect(.climate(.setRelay(.lights, isOn: false)))
    story.expectJournal(.climate(.relaySwitched(.lights, isOn: false, cause: .empty)), .soon)
    burn(story)
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectGrant(of: code)
    story.expect(.climate(.setRelay(.lights, isOn: true)))
    story.expectJournal(.climate(.relaySwitched(.lights, isOn: true, cause: .occupied)), .soon)
    story.advance(by: .seconds(200))
    story.expect(.climate(.setRelay(.lights, isOn: false)))
    story.expectJournal(.climate(.relaySwitched(.lights, isOn: false, cause: .empty)), .soon)
    story.tell(.climate(.relayOverrideChanged(.lights, isOn: true)))
    story.expect(.climate(.setRelay(.lights, isOn: true)))
    story.expectJournal(.climate(.relaySwitched(.lights, isOn: true, cause: .override)), .soon)
    story.tell(.climate(.relayOverrideChanged(.sockets, isOn: true)))
    story.expectNothing()
  }

  @Test("a stale count is taken for somebody: nothing goes off")
  func stale() {
    let story = Scenario(configuration(relays: [RelayConfiguration(.climate, delay: .seconds(60))]))
    story.tell(.booted(Recovered(stream: Scenario.stream, boot: 2, ending: .unclean)))
    story.expect(.door(.setStrike(1, .secure)))
    story.expect(.door(.setStrike(2, .secure)))
    story.expect(.climate(.setRelay(.climate, isOn: true)))
    story.expectJournal(.station(.started(boot: 2, after: .unclean, version: "test")), .urgent)
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
    story.advance(by: .seconds(500))
    story.expectNothing()
  }

  @Test("the station's own lines lost are an alarm; relays are told again when they are back")
  func stationLines() {
    let story = booted(
      configuration(relays: [RelayConfiguration(.lights, delay: .seconds(300))]))
    story.tell(.wires(.linesChanged(nil, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, nil)), .urgent)
    story.tell(.wires(.linesChanged(nil, areReadable: true)))
    story.expect(.climate(.setRelay(.lights, isOn: true)))
    story.expectJournal(.alarm(.cleared(.linesLost, nil)), .urgent)
  }

  @Test("an input that chatters is an alarm and its door unknown, until the last one is quiet")
  func chatter() {
    let story = booted(configuration())
    story.tell(.door(.contactChanged(1, isClosed: true)))
    story.tell(.door(.contactChanged(1, isClosed: false)))
    story.expectJournal(.door(.opened(1, cause: .forced)))
    story.expectJournal(.alarm(.raised(.forcedOpen, 1)))
    story.tell(.wires(.inputChattered(1, .contact, isChattering: true)))
    story.expectJournal(.alarm(.cleared(.forcedOpen, 1)))
    story.expectJournal(.alarm(.raised(.inputChatter, 1)), .urgent)
    #expect(story.station.doors.points[0].door.leaf == .unknown)
    story.tell(.wires(.inputChattered(1, InputLine(rawValue: "exit"), isChattering: true)))
    story.tell(.wires(.inputChattered(1, .contact, isChattering: false)))
    story.expectNothing()
    story.tell(.wires(.inputChattered(1, InputLine(rawValue: "exit"), isChattering: false)))
    story.expectJournal(.alarm(.cleared(.inputChatter, 1)), .urgent)
    story.tell(.wires(.inputChattered(nil, .secondFire, isChattering: true)))
    story.expectJournal(.alarm(.raised(.inputChatter, nil)), .urgent)
    story.tell(.wires(.inputChattered(3, .contact, isChattering: true)))
    story.expectNothing()
  }

  @Test("a door held open long enough asks whoever stands there to close it")
  func closeDoor() {
    var configuration = configuration(points: 1)
    configuration.accessPoints[0].timing.heldOpenWarning = .seconds(10)
    let story = booted(configuration)
    story.tell(.door(.contactChanged(1, isClosed: false)))
    story.expectJournal(.door(.opened(1, cause: .found)))
    story.advance(by: .seconds(20))
    story.expectJournal(.alarm(.raised(.heldOpenWarning, 1)))
    story.expect(.door(.show(1, .closeDoor)))
    story.tell(.door(.tamperChanged(1, isOpen: true)))
    story.expectJournal(.alarm(.raised(.tamper, 1)))
    story.tell(.door(.strikeSensed(1, isLocked: true)))
    story.expectNothing()
  }
}

// MARK: - Conditions

@Suite("Conditions of the station")
struct StationConditionTests {
  @Test("a station that comes up with mains power tells nothing; lost and back are told")
  func changes() {
    let story = Scenario()
    story.tell(.wires(.conditionChanged(.mains, isOn: true)))
    story.expectNothing()
    story.tell(.wires(.conditionChanged(.mains, isOn: false)))
    story.expectJournal(.station(.conditionChanged(.mains, isOn: false)), .urgent)
    story.expectJournal(.alarm(.raised(.mainsLost, nil)), .urgent)
    story.tell(.wires(.conditionChanged(.mains, isOn: false)))
    story.expectNothing()
    story.tell(.wires(.conditionChanged(.mains, isOn: true)))
    story.expectJournal(.station(.conditionChanged(.mains, isOn: true)), .urgent)
    story.expectJournal(.alarm(.cleared(.mainsLost, nil)), .urgent)
  }

  @Test("a station that comes up on its battery says so")
  func bootsOnBattery() {
    let story = Scenario()
    story.tell(.wires(.conditionChanged(.mains, isOn: false)))
    story.expectJournal(.station(.conditionChanged(.mains, isOn: false)), .urgent)
    story.expectJournal(.alarm(.raised(.mainsLost, nil)), .urgent)
  }

  @Test("while its wire says nothing that can be believed, nobody is told of lost power")
  func unknown() {
    let story = Scenario()
    story.tell(.wires(.conditionChanged(.mains, isOn: false)))
    story.expectJournal(.station(.conditionChanged(.mains, isOn: false)), .urgent)
    story.expectJournal(.alarm(.raised(.mainsLost, nil)), .urgent)
    story.tell(.wires(.inputChattered(nil, InputLine(rawValue: "mains"), isChattering: true)))
    story.expectJournal(.alarm(.raised(.inputChatter, nil)), .urgent)
    story.expectJournal(.alarm(.cleared(.mainsLost, nil)), .urgent)
    story.tell(.wires(.inputChattered(nil, InputLine(rawValue: "mains"), isChattering: false)))
    story.expectJournal(.alarm(.cleared(.inputChatter, nil)), .urgent)
    story.tell(.wires(.conditionChanged(.mains, isOn: false)))
    story.expectJournal(.alarm(.raised(.mainsLost, nil)), .urgent)
    story.tell(.wires(.linesChanged(nil, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, nil)), .urgent)
    story.expectJournal(.alarm(.cleared(.mainsLost, nil)), .urgent)
  }

  @Test("a leak sensor is well while it is dry: water is told, and its end")
  func leak() {
    let story = Scenario()
    story.tell(.wires(.conditionChanged(.leak, isOn: false)))
    story.expectNothing()
    story.tell(.wires(.conditionChanged(.leak, isOn: true)))
    story.expectJournal(.station(.conditionChanged(.leak, isOn: true)), .urgent)
    story.expectJournal(.alarm(.raised(.waterLeak, nil)), .urgent)
    story.tell(.wires(.conditionChanged(.leak, isOn: false)))
    story.expectJournal(.station(.conditionChanged(.leak, isOn: false)), .urgent)
    story.expectJournal(.alarm(.cleared(.waterLeak, nil)), .urgent)
  }

  @Test("a change that came while the wire could not be believed is told when it can be again")
  func changedUnseen() {
    let story = Scenario()
    story.tell(.wires(.conditionChanged(.leak, isOn: true)))
    story.expectJournal(.station(.conditionChanged(.leak, isOn: true)), .urgent)
    story.expectJournal(.alarm(.raised(.waterLeak, nil)), .urgent)
    story.tell(.wires(.linesChanged(nil, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, nil)), .urgent)
    story.expectJournal(.alarm(.cleared(.waterLeak, nil)), .urgent)
    story.tell(.wires(.linesChanged(nil, areReadable: true)))
    story.expectJournal(.alarm(.cleared(.linesLost, nil)), .urgent)
    story.tell(.wires(.conditionChanged(.leak, isOn: false)))
    story.expectJournal(.station(.conditionChanged(.leak, isOn: false)), .urgent)
  }
}
