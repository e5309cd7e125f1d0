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
    /// The store was told of a step that it has not answered.
    var isBeingMoved = false
    /// When nothing is expected any more.
    var due: Instant
  }

  // MARK: - What comes

  /// A station told its nonce at this moment.
  mutating func hear(
    _ nonce: SessionNonce?, of station: StationID, at now: Instant
  ) -> [Step] {
    nonces[station] = nonce.map { Heard(nonce: $0, at: now) }
    guard nonce != nil else { return [] }
    return move(station) {
      $0.command.progress == .queued
    } with: { _ in
      CommandNews(.sent)
    }
  }

  /// Nothing is heard of this station, or of any, for a while.
  mutating func lose(_ station: StationID) { nonces[station] = nil }
  mutating func loseAll() { nonces = [:] }

  /// Whether a command can be sent at this moment.
  package func reaches(_ station: StationID) -> Bool { nonces[station] != nil }

  /// A command is in the store, new or as one of those that a start has found.
  mutating func take(_ command: OrderedCommand, at now: Now) -> [Step] {
    guard !command.progress.isFinal else { return [] }
    let left = min(
      max(command.expires - now.wall, .zero), .seconds(Int64(Command.longestLife)))
    let expires = now.instant + left
    pending[command.station, default: []].append(
      Pending(
        command: command, expires: expires,
        due: expires + (command.progress == .queued ? .zero : Self.patience)))
    if command.progress == .sent { return send(command.id, of: command.station, at: now) }
    guard reaches(command.station) else { return [] }
    return move(command.station) {
      $0.command.id == command.id
    } with: { _ in
      CommandNews(.sent)
    }
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
      // What was sent before this start is not sent again: its nonce is not known any more.
      if found.progress == .sent { found.progress = .received }
      _ = take(found, at: now)
      if !isOurs {
        effects += move(command.station) {
          $0.command.id == command.id
        } with: { _ in
          CommandNews(.unknown, .noAnswer)
        }
      }
    }
    return effects
  }

  /// The station says how far a command has come.
  mutating func hear(
    _ result: CommandResult, of station: StationID
  ) -> [Step] {
    guard pending[station]?.contains(where: { $0.command.id == result.id }) == true else {
      return []
    }
    return [.advance(result.id, station, CommandNews(result))]
  }

  /// The store has taken note of a step.
  mutating func advanced(_ command: OrderedCommand, at now: Now) -> [Step] {
    let station = command.station
    guard var all = pending[station],
      let index = all.firstIndex(where: { $0.command.id == command.id })
    else { return [] }
    if command.progress.isFinal {
      all.remove(at: index)
      pending[station] = all.isEmpty ? nil : all
      return []
    }
    let before = all[index].command.progress
    all[index].command = command
    all[index].isBeingMoved = false
    all[index].due =
      command.progress == .running
      ? now.instant + Self.longPatience : all[index].expires + Self.patience
    pending[station] = all
    guard before == .queued, command.progress == .sent else { return [] }
    return send(command.id, of: station, at: now)
  }

  /// The store could not take note of a step, which is due again after a while.
  mutating func held(_ id: CommandID, of station: StationID, at now: Instant) {
    guard let index = pending[station]?.firstIndex(where: { $0.command.id == id }) else { return }
    pending[station]?[index].isBeingMoved = false
    pending[station]?[index].due = now + Self.patience
  }

  /// Time has passed.
  mutating func pass(at now: Instant) -> [Step] {
    pending.keys.sorted().flatMap { station in
      move(station) {
        $0.due <= now
      } with: {
        $0.command.progress == .queued
          ? CommandNews(.expired) : CommandNews(.unknown, .noAnswer)
      }
    }
  }

  package var deadline: Instant? {
    pending.values.lazy.flatMap { $0 }.filter { !$0.isBeingMoved }.map(\.due).min()
  }

  // MARK: - Steps

  private mutating func move(
    _ station: StationID, where isMeant: (Pending) -> Bool, with news: (Pending) -> CommandNews
  ) -> [Step] {
    var effects: [Step] = []
    for index in pending[station]?.indices ?? 0..<0 {
      guard let one = pending[station]?[index], !one.isBeingMoved, isMeant(one) else { continue }
      pending[station]?[index].isBeingMoved = true
      effects.append(.advance(one.command.id, station, news(one)))
    }
    return effects
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
