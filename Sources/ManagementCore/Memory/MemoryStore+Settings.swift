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
}
