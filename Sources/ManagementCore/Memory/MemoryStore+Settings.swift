// Settings, as the store in memory keeps them.
import StationProtocol
import Time

extension MemoryStore {
  package func change(
    _ request: SettingsRequest, by actor: String, at now: Now, digest: SettingsDigest
  ) -> SettingsReceipt {
    switch ground(of: request.station).judge(request, by: actor, at: now, digest) {
    case .receipt(let receipt): return receipt
    case .next(let next):
      write(next, of: request.station)
      return .wished(next.wish)
    }
  }

  package func reprice(
    _ stations: [StationID: Int64], by actor: String, at now: Now, digest: SettingsDigest
  ) -> [(station: StationID, wish: Wish)] {
    stations.sorted { $0.key < $1.key }.compactMap { station, reported in
      guard
        let next = ground(of: station).repriced(above: reported, by: actor, at: now, digest)
      else { return nil }
      write(next, of: station)
      return (station, next.wish)
    }
  }

  package func settings(
    of station: StationID, before: Int64?, limit: Int
  ) -> [StationSettings] {
    let end = before ?? .max
    let older = (settingsOfStations[station] ?? []).filter { $0.revision < end }
    return Array(older.reversed().prefix(limit))
  }

  private func ground(of station: StationID) -> SettingsGround {
    SettingsGround(
      settings: settingsOfStations[station]?.last, wish: wishesOfStations[station],
      prices: prices(of: station))
  }

  private func write(_ next: SettingsGround.Next, of station: StationID) {
    if registrations[station] == nil { registrations[station] = StationNames(station) }
    let before = settingsOfStations[station]?.last?.sections ?? []
    settingsOfStations[station, default: []].append(next.settings)
    wishesOfStations[station] = next.wish
    book.note(.settings(next.settings, after: before, of: station))
  }

  // MARK: - Roll-outs

  package func draft(
    _ change: SettingsChange, for waves: [[StationID]], key: OrderKey, reason: String,
    by actor: String, at now: Now
  ) -> RolloutReceipt {
    if let index = rolloutKeys[key] {
      let known = allRollouts[index]
      return known.isSame(change, waves, reason) ? .drafted(known, isNew: false) : .conflict
    }
    let rollout = SettingsRollout(
      id: Int64(allRollouts.count + 1), change, waves: waves, reason: reason, actor: actor,
      at: now.wall)
    rolloutKeys[key] = allRollouts.count
    allRollouts.append(rollout)
    book.note(.rollout(rollout, by: actor, at: now.wall))
    return .drafted(rollout, isNew: true)
  }

  package func sendWave(
    of id: Int64, above reported: [StationID: Int64], at now: Now, digest: SettingsDigest
  ) -> SentWave? {
    guard let index = allRollouts.firstIndex(where: { $0.id == id && $0.state == .running }) else {
      return nil
    }
    var rollout = allRollouts[index]
    let asked = rollout
    let orders = rollout.sendNext { station in
      let current = settingsOfStations[station]?.last?.revision ?? 0
      let receipt = self.change(
        SettingsRequest(
          station, asked.change, expected: current, above: reported[station] ?? 0,
          reason: asked.reason), by: asked.actor, at: now, digest: digest)
      return (receipt, settingsOfStations[station]?.last?.revision ?? 0)
    }
    allRollouts[index] = rollout
    return SentWave(rollout, orders)
  }

  package func decide(
    _ id: Int64, _ decision: RolloutDecision, by actor: String, at now: Now
  ) -> (rollout: SettingsRollout, isChanged: Bool)? {
    guard let index = allRollouts.firstIndex(where: { $0.id == id }) else { return nil }
    let isChanged = allRollouts[index].decide(decision, by: actor)
    if isChanged { book.note(.rollout(allRollouts[index], by: actor, at: now.wall)) }
    return (allRollouts[index], isChanged)
  }

  package func halt(
    _ id: Int64, _ halt: SettingsRollout.Halt, at now: Now
  ) -> SettingsRollout? {
    guard let index = allRollouts.firstIndex(where: { $0.id == id }) else { return nil }
    if allRollouts[index].move(to: .stopped, halt) {
      book.note(.rollout(allRollouts[index], by: "service", at: now.wall))
    }
    return allRollouts[index]
  }

  package func rollouts(before: Int64?, limit: Int) -> [SettingsRollout] {
    let end = before ?? .max
    return Array(allRollouts.reversed().lazy.filter { $0.id < end }.prefix(limit))
  }

  package func rollout(_ id: Int64) -> SettingsRollout? { allRollouts.first { $0.id == id } }

  package func runningRollouts() -> [SettingsRollout] {
    allRollouts.filter { $0.state == .running }
  }
}
