// Typed codes in plain collections.
import StationProtocol
import Time

extension MemoryStore {
  /// A code by its commands.
  struct KeptCode {
    let id: TypedCodeID
    let station: StationID
    let setting: CommandID
    var removal: CommandID?
  }

  package func setCode(
    _ request: TypedCodeRequest, epoch: StoreEpoch, isSent: Bool, by actor: String, at now: Now
  ) -> CodeReceipt {
    if let known = commandKeys[request.key].map({ commands[$0].id }) {
      guard let place = typedCodes.firstIndex(where: { $0.setting == known }),
        let code = code(at: place), code.isMeant(by: request)
      else { return .conflict }
      return .ordered(code, isNew: false)
    }
    guard place(of: request.code.id, at: request.station) == nil,
      case .ordered(let command, _) = order(
        request.command, epoch: epoch, isSent: isSent, by: actor, at: now)
    else { return .conflict }
    typedCodes.append(
      KeptCode(id: request.code.id, station: request.station, setting: command.id))
    return StationCode(command).map { .ordered($0, isNew: true) } ?? .conflict
  }

  package func removeCode(
    _ id: TypedCodeID, of station: StationID, life: Duration, key: OrderKey, epoch: StoreEpoch,
    isSent: Bool, by actor: String, at now: Now
  ) -> CodeReceipt? {
    guard let place = place(of: id, at: station), let code = code(at: place) else { return nil }
    if code.isRemoved || code.removal?.progress.isFinal == false {
      return .ordered(code, isNew: false)
    }
    let request = CommandRequest(
      station, .entry(.removeCode(code.accessPoint, id)), life: life, key: key)
    guard
      case .ordered(let command, true) = order(
        request, epoch: epoch, isSent: isSent, by: actor, at: now)
    else { return .conflict }
    typedCodes[place].removal = command.id
    return StationCode(code.setting, removal: command).map { .ordered($0, isNew: true) }
  }

  package func codes(of station: StationID, limit: Int) -> [StationCode] {
    Array(
      typedCodes.indices.reversed().lazy.filter { self.typedCodes[$0].station == station }
        .compactMap { self.code(at: $0) }.prefix(limit))
  }

  package func code(_ id: TypedCodeID, of station: StationID) -> StationCode? {
    place(of: id, at: station).flatMap { code(at: $0) }
  }

  private func place(of id: TypedCodeID, at station: StationID) -> Int? {
    typedCodes.firstIndex { $0.id == id && $0.station == station }
  }

  private func code(at place: Int) -> StationCode? {
    let kept = typedCodes[place]
    return command(kept.setting).flatMap { setting in
      StationCode(setting, removal: kept.removal.flatMap { command($0) })
    }
  }
}
