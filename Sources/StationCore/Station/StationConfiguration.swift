// A station as it is configured: the board, which is fixed while the daemon runs, and what its
// facility decides.
import StationProtocol
import Time

/// The station as it is configured.
package struct StationConfiguration: Equatable, Sendable {
  /// The software's version, for the record of the start.
  package var version: String
  /// The zone of its place, for the service; its own days go by the offset of the moment.
  package var zone: ZoneName?
  /// 1 to 4, in the order of their numbers.
  package var accessPoints: [AccessPointConfiguration]
  package var entry: EntryPolicy
  package var occupancy: OccupancyPolicy
  package var clock: ClockTrust.Policy
  package var outbox: OutboxLimits
  package var fire: FirePolicy
  /// In the order of their words, each once.
  package var relays: [RelayConfiguration]
  package var sensors: SensorPolicy
  /// nil where the station has no exchange machine.
  package var vending: VendingPolicy?
  package var commands: CommandPolicy
  /// The board's file, as far as the service may set what it says.
  package var book: SettingsBook

  /// - Parameter book: nil where the service sets nothing here.
  package init(
    version: String, accessPoints: [AccessPointConfiguration], entry: EntryPolicy = EntryPolicy(),
    occupancy: OccupancyPolicy = OccupancyPolicy(), clock: ClockTrust.Policy = .require,
    outbox: OutboxLimits = OutboxLimits(), fire: FirePolicy = FirePolicy(),
    relays: [RelayConfiguration] = [], sensors: SensorPolicy = SensorPolicy(),
    vending: VendingPolicy? = nil, commands: CommandPolicy = CommandPolicy(),
    book: SettingsBook? = nil
  ) {
    precondition((1...AccessPointID.most).contains(accessPoints.count), "1 to 4 access points")
    self.version = version
    self.accessPoints = accessPoints.sorted { $0.id < $1.id }
    self.entry = entry
    self.occupancy = occupancy
    self.clock = clock
    self.outbox = outbox
    self.fire = fire
    self.relays = relays.sorted { $0.relay.rawValue < $1.relay.rawValue }
    self.sensors = sensors
    self.vending = vending
    self.commands = commands
    self.book = book ?? SettingsBook([], on: BoardFacts())
  }

  /// The capabilities of a station of this configuration, in the order of their words.
  package var capabilities: [Capability] {
    var capabilities: [Capability] = [.entry, .occupancy]
    if !relays.isEmpty { capabilities.append(.relays) }
    if sensors.sensors.contains(where: { $0.kind == .thermometer }) {
      capabilities.append(.climate)
    }
    if sensors.sensors.contains(where: { $0.kind == .meter }) { capabilities.append(.energy) }
    if vending != nil { capabilities.append(.exchange) }
    return capabilities.sorted()
  }
}
