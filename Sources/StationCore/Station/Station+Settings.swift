// How what a facility decides comes to hold in every room at once, while the station works.
import StationProtocol

extension Station {
  /// Follows the trial of settings.
  mutating func passSettings(_ around: Surroundings, _ step: inout Step) {
    guard let deadline = wishes.deadline, deadline <= step.now.instant else { return }
    follow(wishes.pass(configuration.book, around, &step), &step)
    wishes.publish(around, &step)
  }

  /// All rooms change in one step: no event comes between two of them.
  mutating func follow(_ change: SettingsTrial.Change, _ step: inout Step) {
    guard case .adopt(let facility) = change else { return }
    configuration = configuration.adopting(facility)
    admission.adopt(configuration.entry)
    headcount.adopt(
      configuration.entry.capacity, isFollowed: configuration.entry.antiPassback != .off, &step)
    doors.adopt(configuration.accessPoints)
    climate.adopt(configuration.sensors)
    if let policy = configuration.vending { vending?.adopt(policy, &step) }
    step.changedParts.formUnion([.occupancy, .vending, .climate])
  }
}
