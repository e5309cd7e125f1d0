// Settings that people make at the service of a simulated fleet.
import ManagementCore
import StationProtocol

extension SimulatedManagement {
  /// Somebody sets what a facility decides. What was set before and is not among it goes.
  /// - Returns: what the station is to be; nil where the service is away, or does not take it.
  func set(_ sections: [SettingsSection], at station: StationID) -> WantedSettings? {
    guard isRunning else { return nil }
    let last = store.settings(of: station, before: nil, limit: 1).first
    let request = SettingsRequest(
      station, SettingsChange(from: last?.sections ?? [], to: sections),
      expected: last?.revision ?? 0, above: management.stations[station]?.reported?.revision ?? 0,
      reason: "simulated")
    let receipt = store.change(request, by: "dispatch", at: now) { SimulatedSeal.digest(of: $0) }
    guard case .wished(let wish) = receipt, let wanted = wish.desired.settings else {
      world.referee.complain("the service does not take settings: \(receipt)")
      return nil
    }
    world.referee.settings.gives(wanted)
    tell(.commands(.wished(station, wish)))
    return wanted
  }

  /// The settings that the service wants of a station, and what that one has said last.
  func settings(
    of station: StationID
  ) -> (wanted: WantedSettings?, reported: ReportedConfiguration?) {
    let wish = store.wishes()[station]
    return (wish?.desired.settings, management.stations[station]?.reported)
  }
}

extension SettingsChange {
  /// The change that leaves the second of the two.
  fileprivate init(from before: [SettingsSection], to after: [SettingsSection]) {
    var changes: [Section] = []
    for old in before {
      let new = after.first { $0.name == old.name && $0.argument == old.argument }
      let gone = old.values.filter { value in
        new?.values.contains { $0.key == value.key } != true
      }
      changes.append(
        Section(old.name, old.argument, new == nil ? nil : gone.map { Value($0.key, nil) }))
    }
    for new in after {
      changes.append(Section(new.name, new.argument, new.values.map { Value($0.key, $0.text) }))
    }
    self.init(changes)
  }
}
