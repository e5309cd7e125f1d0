// The typed codes of a station, by access point, and what the service orders about them.
import StationProtocol
import Time

/// Each access point has a pool of its own: a code opens the door that it was made for.
struct CodePools: Equatable, Sendable {
  private let points: [AccessPointID]
  /// One for each of `points`.
  private var pools: [CodePool]

  init(_ points: [AccessPointID]) {
    self.points = points
    pools = points.map { _ in CodePool() }
  }

  var isEmpty: Bool { pools.allSatisfy(\.codes.isEmpty) }

  /// The code whose digits were typed at a reader; nil where nothing was typed, or no code.
  func find(_ attempt: EntryAttempt, at point: AccessPointID) -> KeptCode? {
    guard case .typed(let hash) = attempt, let index = points.firstIndex(of: point) else {
      return nil
    }
    return pools[index].find(hash)
  }

  /// The door was opened for what was shown: a typed code has one use fewer.
  mutating func use(
    _ credential: Credential, at point: AccessPointID, _ step: inout Step
  ) -> [RecoveryChange] {
    guard let id = credential.typed, let index = points.firstIndex(of: point),
      let change = pools[index].use(id)
    else { return [] }
    step.changedParts.insert(.codes)
    return [.typedCode(point, change)]
  }

  /// - Parameter time: nil where nobody knows how late it is.
  /// - Returns: why nothing was changed; nil where all is as ordered.
  mutating func set(
    _ code: TypedCode, at point: AccessPointID, _ time: WallTime?, _ step: inout Step
  ) -> OrderFault? {
    guard let index = points.firstIndex(of: point) else { return .noSuchPart }
    guard let changes = pools[index].set(code, at: time) else { return .poolFull }
    note(changes, at: point, &step)
    return nil
  }

  /// - Returns: why nothing was changed; nil where it was.
  mutating func remove(
    _ id: TypedCodeID, at point: AccessPointID, _ step: inout Step
  ) -> OrderFault? {
    guard let index = points.firstIndex(of: point) else { return .noSuchPart }
    guard let change = pools[index].remove(id) else { return .nothingToDo }
    note([change], at: point, &step)
    return nil
  }

  private func note(
    _ changes: [PoolChange], at point: AccessPointID, _ step: inout Step
  ) {
    guard !changes.isEmpty else { return }
    step.remember(changes.map { .typedCode(point, $0) }, .urgent)
    step.changedParts.insert(.codes)
  }

  // MARK: - Memory

  /// Codes of an access point that was taken away are left in the store and open nothing.
  mutating func boot(_ recovered: Recovered) {
    for known in recovered.typedCodes {
      if let index = points.firstIndex(of: known.accessPoint) { pools[index].recover(known.kept) }
    }
  }

  /// The changes of which a new store has to be told.
  var memory: [RecoveryChange] {
    zip(points, pools).flatMap { point, pool in
      pool.codes.map { .typedCode(point, .kept($0)) }
    }
  }

  func state(_ seq: UInt64, _ now: Now) -> CodesPayload {
    CodesPayload(
      seq: seq,
      codes: zip(points, pools).flatMap { point, pool in
        pool.codes.map { SetCode(point, $0.code.id, left: $0.left, until: $0.code.until) }
      }, at: now.wall)
  }
}
