// The commands that are under way, and the nonces by which they can be sent.
import StationProtocol
import Time

/// Decides when a command is sent, and when nothing is to be expected of it any more.
///
/// A command is signed for one nonce of its station and sent once. It is written down as sent before
/// it is: a service that dies in between leaves a command of which nobody knows, never one that is
/// sent a second time for another life of the station, which could carry it out twice.
package struct PendingCommands: Equatable, Sendable {
  /// How long the answer of a station may take beyond the time of its command.
  static let patience: Duration = .seconds(10)
  /// The same of a command that the station is carrying out.
  static let longPatience: Duration = .seconds(600)

  /// By their stations, in the order in which they were given.
  private var pending: [StationID: [Pending]] = [:]
  private var nonces: [StationID: Heard] = [:]

  /// An answer to what has come; all are carried out.
  enum Step: Equatable, Sendable {
    case advance(CommandID, StationID, CommandNews)
    case send(StationID, Command)
  }

  private struct Heard: Equatable, Sendable {
    let nonce: SessionNonce
    let at: Instant
  }

  private struct Pending: Equatable, Sendable {
    var command: OrderedCommand
    /// When it is too late to begin it.
    let expires: Instant
    var writing = Writing.idle
    /// The word of the station that was heard meanwhile and tells the most.
    var heard: CommandNews?
    /// When nothing is expected any more.
    var due: Instant
  }

  /// The state of a command's write to the store.
  private enum Writing: Equatable, Sendable {
    case idle
    /// Can become `idle` or `failed`.
    case under(CommandNews)
    /// Is told again from this moment on.
    case failed(CommandNews, until: Instant)
  }

  // MARK: - What comes

  /// A station told its nonce at this moment.
  mutating func hear(
    _ nonce: SessionNonce?, of station: StationID, at now: Instant
  ) -> [Step] {
    nonces[station] = nonce.map { Heard(nonce: $0, at: now) }
    guard nonce != nil else { return [] }
    return write(CommandNews(.sent), station) { $0.progress == .queued }
  }

  /// Nothing is heard of this station, or of any, for a while.
  mutating func lose(_ station: StationID) { nonces[station] = nil }
  mutating func loseAll() { nonces = [:] }

  /// Whether a command can be sent at this moment.
  package func reaches(_ station: StationID) -> Bool { nonces[station] != nil }

  /// A command is in the store, new or as one of those that a start has found.
  mutating func take(_ command: OrderedCommand, at now: Now) -> [Step] {
    guard !command.progress.isFinal else { return [] }
    let left = max(
      .zero,
      min(
        command.expires - now.wall, command.expires - command.orderedAt,
        .seconds(Int64(Command.longestLife))))
    let expires = now.instant + left
    pending[command.station, default: []].append(
      Pending(
        command: command, expires: expires,
        due: expires + (command.progress == .queued ? .zero : Self.patience)))
    if command.progress == .sent { return send(command.id, of: command.station, at: now) }
    guard reaches(command.station) else { return [] }
    return write(CommandNews(.sent), command.station) { $0.id == command.id }
  }

  /// A start has found these. One of another life of the store was perhaps given twice: nobody knows
  /// what has become of it, and it is not sent.
  mutating func boot(
    _ commands: [OrderedCommand], epoch: StoreEpoch?, at now: Now
  ) -> [Step] {
    var effects: [Step] = []
    for command in commands {
      let isOurs = epoch.map { command.id.text.hasPrefix("\($0)-") } ?? true
      var found = command
      // A command sent before this start, here or in another life, is not sent again: its nonce
      // is not known any more.
      if found.progress == .sent || (found.progress == .queued && !isOurs) {
        found.progress = .received
      }
      // A wall clock that was set back says nothing of how old it is.
      if now.wall < found.orderedAt { found.expires = found.orderedAt }
      _ = take(found, at: now)
      if !isOurs {
        effects += write(CommandNews(.unknown, .noAnswer), command.station) {
          $0.id == command.id
        }
      }
    }
    return effects
  }

  /// The station says how far a command has come. The store is asked for one step at a time, and
  /// not at all where the message tells nothing new.
  mutating func hear(_ result: CommandResult, of station: StationID) -> Hearing {
    guard let index = index(of: result.id, station), var one = pending[station]?[index] else {
      return .steps([])
    }
    guard one.command.progress != .queued else { return .neverSent }
    let news = CommandNews(result)
    guard one.command.isNews(news) else { return .steps([]) }
    if one.writing == .idle { return .steps(write(news, index, station)) }
    if news.isMore(than: one.heard) { one.heard = news }
    pending[station]?[index] = one
    return .steps([])
  }

  /// The consequence of a station's word on a command.
  enum Hearing: Equatable, Sendable {
    case steps([Step])
    /// Nobody has sent that command yet.
    case neverSent
  }

  /// The store has taken note of a step.
  mutating func advanced(_ command: OrderedCommand, at now: Now) -> [Step] {
    let station = command.station
    guard let index = index(of: command.id, station), var one = pending[station]?[index] else {
      return []
    }
    if command.progress.isFinal {
      pending[station]?.remove(at: index)
      if pending[station]?.isEmpty == true { pending[station] = nil }
      return []
    }
    let before = one.command.progress
    let heard = one.heard
    one.command = command
    one.writing = .idle
    one.heard = nil
    if command.progress != .running {
      one.due = one.expires + Self.patience
    } else if before != .running {
      one.due = now.instant + Self.longPatience
    }
    pending[station]?[index] = one
    var steps: [Step] = []
    if before == .queued, command.progress == .sent {
      steps = send(command.id, of: station, at: now)
    }
    if let heard, command.isNews(heard) { steps += write(heard, index, station) }
    return steps
  }

  /// The store could not take note of a step, which is tried again after a while.
  mutating func held(_ id: CommandID, of station: StationID, at now: Instant) {
    guard let index = index(of: id, station),
      case .under(let news) = pending[station]?[index].writing
    else { return }
    pending[station]?[index].writing = .failed(news, until: now + Self.patience)
  }

  /// Time has passed.
  mutating func pass(at now: Instant) -> [Step] {
    pending.keys.sorted().flatMap { station in
      (pending[station]?.indices ?? 0..<0).flatMap { pass(at: now, $0, station) }
    }
  }

  private mutating func pass(
    at now: Instant, _ index: Int, _ station: StationID
  ) -> [Step] {
    guard let one = pending[station]?[index] else { return [] }
    if case .failed(let news, let until) = one.writing {
      guard until <= now else { return [] }
      let isTooLate = news.progress == .sent && (one.expires <= now || !reaches(station))
      if !isTooLate { return write(news, index, station) }
      pending[station]?[index].writing = .idle
    } else if one.writing != .idle {
      return []
    }
    guard one.due <= now else { return [] }
    return write(
      one.command.progress == .queued ? CommandNews(.expired) : CommandNews(.unknown, .noAnswer),
      index, station)
  }

  package var deadline: Instant? {
    pending.values.lazy.flatMap { $0 }.compactMap { one in
      switch one.writing {
      case .idle: one.due
      case .under: nil
      case .failed(_, let until): until
      }
    }.min()
  }

  // MARK: - Steps

  private func index(of id: CommandID, _ station: StationID) -> Int? {
    pending[station]?.firstIndex { $0.command.id == id }
  }

  private mutating func write(
    _ news: CommandNews, _ index: Int, _ station: StationID
  ) -> [Step] {
    guard let id = pending[station]?[index].command.id else { return [] }
    pending[station]?[index].writing = .under(news)
    return [.advance(id, station, news)]
  }

  private mutating func write(
    _ news: CommandNews, _ station: StationID, where isMeant: (OrderedCommand) -> Bool
  ) -> [Step] {
    (pending[station]?.indices ?? 0..<0).flatMap { index in
      guard let one = pending[station]?[index], one.writing == .idle, isMeant(one.command) else {
        return [Step]()
      }
      return write(news, index, station)
    }
  }

  /// Has a command signed and sent, unless the station is lost or its time is over since.
  private func send(
    _ id: CommandID, of station: StationID, at now: Now
  ) -> [Step] {
    guard let heard = nonces[station],
      let one = pending[station]?.first(where: { $0.command.id == id }),
      one.expires > now.instant
    else { return [] }
    return [
      .send(
        station,
        Command(
          id, one.command.order, by: one.command.actor, life: one.expires - now.instant,
          nonce: heard.nonce, age: now.instant - heard.at))
    ]
  }
}
