// Tests that a command is carried out once, in time, and between two records; and what none can do.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Commands of the service")
struct CommandTests {
  private let point = CommandStory.point
  private let other = CommandStory.other

  // MARK: - Once, in time, on record

  @Test("nothing happens before the intent is durable; then it does, and its end is recorded")
  func order() {
    let story = CommandStory()
    let command = story.command(.door(.open(point)))
    story.tell(.command(.received(command)))
    #expect(story.records == [.command(.accepted(command.id, .door(.open), by: "desk"))])
    #expect(story.releases == 0)
    #expect(story.results == [.received])
    story.forget()
    story.commit()
    #expect(story.releases == 1)
    #expect(story.records == [.command(.ended(command.id, .door(.open), CommandEnd(.done)))])
    #expect(story.results == [.done])
  }

  @Test("a command that comes again is not done again, and is answered as before")
  func twice() {
    let story = CommandStory()
    let command = story.command(.door(.open(point)))
    for _ in 0..<3 { story.tell(.command(.received(command))) }
    #expect(story.results == [.received, .received, .received])
    story.commit()
    story.forget()
    for _ in 0..<3 { story.tell(.command(.received(command))) }
    story.commit()
    #expect(story.results == [.done, .done, .done])
    #expect(story.releases == 0 && story.records.isEmpty)
  }

  @Test("the last moment of its life is in time, and the next one is not", arguments: [29, 30])
  func life(_ seconds: Int) {
    let story = CommandStory()
    let command = story.command(.door(.open(point)))
    story.wait(.seconds(seconds))
    story.tell(.command(.received(command)))
    story.commit()
    let isInTime = seconds < 30
    #expect(story.releases == (isInTime ? 1 : 0))
    #expect(story.results == (isInTime ? [.received, .done] : [.expired]))
  }

  @Test(
    "a repeat after its time is told the end of the first, and is expired when that is forgotten")
  func repeatedLate() {
    let story = CommandStory()
    let command = story.command(.door(.open(point)))
    story.tell(.command(.received(command)))
    story.commit()
    story.wait(.seconds(31))
    story.forget()
    for _ in 0..<5 { story.tell(.command(.received(command))) }
    #expect(story.results == Array(repeating: .done, count: 5))
    #expect(story.records.isEmpty)
    story.wait(.seconds(60))
    story.forget()
    for _ in 0..<5 { story.tell(.command(.received(command))) }
    #expect(story.results == Array(repeating: .expired, count: 5))
    #expect(story.records == [.station(.messagesRefused(.stale, count: 1))])
    #expect(story.releases == 0)
  }

  @Test("a disk that takes longer than the command's life leaves it undone")
  func slowDisk() {
    let story = CommandStory()
    let command = story.command(.door(.open(point)))
    story.tell(.command(.received(command)))
    story.wait(.seconds(30))
    story.commit()
    #expect(story.releases == 0)
    #expect(story.end(of: command.id) == CommandEnd(.expired))
  }

  @Test("a nonce of another start, or one that was told long ago, makes a command stale")
  func nonces() {
    let story = CommandStory()
    var command = story.command(.door(.open(point)))
    command.nonce = SessionNonce(of: StartNonce(high: 9, low: 9), number: 1)
    story.tell(.command(.received(command)))
    // Another start may have done it: that it was not begun is more than the station knows.
    #expect(story.results.isEmpty)
    #expect(story.records == [.station(.messagesRefused(.stale, count: 1))])
    let old = story.command(.door(.open(point)), life: .seconds(600))
    for _ in 0..<Challenges.most {
      story.tell(.link(.serviceCameUp))
      story.wait(.seconds(1))
    }
    story.tell(.command(.received(old)))
    story.commit()
    #expect(story.results.isEmpty)
    #expect(story.releases == 0)
  }

