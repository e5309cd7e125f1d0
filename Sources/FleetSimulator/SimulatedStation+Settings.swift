// Faults that are aimed at a simulated station while it tries settings, and bugs in its taking.
import StationCore
import StationProtocol

/// The settings that a station with a planted bug has heard, and what it takes them for.
struct SettingsBug {
  /// The revisions that the core is told, with the true ones.
  var names: [Int64: Int64] = [:]
  /// The highest number of all messages.
  var newest: Int64 = 0
  var newestTaken: Int64 = 0
  var givenUp: Set<Int64> = []
}

extension SimulatedStation {
  /// Everything that may go wrong while settings are on trial.
  func aimAtTrial() {
    if world.strikes(.cutOnTrial, onceIn: 3) { endSuddenly(within: 0...70_000) }
    if world.strikes(.machineSilent, onceIn: 8) {
      let outage = world.delay(5000...120_000)
      world.after(world.delay(0...60_000)) { [unowned self] in line?.die(for: outage) }
    }
    if world.strikes(.readerLost, onceIn: 8) {
      let door = doors[0]
      let outage = world.delay(5000...120_000)
      world.after(world.delay(0...60_000)) { [unowned self] in
        guard world.phase == .faults else { return }
        door.setReader(connected: false)
        world.after(outage) { door.setReader(connected: true) }
      }
    }
  }

  // MARK: - Planted bugs

  /// The wish of the service, as a station with a planted bug takes it.
  func alter(_ desired: DesiredConfiguration) -> DesiredConfiguration {
    guard let settings = desired.settings else { return desired }
    var desired = desired
    defer { settingsBug.newest = max(settingsBug.newest, settings.revision, desired.revision) }
    switch world.mutation {
    case .settingsOlder where settings.revision < settingsBug.newestTaken: break
    case .settingsAgain where settingsBug.givenUp.contains(settings.revision): break
    case .settingsHalved:
      if settings.sections.count > 1 { desired.settings?.sections.removeLast() }
      return desired
    default: return desired
    }
    let name = settingsBug.newest + 1
    settingsBug.names[name] = settings.revision
    desired.revision = name
    desired.settings?.revision = name
    return desired
  }

  func alterSettings(_ effects: inout [Effect], _ mutation: PlantedBug) {
    for (place, effect) in effects.enumerated() {
      switch effect {
      case .store(.journal(var entry)):
        guard case .configuration(let record) = entry.record.body else { continue }
        entry.record.body = .configuration(altered(record))
        if mutation == .settingsForgotten {
          entry.changes.removeAll { if case .settings = $0 { true } else { false } }
        }
        effects[place] = .store(.journal(entry))
      case .command(.publishReported(var reported)):
        if let held = reported.settings.inForce, let name = settingsBug.names[held.revision] {
          reported.settings.inForce?.revision = name
        }
        effects[place] = .command(.publishReported(reported))
      default: continue
      }
    }
  }

  private func altered(_ record: ConfigurationRecord) -> ConfigurationRecord {
    switch record {
    case .taken(let revision):
      settingsBug.newestTaken = revision
      return .taken(revision: settingsBug.names[revision] ?? revision)
    case .setBack(let revision, _, let cause) where cause != .refused:
      settingsBug.givenUp.insert(revision)
      let isKept = world.mutation == .settingsKept && cause == .unwell
      return isKept ? .confirmed(revision: revision) : record
    default: return record
    }
  }
}

extension [Effect] {
  /// Whether settings are taken among them.
  var takesSettings: Bool {
    contains {
      guard case .store(.journal(let entry)) = $0,
        case .configuration(.taken) = entry.record.body
      else { return false }
      return true
    }
  }
}
