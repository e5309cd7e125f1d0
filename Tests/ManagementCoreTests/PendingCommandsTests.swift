// Tests when a command is sent, how often, and when nothing is expected of it any more.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Commands on their way")
struct PendingCommandsTests {
  private static let epoch = StoreEpoch(bits: 0xE)
  private let story = ManagementScenario()
  private let nonce = SessionNonce("n-1")!

  private func birth(
    _ nonce: String?, isRetained: Bool = false, boot: Int64 = 1, connection: Int64 = 1
  ) -> [ManagementEffect] {
    let payload = BirthPayload(
      session: SessionID(stream: stream, boot: boot, connection: connection), version: "1",
      operations: [OperationWord("open")!], nonce: nonce.flatMap { SessionNonce($0) },
      accessPoints: [door], floor: 1, ceiling: 0, isClockTrusted: true, at: story.now.wall)
    return story.hear(.birth(gate), payload.json, isRetained: isRetained)
  }

  private func comeUp() {
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 1), isOnline: true)
    _ = birth("n-1")
  }

  private func order(_ key: String = "k", life: Duration = .seconds(30)) -> OrderedCommand {
    let receipt = story.store.order(
      CommandRequest(gate, .door(.open(door)), life: life, key: OrderKey(key)!),
      epoch: Self.epoch, isSent: story.management.reaches(gate), by: "li", at: story.now)
    guard case .ordered(let command, _) = receipt else { preconditionFailure("\(receipt)") }
    return command
  }

  /// Does what these effects ask of the store.
  /// - Returns: the commands that were sent, here and because of that.
  private func follow(_ effects: [ManagementEffect]) -> [Command] {
    effects.flatMap { effect -> [Command] in
      switch effect {
      case .send(_, let command): return [command]
      case .advance(let id, let station, let news):
        guard let moved = story.store.advance(id, of: station, news, at: story.now) else {
          return []
        }
        return follow(story.handle(.commands(.advanced(moved))))
      default: return []
      }
    }
  }

  private func progress(_ command: OrderedCommand) -> CommandProgress? {
    story.store.command(command.id)?.progress
  }

  @Test("a station that is there gets it at once, with the nonce it told and how long ago")
  func atOnce() {
    comeUp()
    story.advance(.seconds(7))
    let command = order()
    let sent = follow(story.handle(.commands(.ordered(command))))
    #expect(
      sent == [
        Command(
          command.id, .door(.open(door)), by: "li", life: .seconds(30), nonce: nonce,
          age: .seconds(7))
      ])
  }

  @Test("a station that is away gets it when it comes back, with what is left of its time")
  func later() {
    let command = order()
    #expect(follow(story.handle(.commands(.ordered(command)))).isEmpty)
    #expect(progress(command) == .queued)
    story.advance(.seconds(12))
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 1), isOnline: true)
    let sent = follow(birth("n-1"))
    #expect(sent.map(\.life) == [.seconds(18)] && sent.map(\.age) == [.zero])
    #expect(progress(command) == .sent)
    // Another birth of the same or the next start sends nothing again.
    #expect(follow(birth("n-2")).isEmpty)
    #expect(follow(birth("n-3", boot: 2)).isEmpty)
  }

  @Test("a birth that the broker kept, or one without a nonce, sends nothing")
  func keptBirth() {
    let command = order()
    _ = follow(story.handle(.commands(.ordered(command))))
    #expect(follow(birth("n-1", isRetained: true)).isEmpty)
    #expect(follow(birth(nil)).isEmpty)
    #expect(!story.management.reaches(gate))
  }

  @Test("what is queued expires at its time, and was never sent")
  func expires() {
    let command = order()
    _ = follow(story.handle(.commands(.ordered(command))))
    #expect(story.management.nextCommand == story.now.instant + .seconds(30))
    story.advance(.seconds(30))
    #expect(follow(story.handle(.commands(.due))).isEmpty)
    #expect(progress(command) == .expired)
    #expect(story.management.nextCommand == nil)
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 1), isOnline: true)
    #expect(follow(birth("n-1")).isEmpty)
  }

  @Test("what was sent and never answered is unknown, until the station's record tells")
  func unanswered() {
    comeUp()
    let command = order()
    _ = follow(story.handle(.commands(.ordered(command))))
    story.advance(.seconds(40))
    _ = follow(story.handle(.commands(.due)))
    #expect(progress(command) == .unknown)
    let record = story.record(.command(.ended(command.id, .door(.open), CommandEnd(.done))))
    _ = story.deliver(
      RecordBatch(stream: stream, first: 1, records: [record.json]), from: gate)
    #expect(progress(command) == .done)
  }

  @Test("the station's answers move it on; an answer to what nobody ordered moves nothing")
  func answers() {
    comeUp()
    let command = order()
    _ = follow(story.handle(.commands(.ordered(command))))
    func answer(_ id: CommandID, _ state: CommandState) {
      _ = follow(story.hear(.commandResult(gate), CommandResult(id, state).json))
    }
    answer(CommandID("nobody")!, .done)
    answer(command.id, .received)
    #expect(progress(command) == .received)
    answer(command.id, .done)
    #expect(progress(command) == .done)
    #expect(story.management.nextCommand == nil)
    let other = Names.station("hall-2")
    #expect(
      story.hear(.commandResult(other), CommandResult(command.id, .failed).json).isEmpty)
  }

  @Test("a service that begins anew sends nothing again that was sent, and what waits once")
  func restart() {
    comeUp()
    let sent = order("sent")
    _ = follow(story.handle(.commands(.ordered(sent))))
    let found = FoundCommands(
      open: story.store.openCommands(), wishes: [:], epoch: Self.epoch)
    let queued = story.store.order(
      CommandRequest(gate, .station(.identify), life: .seconds(30), key: OrderKey("q")!),
      epoch: Self.epoch, isSent: false, by: "li", at: story.now)
    guard case .ordered(let waiting, _) = queued else { return }
    var all = found
    all.open.append(waiting)
    story.restart(with: all)
    _ = story.handle(.linkOpened)
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 2), isOnline: true)
    #expect(follow(birth("n-5", connection: 2)).map(\.id) == [waiting.id])
  }

  @Test("commands of an earlier life of the store, as after a backup, are never sent")
  func restored() {
    let command = order()
    let found = FoundCommands(
      open: story.store.openCommands(), wishes: [:], epoch: StoreEpoch(bits: 0xF))
    let effects = story.restart(with: found)
    #expect(follow(effects).isEmpty)
    #expect(progress(command) == .unknown)
    _ = story.handle(.linkOpened)
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 2), isOnline: true)
    #expect(follow(birth("n-5", connection: 2)).isEmpty)
  }

  @Test("a store that fails is asked again, and nothing is sent meanwhile")
  func failingStore() {
    let command = order()
    _ = story.handle(.commands(.ordered(command)))
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 1), isOnline: true)
    let effects = birth("n-1")
    #expect(effects.contains(.advance(command.id, gate, CommandNews(.sent))))
    _ = story.handle(.commands(.notAdvanced(command.id, gate)))
    story.advance(.seconds(10))
    let again = story.handle(.commands(.due))
    #expect(again == [.advance(command.id, gate, CommandNews(.sent))])
    _ = story.handle(.commands(.notAdvanced(command.id, gate)))
    story.advance(.seconds(20))
    let late = story.handle(.commands(.due))
    #expect(late == [.advance(command.id, gate, CommandNews(.expired))])
  }

  @Test("a flood of answers asks one thing of the store at a time, and keeps nothing pending")
  func answerFlood() {
    comeUp()
    let command = order()
    _ = follow(story.handle(.commands(.ordered(command))))
    func answer(_ state: CommandState) -> [ManagementEffect] {
      story.hear(.commandResult(gate), CommandResult(command.id, state).json)
    }
    let running = CommandNews(CommandResult(command.id, .running))
    #expect(answer(.running) == [.advance(command.id, gate, running)])
    for _ in 0..<100 { #expect(answer(.running).isEmpty) }
    #expect(answer(.done).isEmpty)
    // What was heard while the store wrote is not lost.
    let noted = story.store.advance(command.id, of: gate, running, at: story.now)!
    #expect(
      story.handle(.commands(.advanced(noted))).contains(
        .advance(command.id, gate, CommandNews(CommandResult(command.id, .done)))))
    let other = order("other")
    _ = follow(story.handle(.commands(.ordered(other))))
    let long = CommandNews(CommandResult(other.id, .running))
    func run() { _ = follow([.advance(other.id, gate, long)]) }
    run()
    let due = story.management.nextCommand
    story.advance(.seconds(5))
    _ = follow(story.hear(.commandResult(gate), CommandResult(other.id, .running).json))
    #expect(story.management.nextCommand == due)
  }

  @Test("the outcome of a command that was not sent is disbelieved")
  func neverSent() {
    let command = order()
    _ = follow(story.handle(.commands(.ordered(command))))
    let effects = story.hear(.commandResult(gate), CommandResult(command.id, .done).json)
    #expect(
      effects.contains(.note(.implausible(gate, reason: ClaimReasons.command))))
    #expect(progress(command) == .queued)
  }

  @Test("a revision far above all that was wanted is disbelieved: it would use the numbers up")
  func hugeRevision() throws {
    let reported = ReportedConfiguration(revision: 1 << 52, isLockedDown: false)
    let effects = story.hear(.reportedConfiguration(gate), reported.json, isRetained: true)
    #expect(
      effects.contains(.note(.implausible(gate, reason: ClaimReasons.configuration))))
    #expect(story.management.stations[gate]?.reported == nil)
  }

  @Test("a wall clock that was set back over a start lengthens no command's life")
  func clockSetBack() {
    let command = order()
    var found = FoundCommands(open: [command], wishes: [:], epoch: Self.epoch)
    found.open[0].orderedAt = command.orderedAt + .seconds(300)
    found.open[0].expires = command.expires + .seconds(300)
    story.restart(with: found)
    #expect(story.management.nextCommand == story.now.instant)
    _ = story.handle(.commands(.due))
    _ = story.handle(.linkOpened)
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 2), isOnline: true)
    #expect(follow(birth("n-5", connection: 2)).isEmpty)
  }

  @Test("a command of an earlier life is not sent either where the store cannot note its end")
  func restoredOnBadDisk() {
    let command = order()
    let found = FoundCommands(open: [command], wishes: [:], epoch: StoreEpoch(bits: 0xF))
    _ = story.restart(with: found)
    _ = story.handle(.commands(.notAdvanced(command.id, gate)))
    _ = story.handle(.linkOpened)
    _ = story.status(SessionID(stream: stream, boot: 1, connection: 2), isOnline: true)
    #expect(follow(birth("n-5", connection: 2)).isEmpty)
    story.advance(.seconds(10))
    _ = follow(story.handle(.commands(.due)))
    #expect(progress(command) == .unknown)
  }

  @Test("what is wanted is said whenever the link opens, and shown beside what is in force")
  func wishes() throws {
    let wish = story.store.wish(
      lockDown: true, of: gate, above: 0, reason: "r", by: "li", at: story.now)
    #expect(
      story.handle(.commands(.wished(gate, wish)))
        == [.announce(gate), .publishDesired(gate, wish.desired)])
    _ = story.handle(.linkClosed)
    #expect(story.handle(.linkOpened).contains(.publishDesired(gate, wish.desired)))
    let reported = ReportedConfiguration(revision: 1, isLockedDown: true)
    #expect(
      story.hear(.reportedConfiguration(gate), reported.json, isRetained: true)
        == [.announce(gate)])
    #expect(try story.view.life.reported == reported)
  }
}
