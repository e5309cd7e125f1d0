// The commands of the service: each is carried out once, in time, and written down before and after.
import StationProtocol
import Time

/// The commands that are under way, and those that ended not long ago.
///
/// A command goes through four steps. The intent is journaled; once that is durable the command is
/// carried out, unless its time has run out meanwhile; its end is journaled. At boot an intent
/// without an end has an unknown outcome, and is not done again. A command that comes a second
/// time gets the answer of the first.
package struct Commands: Equatable, Sendable {
  /// The most commands that are under way together.
  static let most = 64
  /// The most that are remembered with their ends. Beyond it nothing is taken, and nothing said.
  static let mostEnded = 1024
  /// How long an end is remembered beyond the time of its command: a copy that comes too late must
  /// not be told to be the first.
  static let memory: Duration = .seconds(60)

  private var entries: [Entry] = []
  private var ended: [Ended] = []

  /// A command that is under way.
  private struct Entry: Equatable, Sendable {
    let command: Command
    let expires: Instant
    var stage: Stage

    func isIntended(through durable: UInt64) -> Bool {
      if case .intended(let seq) = stage { seq <= durable } else { false }
    }

    /// How far it has come, once more.
    var result: CommandResult {
      switch stage {
      case .intended: CommandResult(command.id, .received)
      case .running: CommandResult(command.id, .running)
      case .restarting: CommandResult(command.id, .done)
      }
    }
  }

  private enum Stage: Equatable, Sendable {
    /// The record of this number says what is intended. Can become any other.
    case intended(seq: UInt64)
    /// Begun, and to be ended by an event or by time.
    case running
    /// The record of this number says that the daemon ends: it does once that is durable.
    case restarting(seq: UInt64)
  }

  /// A command of which nothing more is to come, for whoever says it again.
  private struct Ended: Equatable, Sendable {
    let result: CommandResult
    let until: Instant
  }

  /// How carrying out a command went.
  enum Progress: Equatable, Sendable {
    case ended(CommandEnd)
    /// Its end will come as an event, or by time.
    case running
    /// Done, once the daemon has ended.
    case restarts

    static func failed(_ fault: OrderFault) -> Progress { .ended(CommandEnd(.failed, fault)) }

    init(_ fault: OrderFault?) {
      self = fault.map { .failed($0) } ?? .ended(CommandEnd(.done))
    }
  }

  // MARK: - What comes

  /// - Parameters:
  ///   - told: when the station told the nonce of the command; nil where it did not.
  /// - Returns: why nothing of it is counted as a command; nil where it is one.
  mutating func receive(
    _ command: Command, told: Instant?, _ around: Surroundings, _ step: inout Step
  ) -> MessageRefusal? {
    let now = step.now.instant
    ended.removeAll { $0.until <= now }
    if let known = answer(to: command.id) {
      publish(known, around, &step)
      return nil
    }
    // Another life of the daemon may have carried it out: nothing can be said of it.
    guard let told else { return .stale }
    // Signed no later than now, whatever the clocks say.
    let expires = min(told + command.age, now) + command.life
    guard now < expires else {
      publish(CommandResult(command.id, .expired), around, &step)
      return .stale
    }
    guard ended.count < Self.mostEnded else { return nil }
    guard entries.count < Self.most else {
      conclude(CommandResult(command.id, .rejected, .busy), expires, around, &step)
      return nil
    }
    step.journal(
      .command(.accepted(command.id, command.order.kind, by: command.by)), .urgent,
      [.command(command.id, operation: command.order.kind)])
    entries.append(
      Entry(
        command: command, expires: expires, stage: .intended(seq: step.outbox.next - 1)))
    publish(CommandResult(command.id, .received), around, &step)
    return nil
  }

  /// The last answer to a command; nil for one that is not known.
  private func answer(to id: CommandID) -> CommandResult? {
    entries.first { $0.command.id == id }?.result ?? ended.first { $0.result.id == id }?.result
  }

  // MARK: - What is durable

  /// The next command whose intent is durable and that is to be carried out now. One whose time
  /// has run out meanwhile is not.
  mutating func next(_ around: Surroundings, _ step: inout Step) -> Command? {
    while let index = entries.firstIndex(where: { $0.isIntended(through: step.outbox.durable) }) {
      let command = entries[index].command
      guard entries[index].expires <= step.now.instant else {
        entries[index].stage = .running
        return command
      }
      end(index, CommandEnd(.expired), around, &step)
    }
    return nil
  }

  /// Whether the daemon is to end now.
  mutating func takeRestart(_ step: Step) -> Bool {
    guard
      let index = entries.firstIndex(where: {
        if case .restarting(let seq) = $0.stage { seq <= step.outbox.durable } else { false }
      })
    else { return false }
    let entry = entries.remove(at: index)
    ended.append(Ended(result: entry.result, until: entry.expires + Self.memory))
    return true
  }

  /// Whether some command waits for what becomes durable.
  var isWaiting: Bool {
    entries.contains {
      switch $0.stage {
      case .intended, .restarting: true
      case .running: false
      }
    }
  }

  // MARK: - What becomes of one

  mutating func note(
    _ progress: Progress, of id: CommandID, _ around: Surroundings, _ step: inout Step
  ) {
    guard let index = entries.firstIndex(where: { $0.command.id == id }) else { return }
    switch progress {
    case .ended(let end): self.end(index, end, around, &step)
    case .running: publish(CommandResult(id, .running), around, &step)
    case .restarts:
      let end = CommandEnd(.done)
      journal(end, of: entries[index].command, &step)
      entries[index].stage = .restarting(seq: step.outbox.next - 1)
      publish(end.result(of: id), around, &step)
    }
  }

  private mutating func end(
    _ index: Int, _ end: CommandEnd, _ around: Surroundings, _ step: inout Step
  ) {
    let entry = entries.remove(at: index)
    journal(end, of: entry.command, &step)
    conclude(end.result(of: entry.command.id), entry.expires, around, &step)
  }

  private func journal(_ end: CommandEnd, of command: Command, _ step: inout Step) {
    step.journal(
      .command(.ended(command.id, command.order.kind, end)), .urgent,
      [.command(command.id, operation: nil)])
  }

  private mutating func conclude(
    _ result: CommandResult, _ expires: Instant, _ around: Surroundings, _ step: inout Step
  ) {
    ended.append(Ended(result: result, until: expires + Self.memory))
    publish(result, around, &step)
  }

  private func publish(
    _ result: CommandResult, _ around: Surroundings, _ step: inout Step
  ) {
    guard around.uplink != nil else { return }
    step.effects.append(.command(.publishResult(result)))
  }
}

// MARK: - Starts

extension Commands {
  /// Ends what was begun before: how it went is unknown.
  static func boot(_ open: [OpenCommand], _ step: inout Step) {
    for command in open {
      step.journal(
        .command(.ended(command.id, command.operation, CommandEnd(.unknown))), .urgent,
        [.command(command.id, operation: nil)])
    }
  }

  /// The numbers of the store mean something else from now on: what waits for one waits in vain. A
  /// restart that is written down is among the records that the new store was given.
  mutating func abandon(_ around: Surroundings, _ step: inout Step) {
    for index in entries.indices.reversed() {
      switch entries[index].stage {
      case .intended: end(index, CommandEnd(.failed, .storeLost), around, &step)
      case .running: break
      case .restarting: entries[index].stage = .restarting(seq: step.outbox.next - 1)
      }
    }
  }

  /// The changes of which a new store has to be told.
  var memory: [RecoveryChange] {
    entries.compactMap { entry in
      guard case .running = entry.stage else { return nil }
      return .command(entry.command.id, operation: entry.command.order.kind)
    }
  }
}
