// Commands and wishes, as the service follows them.
import StationProtocol
import Time

extension Management {
  /// Whether a command to this station can be sent at this moment.
  package func reaches(_ station: StationID) -> Bool {
    isLinkUp && commands.reaches(station)
      && stations[station].map { $0.isStatusCurrent && $0.status?.isOnline == true } == true
  }

  mutating func follow(_ event: CommandsEvent, _ now: Now) -> [ManagementEffect] {
    switch event {
    case .ordered(let command): return effects(of: commands.take(command, at: now))
    case .advanced(let command):
      return effects(of: commands.advanced(command, at: now)) + [.announce(command.station)]
    case .notAdvanced(let id, let station):
      commands.held(id, of: station, at: now.instant)
      return []
    case .wished(let station, let wish):
      life(station) { $0.wish = wish }
      return [.announce(station)] + (isLinkUp ? [.publishDesired(station, wish.desired)] : [])
    case .due: return effects(of: commands.pass(at: now.instant))
    }
  }

  func effects(of steps: [PendingCommands.Step]) -> [ManagementEffect] {
    steps.map { step in
      switch step {
      case .advance(let id, let station, let news): .advance(id, station, news)
      case .send(let station, let command): .send(station, command)
      }
    }
  }

  /// Says once more what is wanted: the broker may have forgotten it.
  func wishesAgain() -> [ManagementEffect] {
    stations.keys.sorted().compactMap { station in
      stations[station]?.wish.map { .publishDesired(station, $0.desired) }
    }
  }

  mutating func take(
    _ result: CommandResult, of station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    switch commands.hear(result, of: station) {
    case .steps(let steps): effects(of: steps)
    case .neverSent: disbelieve(ClaimReasons.command, of: station, now)
    }
  }

  /// The next wish is given a revision above the reported one, as a service that was restored from
  /// a backup has forgotten some. A station that claims a number without measure would use the
  /// numbers up.
  mutating func take(
    _ reported: ReportedConfiguration, of station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    let wanted = stations[station]?.wish?.desired.revision ?? 0
    guard reported.revision - wanted <= Wish.mostForgotten else {
      return disbelieve(ClaimReasons.configuration, of: station, now)
    }
    guard stations[station]?.reported != reported else { return [] }
    life(station) { $0.reported = reported }
    return [.announce(station)]
  }
}