  @Test("a service that comes up is told a birth within a second; a flood of it is told one")
  func askedBirths() {
    let story = CommandStory()
    story.wait(.seconds(6))
    let before = story.nonces.count
    for _ in 0..<100 { story.tell(.link(.serviceCameUp)) }
    story.tell(.wake)
    #expect(story.nonces.count == before + 1)
    for _ in 0..<100 { story.tell(.link(.serviceCameUp)) }
    story.tell(.wake)
    #expect(story.nonces.count == before + 1)
    story.wait(.seconds(1))
    #expect(story.nonces.count == before + 2)
  }

  @Test("each birth tells another nonce, and one is told each hour")
  func births() {
    let story = CommandStory()
    // A service that is silent is told a birth with each repetition, too.
    for _ in 0..<3 * 900 + 1 {
      story.wait(.seconds(4))
      story.commit()
      story.tell(
        story.sending.acknowledgement(story.station.outbox.durable, of: story.station.stream))
    }
    #expect(story.nonces.count == 4)
    #expect(Set(story.nonces.map(\.nonce)).count == 4)
    // What was signed for the one before is still good.
    let told = story.nonces[2]
    let command = Command(
      CommandID("late")!, .door(.open(point)), by: "desk", life: .seconds(30), nonce: told.nonce,
      age: story.now.instant - told.at)
    story.tell(.command(.received(command)))
    story.commit()
    #expect(story.end(of: command.id)?.outcome == .done)
  }

  @Test("no command is good for longer than its life from when it came, whatever its age says")
  func ageAhead() {
    let story = CommandStory()
    var command = story.command(.door(.open(point)))
    command.age = .seconds(80_000)
    story.wait(.seconds(5))
    story.tell(.command(.received(command)))
    story.wait(.seconds(30))
    story.commit()
    #expect(story.end(of: command.id) == CommandEnd(.expired))
    #expect(story.releases == 0)
  }

  @Test("more than 64 at a time are turned away, and none of those begins")
  func most() {
    let story = CommandStory()
    let commands = (0..<70).map { _ in story.command(.door(.open(point))) }
    for command in commands { story.tell(.command(.received(command))) }
    #expect(story.results.count { $0 == .rejected } == 6)
    story.commit()
    #expect(story.records.count { if case .command(.ended) = $0 { true } else { false } } == 64)
    // There is room by now; the service was told that this one was not begun, and it is not.
    story.forget()
    story.tell(.command(.received(commands[69])))
    story.commit()
    #expect(story.results == [.rejected] && story.releases == 0)
    // Their time is over: there is room again.
    story.wait(.seconds(31))
    #expect(story.give(.station(.identify)) == CommandEnd(.done))
  }

