// Commands and wishes in plain collections.
import StationProtocol
import Time

extension MemoryStore {
  package func order(
    _ request: CommandRequest, epoch: StoreEpoch, isSent: Bool, by actor: String, at now: Now
  ) -> CommandReceipt {
    if let known = commandKeys[request.key] {
      let command = commands[known]
      return command.station == request.station && command.order == request.order
        ? .ordered(command, isNew: false) : .conflict
    }
    commandKeys[request.key] = commands.count
    let command = OrderedCommand(
      id: CommandID(epoch: epoch, number: Int64(commands.count) + 1), station: request.station,
      order: request.order, actor: actor, orderedAt: now.wall, expires: now.wall + request.life,
      progress: isSent ? .sent : .queued, sentAt: isSent ? now.wall : nil)
    commands.append(command)
    book.note(.command(command))
    return .ordered(command, isNew: true)
  }

  package func advance(
    _ id: CommandID, of station: StationID, _ news: CommandNews, at now: Now
  ) -> OrderedCommand? {
    guard
      let index = commands.firstIndex(where: { $0.id == id && $0.station == station }),
      commands[index].advance(news, at: now.wall)
    else { return nil }
    return commands[index]
  }

  package func wish(
    lockDown: Bool, of station: StationID, above reported: Int64, reason: String,
    by actor: String, at now: Now
  ) -> Wish {
    if registrations[station] == nil { registrations[station] = StationNames(station) }
    let last = wishesOfStations[station]?.desired.revision ?? 0
    let settings = wishesOfStations[station]?.desired.settings
    let wish = Wish(
      DesiredConfiguration(
        revision: max(last, reported) + 1, isLockedDown: lockDown, settings: settings),
      actor: actor, reason: reason, at: now.wall)
    wishesOfStations[station] = wish
    book.note(.wish(wish, of: station))
    return wish
  }

  package func command(_ id: CommandID) -> OrderedCommand? { commands.first { $0.id == id } }

  package func commands(
    of station: StationID, before: CommandID?, limit: Int
  ) -> [OrderedCommand] {
    let end = before.flatMap { id in commands.firstIndex { $0.id == id } } ?? commands.count
    return Array(commands[..<end].reversed().lazy.filter { $0.station == station }.prefix(limit))
  }

  package func openCommands() -> [OrderedCommand] { commands.filter { !$0.progress.isFinal } }

  package func wishes() -> [StationID: Wish] { wishesOfStations }
}

extension MemoryIngest {
  func advance(
    _ id: CommandID, of station: StationID, _ news: CommandNews, at now: Now
  ) -> OrderedCommand? {
    store.advance(id, of: station, news, at: now)
  }
}
