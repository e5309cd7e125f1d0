// Tests of settings that come from the service: taken whole or not at all, tried, and given up.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Settings that the service wants")
struct SettingsTrialTests {
  private static let six = "[slot 1]\narticle = water\nprice = 6"

  private func story(_ recovered: KeptSettings? = nil, _ ending: Ending = .clean) -> CommandStory {
    var memory = Recovered(
      stream: Scenario.stream, ending: ending, start: StartNonce(high: 1, low: 2))
    memory.settings = recovered
    return CommandStory(SettingsStory.configuration(), recovered: memory)
  }

  private func price(_ story: CommandStory) -> Int64? {
    story.station.vending?.planogram[CommandStory.slot]?.configuration.price.number
  }

  private func inForce(_ revision: Int64, isOnTrial: Bool) -> SettingsReport.InForce {
    SettingsReport.InForce(
      revision: revision, digest: PayloadDigest(high: 7, low: UInt64(revision)),
      isOnTrial: isOnTrial)
  }

  @Test("settings hold at once in every room, in one transaction, and for good after a minute")
  func taken() {
    let story = story()
    let text =
      Self.six + """

        [entry]
        capacity = 3
        opening-hours = never
        [access-point 1]
        held-open-time = 45 s
        [thermometer room]
        too-cold = 9
        """
    story.tell(SettingsStory.event(1, text))
    #expect(price(story) == 6)
    #expect(story.station.doors[1]?.door.timing.heldOpen == .seconds(45))
    #expect(story.station.climate.sensors.first?.configuration.limits.first?.low?.value == 9000)
    #expect(story.station.configuration.entry.capacity.most == 3)
    #expect(story.reported?.settings.inForce == inForce(1, isOnTrial: true))
    let taken = story.effects.compactMap { effect -> JournalEntry? in
      guard case .store(.journal(let entry)) = effect,
        entry.record.body == .configuration(.taken(revision: 1))
      else { return nil }
      return entry
    }
    #expect(taken.count == 1)
    #expect(
      taken.first?.changes == [
        .settings(
          KeptSettings(
            inForce: SettingsStory.wanted(1, text),
            trial: KeptSettings.Trial(before: nil, known: [], wasConnected: true)))
      ])
    story.live(59)
    #expect(story.reported?.settings.inForce?.isOnTrial == true)
    story.live(2)
    #expect(story.reported?.settings == SettingsReport(inForce: inForce(1, isOnTrial: false)))
    #expect(
      story.configurationRecords == [.taken(revision: 1), .confirmed(revision: 1)])
    #expect(story.keptSettings == KeptSettings(inForce: SettingsStory.wanted(1, text)))
    #expect(story.isRefused(at: CommandStory.point))
  }

  @Test("settings that are wrong are refused whole with every reason; lock-down holds all the same")
  func refused() {
    let story = story()
    story.tell(
      SettingsStory.event(
        1, "[entry]\ncapacity = none\nleeway = x\n[slot 1]\narticle = water\nprice = 6",
        isLockedDown: true))
    #expect(price(story) == 5 && story.station.configuration.entry.capacity.most == 20)
    #expect(story.mode() == .lockDown)
    let setback = story.reported?.settings.setback
    #expect(setback?.cause == .refused && setback?.revision == 1)
    #expect(setback?.reasons.map(\.key) == ["capacity", "leeway"])
    #expect(setback?.reasons.map(\.place) == ["[entry]", "[entry]"])
    #expect(story.stands(.settingsRefused))
    // The broker brings it again with each session: nothing new is written.
    let written = story.configurationRecords.count
    story.tell(
      SettingsStory.event(
        1, "[entry]\ncapacity = none\nleeway = x\n[slot 1]\narticle = water\nprice = 6",
        isLockedDown: true))
    #expect(story.configurationRecords.count == written)
    story.tell(SettingsStory.event(2, Self.six))
    #expect(price(story) == 6 && story.mode() == .codeOnly)
    #expect(!story.stands(.settingsRefused))
  }

  @Test("a part that fails within the minute has the settings before back, and these never again")
  func unwell() {
    let story = story()
    story.tell(SettingsStory.event(1, "[entry]\ncapacity = 4"))
    story.live(61)
    story.tell(.entry(.readerChanged(1, isConnected: false)))
    story.tell(SettingsStory.event(2, Self.six))
    #expect(price(story) == 6)
    // This reader was lost before; the machine is lost since.
    for _ in 0..<4 {
      story.tell(.exchange(.silent(.check)))
      story.live(1)
    }
    #expect(story.stands(.machineLost))
    story.live(60)
    #expect(price(story) == 5 && story.station.configuration.entry.capacity.most == 4)
    let setback = story.reported?.settings.setback
    #expect(setback?.cause == .unwell)
    #expect(setback?.reasons.map(\.text) == ["the alarm machine-lost was raised"])
    #expect(story.reported?.settings.inForce == inForce(1, isOnTrial: false))
    #expect(
      story.configurationRecords.suffix(2) == [
        .taken(revision: 2), .setBack(revision: 2, to: 1, .unwell),
      ])
    story.tell(SettingsStory.event(2, Self.six, message: 3))
    #expect(price(story) == 5)
    story.tell(SettingsStory.event(4, Self.six))
    #expect(price(story) == 6)
  }

  @Test(
    "a slot that the machine does not have is found within the minute, and the file's hold again")
  func missingSlot() {
    let story = story()
    story.tell(.exchange(.reported(.resting([]), of: .check)))
    var answered = story.effects.count
    story.tell(SettingsStory.event(1, Self.six + "\n[slot 44]\narticle = water\nprice = 7"))
    // The board says of a column that it does not have that its spiral is not at home.
    for _ in 0..<70 {
      for case .exchange(.checkMachine(let slot)) in story.effects[answered...] {
        story.tell(.exchange(.reported(.resting(slot.number == 44 ? [.notHome] : []), of: .check)))
      }
      answered = story.effects.count
      story.live(1)
    }
    #expect(
      story.reported?.settings.setback?.reasons.map(\.text) == ["the alarm slot-faulty was raised"])
    #expect(price(story) == 5 && !story.stands(.slotFaulty))
  }

  @Test("an article that was changed has no count, and a price that was changed keeps it")
  func counts() {
    let story = story()
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.tell(.exchange(.slotCounted(CommandStory.slot, stock: 4, bestBefore: nil)))
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    let slot = { story.station.vending?.planogram[CommandStory.slot] }
    story.tell(SettingsStory.event(1, Self.six))
    #expect(slot()?.memory.stock == 4 && slot()?.configuration.price.number == 6)
    let tea = "[article tea]\nchinese = 茶\nenglish = Tea\n[slot 1]\narticle = tea\nprice = 6"
    story.tell(SettingsStory.event(2, tea))
    #expect(slot()?.memory == SlotMemory(slot: CommandStory.slot))
    story.tell(SettingsStory.event(3, Self.six))
    #expect(slot()?.memory.stock == nil)
  }

  @Test("a slot that leaves the list and comes back has no count, here and in the store")
  func slotComesBack() {
    let story = story()
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.tell(.exchange(.slotCounted(CommandStory.slot, stock: 4, bestBefore: nil)))
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.tell(SettingsStory.event(1, "[slot 44]\narticle = water\nprice = 7"))
    story.tell(SettingsStory.event(2, Self.six))
    let fresh = SlotMemory(slot: CommandStory.slot)
    #expect(story.station.vending?.planogram[CommandStory.slot]?.memory == fresh)
    var kept: SlotMemory?
    for case .store(.remember(let changes, _)) in story.effects {
      for case .slot(let memory) in changes where memory.slot == fresh.slot { kept = memory }
    }
    #expect(kept == fresh)
  }

  @Test(
    "settings that were refused while others were on trial stay refused when those are given up")
  func refusedOnTrial() {
    let story = story()
    story.tell(SettingsStory.event(1, "[entry]\ncapacity = 4"))
    story.tell(SettingsStory.event(2, "[entry]\ncapacity = none"))
    for _ in 0..<4 {
      story.tell(.exchange(.silent(.check)))
      story.live(1)
    }
    story.live(60)
    #expect(
      story.configurationRecords == [
        .taken(revision: 1), .setBack(revision: 2, to: 1, .refused),
        .setBack(revision: 1, to: 0, .unwell),
      ])
    #expect(story.reported?.settings.inForce == nil)
    #expect(story.reported?.settings.setback?.revision == 2)
    // The broker brings both again.
    story.tell(SettingsStory.event(2, "[entry]\ncapacity = none"))
    story.tell(SettingsStory.event(1, "[entry]\ncapacity = 4", message: 3))
    #expect(story.configurationRecords.count == 3)
    #expect(story.reported?.settings.inForce == nil)
  }

  @Test("a choice is forgotten when its price changes; one whose price stays is kept")
  func choice() {
    let story = story()
    story.tell(.exchange(.reported(.resting([]), of: .check)))
    story.tell(.exchange(.selected(CommandStory.slot)))
    let isChosen = {
      if case .chosen? = story.station.vending?.session { true } else { false }
    }
    #expect(isChosen())
    story.tell(SettingsStory.event(1, "[entry]\ncapacity = 4"))
    #expect(isChosen())
    story.tell(SettingsStory.event(2, Self.six))
    #expect(!isChosen())
  }

  @Test("settings with which the broker is not reached any more are given up")
  func cutOff() {
    let story = story()
    story.tell(SettingsStory.event(1, Self.six))
    story.tell(.link(.uplinkClosed))
    story.live(61)
    #expect(price(story) == 5)
    #expect(story.configurationRecords.last == .setBack(revision: 1, to: 0, .unwell))
  }

  @Test("an older revision, or the same with another content, is refused")
  func older() {
    let story = story()
    story.tell(SettingsStory.event(5, Self.six))
    story.tell(SettingsStory.event(4, "[entry]\ncapacity = 2", message: 6))
    #expect(story.reported?.refusal?.fault == .older)
    #expect(story.station.configuration.entry.capacity.most == 20)
    story.tell(SettingsStory.event(5, "[entry]\ncapacity = 2", message: 7))
    #expect(price(story) == 6 && story.station.configuration.entry.capacity.most == 20)
  }

  @Test("settings survive a restart; two unclean ends on trial give them up, a clean one does not")
  func restarts() {
    let wanted = SettingsStory.wanted(3, Self.six)
    let trial = KeptSettings(
      inForce: wanted,
      trial: KeptSettings.Trial(
        before: SettingsStory.wanted(2, "[entry]\ncapacity = 4"), known: [], wasConnected: true))
    #expect(price(story(KeptSettings(inForce: wanted), .unclean)) == 6)
    let first = story(trial, .unclean)
    #expect(price(first) == 6)
    #expect(first.station.wishes.settings.kept.trial?.failures == 1)
    first.live(61)
    #expect(first.configurationRecords == [.confirmed(revision: 3)])
    var again = trial
    again.trial?.failures = 1
    #expect(price(story(again, .clean)) == 6)
    let second = story(again, .unclean)
    #expect(price(second) == 5 && second.station.configuration.entry.capacity.most == 4)
    #expect(second.stands(.settingsRefused))
    #expect(second.station.wishes.settings.kept.setback?.cause == .restarts)
    #expect(second.station.wishes.settings.kept.inForce?.revision == 2)
  }

  @Test(
    "settings that the board's file does not fit any more hold no longer, and again once it does")
  func otherFile() {
    let wanted = SettingsStory.wanted(3, "[thermometer room]\ntoo-hot = 40")
    var memory = Recovered(stream: Scenario.stream, start: StartNonce(high: 1, low: 2))
    memory.settings = KeptSettings(inForce: wanted)
    var configuration = SettingsStory.configuration()
    configuration.book = SettingsStory.book(
      SettingsStory.file, on: BoardFacts(points: SettingsStory.board.points, hasMachine: true))
    let story = CommandStory(configuration, recovered: memory)
    #expect(story.stands(.settingsRefused))
    let kept = story.station.wishes.settings.kept
    #expect(kept.inForce == nil && kept.setback?.cause == .refused)
    memory.settings = kept
    let mended = CommandStory(SettingsStory.configuration(), recovered: memory)
    mended.tell(SettingsStory.event(3, "[thermometer room]\ntoo-hot = 40"))
    #expect(!mended.stands(.settingsRefused))
    #expect(mended.station.wishes.settings.kept.inForce == wanted)
  }

  @Test("a new store is told of the settings that hold")
  func newStore() {
    let story = story()
    story.tell(SettingsStory.event(1, Self.six))
    story.forget()
    story.tell(.storeReplaced(StreamID(bits: 9), isDurable: true))
    #expect(story.keptSettings?.inForce == SettingsStory.wanted(1, Self.six))
  }
}