  @Test("what was begun before a start and has no end is unknown, and is not done")
  func boot() {
    let id = CommandID("before")!
    var recovered = Recovered(stream: Scenario.stream)
    recovered.commands = [OpenCommand(id: id, operation: .door(.open))]
    var station = Station(CommandStory.configuration)
    let now = Now(instant: Instant(nanoseconds: 1), wall: Scenario.noon)
    let effects = station.handle(.booted(recovered), at: now)
    #expect(
      effects.contains {
        guard case .store(.journal(let entry)) = $0 else { return false }
        return entry.record.body
          == .command(.ended(id, .door(.open), CommandEnd(.unknown)))
          && entry.changes == [.command(id, operation: nil)]
      })
    #expect(!effects.contains(.door(.setStrike(point, .release))))
  }

  @Test("intent and end are each remembered in the transaction of their record")
  func memory() {
    let story = CommandStory()
    let command = story.command(.door(.open(point)))
    story.tell(.command(.received(command)))
    story.commit()
    let changes = story.effects.flatMap { effect -> [RecoveryChange] in
      if case .store(.journal(let entry)) = effect { entry.changes } else { [] }
    }
    #expect(
      changes == [
        .command(command.id, operation: .door(.open)), .command(command.id, operation: nil),
      ])
  }

  @Test("a store that is lost before the intent is durable leaves the command undone")
  func lostStore() {
    let story = CommandStory()
    let command = story.command(.door(.open(point)))
    story.tell(.command(.received(command)))
    story.tell(.storeReplaced(StreamID(bits: 7), isDurable: true))
    story.commit()
    #expect(story.releases == 0)
    #expect(story.end(of: command.id) == CommandEnd(.failed, .storeLost))
  }

  @Test("a restart ends the daemon once its own end is durable, and not before")
  func restart() {
    let story = CommandStory()
    let command = story.command(.station(.restart))
    story.tell(.command(.received(command)))
    story.commit()
    #expect(!story.effects.contains(.command(.restart)))
    #expect(story.end(of: command.id) == CommandEnd(.done))
    story.commit()
    #expect(story.effects.count { $0 == .command(.restart) } == 1)
    story.commit()
    #expect(story.effects.count { $0 == .command(.restart) } == 1)
  }

  @Test("a restart that was promised comes, also where the store is lost meanwhile")
  func restartWithoutStore() {
    let story = CommandStory()
    story.tell(.command(.received(story.command(.station(.restart)))))
    story.commit()
    story.tell(.storeReplaced(StreamID(bits: 7), isDurable: true))
    #expect(!story.effects.contains(.command(.restart)))
    story.commit()
    #expect(story.effects.count { $0 == .command(.restart) } == 1)
  }

  // MARK: - Every operation

  /// An order of each operation, the state that it needs, and what shows that it was done.
  private struct Row {
    let order: Order
    var before: (CommandStory) -> Void = { _ in }
    let shows: (CommandStory) -> Bool
  }

  private var table: [Row] {
    [
      Row(order: .door(.open(point))) { $0.releases == 1 },
      Row(order: .door(.openExtended(point))) {
        $0.wait(.seconds(14))
        return $0.station.doors[self.point]?.door.isReleased == true
      },
      Row(order: .door(.beginFreeAccess(point, seconds: 600))) {
        guard $0.mode() == .freeAccess else { return false }
        $0.wait(.seconds(601))
        return $0.mode() == .codeOnly
      },
      Row(order: .door(.endFreeAccess(point))) {
        $0.give(.door(.beginFreeAccess(self.point, seconds: 600)))
      } shows: {
        $0.mode() == .codeOnly
      },
      Row(order: .entry(.holdReader(point))) {
        $0.station.alarms.stands(.readerHeld, self.point) && $0.isRefused(at: self.point)
      },
      Row(order: .entry(.releaseReader(point))) {
        $0.give(.entry(.holdReader(self.point)))
      } shows: {
        !$0.station.alarms.stands(.readerHeld, self.point) && !$0.isRefused(at: self.point)
      },
      Row(order: .entry(.setCode(point, CommandStory.typed()))) { $0.types(CommandStory.digits) },
      Row(order: .entry(.removeCode(point, CommandStory.typed().id)), before: CommandStory.setCode)
      {
        !$0.types(CommandStory.digits)
      },
      Row(order: .occupancy(.correct(inside: 3))) {
        $0.station.headcount.occupancy.totals.inside == 3
      },
      Row(order: .climate(.setRelay(.lights, .stayOff))) {
        $0.effects.contains(.climate(.setRelay(.lights, isOn: false)))
      },
      Row(order: .exchange(.beginRestock(seconds: 600))) {
        guard $0.station.vending?.screen?.stop == .maintenance else { return false }
        $0.wait(.seconds(601))
        return $0.station.vending?.screen?.stop != .maintenance
      },
      Row(order: .exchange(.endRestock)) {
        $0.give(.exchange(.beginRestock(seconds: 600)))
      } shows: {
        $0.station.vending?.screen?.stop != .maintenance
      },
      Row(order: .exchange(.withdrawSlot(CommandStory.slot))) {
        $0.station.vending?.planogram[CommandStory.slot]?.memory.quarantine == .withdrawn
      },
      Row(order: .exchange(.returnSlot(CommandStory.slot))) {
        $0.give(.exchange(.withdrawSlot(CommandStory.slot)))
      } shows: {
        $0.station.vending?.planogram[CommandStory.slot]?.memory.quarantine == nil
      },
      Row(order: .alarm(.reset(.nameShared, nil))) {
        $0.tell(.link(.sessionTakenOver))
      } shows: {
        !$0.station.alarms.stands(.nameShared, nil)
      },
      Row(order: .station(.identify)) {
        $0.effects.contains(.door(.show(self.point, .identify)))
      },
      Row(order: .station(.selfTest)) {
        $0.wait(.seconds(3))
        return $0.records.contains {
          guard case .command(.ended(_, .station(.selfTest), let end)) = $0 else { return false }
          return end.outcome == .done && end.parts.contains(TestResult(.store, isWell: true))
        }
      },
      Row(order: .station(.restart)) { story in
        story.commit()
        return story.effects.contains(.command(.restart))
      },
      Row(order: .station(.setLogLevel(.warning))) {
        $0.effects.contains(.command(.setLogLevel(.warning)))
      },
      Row(order: .station(.collectSupport)) { story in
        for case .command(.collectSupport(let id)) in story.effects {
          story.tell(.command(.finished(id, nil)))
          return story.end(of: id) == CommandEnd(.done)
        }
        return false
      },
    ]
  }

  @Test("each operation of the table does what it says, and no operation is missing in it")
  func operations() {
    #expect(Set(table.map(\.order.kind)) == Set(Order.Kind.allCases))
    #expect(table.count == Order.Kind.allCases.count)
    for row in table {
      let story = CommandStory()
      row.before(story)
      story.commit()
      story.forget()
      let end = story.give(row.order)
      #expect(end == nil || end == CommandEnd(.done), "\(row.order)")
      #expect(row.shows(story), "\(row.order)")
    }
  }

  @Test("a station tells the operations that it takes, and none where no key is pinned")
  func told() {
    var configuration = CommandStory.configuration
    #expect(configuration.operations.count == Order.Kind.allCases.count)
    configuration.vending = nil
    configuration.relays = []
    configuration.commands.longestFreeAccess = .zero
    #expect(
      Set(Order.Kind.allCases.map { OperationWord($0) })
        .subtracting(configuration.operations).map(\.text).sorted() == [
          "begin-free-access", "begin-restock", "end-free-access", "end-restock", "return-slot",
          "set-relay", "withdraw-slot",
        ])
    configuration.commands.isPinned = false
    #expect(configuration.operations.isEmpty)
  }

  @Test("a door of a lobby is not opened to everyone: the other one could open at any moment")
  func freeLobby() {
    var configuration = CommandStory.configuration
    configuration.entry.interlock = Interlock(point, other)
    let story = CommandStory(configuration)
    #expect(
      story.give(.door(.beginFreeAccess(point, seconds: 60))) == CommandEnd(.failed, .interlocked))
    #expect(story.give(.door(.open(point))) == CommandEnd(.done))
  }

  @Test("free access does not come back when a lock-down ends")
  func freedLockDown() {
    let story = CommandStory()
    #expect(story.give(.door(.beginFreeAccess(point, seconds: 600))) == CommandEnd(.done))
    #expect(story.mode() == .freeAccess)
    story.tell(.entry(.lockDownChanged(isOn: true)))
    story.tell(.entry(.lockDownChanged(isOn: false)))
    #expect(story.mode() == .codeOnly)
  }

  // MARK: - What no command can do

  private static let refusals: [(Order, OrderFault, @Sendable (CommandStory) -> Void)] = [
    (.door(.open(3)), .noSuchPart, { _ in }),
    (.door(.beginFreeAccess(2, seconds: 60)), .pulseLock, { _ in }),
    (.door(.beginFreeAccess(1, seconds: 3601)), .outOfBounds, { _ in }),
    (.door(.endFreeAccess(1)), .nothingToDo, { _ in }),
    (
      .door(.open(1)), .linesLost,
      { $0.tell(.wires(.linesChanged(CommandStory.point, areReadable: false))) }
    ),
    (.door(.open(1)), .lockedDown, { $0.tell(.entry(.lockDownChanged(isOn: true))) }),
    (
      .door(.beginFreeAccess(1, seconds: 60)), .lockedDown,
      { $0.tell(.entry(.lockDownChanged(isOn: true))) }
    ),
    (
      .door(.beginFreeAccess(1, seconds: 60)), .busy,
      { $0.tell(.entry(.maintenanceChanged(isOn: true))) }
    ),
    (.entry(.holdReader(3)), .noSuchPart, { _ in }),
    (.entry(.releaseReader(1)), .nothingToDo, { _ in }),
    (.climate(.setRelay(.sockets, .stayOn)), .noSuchPart, { _ in }),
    (.exchange(.withdrawSlot(SlotID(9)!)), .noSuchPart, { _ in }),
    (.exchange(.returnSlot(SlotID(1)!)), .nothingToDo, { _ in }),
    (.exchange(.endRestock), .nothingToDo, { _ in }),
    (.alarm(.reset(.nameShared, nil)), .nothingToDo, { _ in }),
    (
      .alarm(.reset(.fire, nil)), .handOnly,
      { $0.tell(.safety(.fireLineChanged(.first, isClosed: false))) }
    ),
    (
      .alarm(.reset(.emergency, nil)), .handOnly,
      { $0.tell(.safety(.emergencyChanged(isPressed: true))) }
    ),
    (
      .alarm(.reset(.tamper, 1)), .conditionStands,
      { $0.tell(.door(.tamperChanged(CommandStory.point, isOpen: true))) }
    ),
  ]

  @Test("what cannot be done ends with its reason, and changes nothing", arguments: 0..<18)
  func refused(_ row: Int) {
    let (order, fault, before) = Self.refusals[row]
    #expect(Self.refusals.count == 18)
    let story = CommandStory()
    before(story)
    story.commit()
    story.forget()
    #expect(story.give(order) == CommandEnd(.failed, fault), "\(order)")
    #expect(story.releases == 0)
  }

  @Test("a machine without slots, and a slot that failed, are not mended by a command")
  func machine() {
    var configuration = CommandStory.configuration
    configuration.vending = nil
    #expect(
      CommandStory(configuration).give(.exchange(.endRestock))
        == CommandEnd(.failed, .noSuchPart))
  }

  @Test("a command never ends a latched fire, and never locks a door that fire has released")
  func fire() {
    for kind in Order.Kind.allCases where kind != .station(.restart) {
      let story = CommandStory()
      story.tell(.safety(.fireLineChanged(.first, isClosed: false)))
      story.commit()
      let row = table.first { $0.order.kind == kind }!
      story.give(row.order)
      story.wait(.seconds(700))
      #expect(story.station.safety.fire.isLatched, "\(kind)")
      #expect(story.station.doors[point]?.door.isReleased == true, "\(kind)")
      #expect(story.station.alarms.stands(.fire, nil), "\(kind)")
    }
  }

  @Test("whatever is ordered, and in lock-down, the exit button releases the door at once")
  func exit() {
    for kind in Order.Kind.allCases where kind != .station(.restart) {
      let story = CommandStory()
      story.tell(.command(.desired(DesiredConfiguration(revision: 1, isLockedDown: true))))
      let row = table.first { $0.order.kind == kind }!
      story.give(row.order)
      story.forget()
      story.tell(.door(.exitRequested(point)))
      #expect(story.effects.contains(.door(.setStrike(point, .release))), "\(kind)")
    }
  }

  @Test("a restart ends free access, so that none outlasts the life that was told of it")
  func freeAccessEnds() {
    let story = CommandStory()
    story.give(.door(.beginFreeAccess(point, seconds: 3600)))
    #expect(story.mode() == .freeAccess)
    let again = CommandStory()
    #expect(again.mode() == .codeOnly)
  }

  @Test("a reader that is held stays so after a restart, for all but maintainers")
  func heldAfterRestart() {
    var recovered = Recovered(stream: Scenario.stream)
    recovered.heldReaders = [point]
    let story = CommandStory(recovered: recovered)
    #expect(story.isRefused(at: point))
    #expect(story.station.alarms.stands(.readerHeld, point))
    #expect(!story.isRefused(at: other))
  }
}
