// What the station's configuration file says, as the daemon needs it.
import Configuration
import GPIO
import Linux
import MemberCode
import MQTT
import StationCore
import StationProtocol
import Time

/// A complete and consistent configuration of stationd.
package struct StationSettings: Equatable, Sendable {
  package var station: StationID
  package var core: StationConfiguration
  package var storePath: String
  package var issuers: [IssuerSettings]
  package var members: MemberFileSettings
  /// As the C library knows it; nil for the machine's own.
  package var timeZone: String?
  package var readers: [ReaderSettings]
  package var counters: [CounterSettings]
  package var sensors: SensorSettings
  /// nil where the station has no exchange machine.
  package var machine: MachineSettings?
  package var board: BoardSettings
  /// The keys of the service that this station obeys.
  package var serviceKeys: [ServiceKeySettings]
  package var supportPath: String
  package var broker: BrokerSettings
  /// How each lock hangs on its relay.
  package var strikes: [AccessPointID: StrikeWiring]
  /// Outputs that may carry current for so long at a stretch, whatever becomes of this program.
  package var pulses: [BoardLine: Duration]
  /// What the outputs are driven to while nobody decides about them.
  package var safe: SafeStates

  /// Reads a configuration file.
  /// - Throws: every problem that it has.
  package static func read(
    _ bytes: [UInt8], version: String
  ) throws(ConfigurationError) -> StationSettings {
    let file = INI(bytes)
    let (configuration, problems) = table.survey(file)
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    var reader = SettingsReader(configuration: configuration, of: file, version: version)
    guard let settings = reader.build(SafeStates(bytes)), reader.problems.isEmpty else {
      throw ConfigurationError(reader.problems)
    }
    return settings
  }
}

extension SettingsReader {
  fileprivate mutating func serviceKeys() -> [ServiceKeySettings] {
    let keys = ServiceKeySettings.read(configuration)
    if keys.count > ServiceKeySet.most {
      fail(nil, "more than \(ServiceKeySet.most) [service-key NAME] sections")
    }
    return keys
  }

  fileprivate mutating func build(_ safe: SafeStates) -> StationSettings? {
    // The wires of doors come first: of two that name a pin the other one is the mistake.
    let board = board()
    let fire = firePolicy()
    let points = accessPoints()
    let readers = readers(points.map(\.id))
    let counters = counters(points.map(\.id))
    let sensors = sensors()
    let occupancy = occupancyPolicy()
    let store = configuration.section("store")
    let serviceKeys = serviceKeys()
    let machine = machine()
    var entry = EntrySettings(configuration, points.map(\.id))
    entry.checkReaders(readers)
    let timeZone = entry.timeZone()
    let book = SettingsBook(
      file.sections, on: facts(points, readers, board, interlock: entry.interlock()))
    add(entry.problems)
    let facility = facility(book)
    guard let id = StationID(configuration.section("station").text("id")),
      let board, let (sensors, sensorPolicy) = sensors, let facility, problems.isEmpty
    else { return nil }
    var core = StationConfiguration(
      version: version, accessPoints: points, occupancy: occupancy,
      clock: ClockTrust.Policy(rawValue: configuration.section("clock").text("trust")) ?? .require,
      outbox: OutboxLimits(mostRecords: UInt64(store.integer("most-records"))),
      fire: fire, relays: relays(), sensors: sensorPolicy,
      vending: machine.map {
        VendingPolicy(
          slots: facility.goods.slots, timing: $0.timing,
          ordersAreRepeatable: $0.machine.driver.ordersAreRepeatable)
      }, book: book)
    core = core.adopting(facility)
    let commands = configuration.section("commands")
    core.commands = CommandPolicy(
      isPinned: !serviceKeys.isEmpty, longestFreeAccess: commands.duration("longest-free-access"))
    core.zone = timeZone.map { ZoneName($0) } ?? nil
    return StationSettings(
      station: id, core: core, storePath: store.text("path"),
      issuers: IssuerSettings.read(configuration),
      members: entry.members, timeZone: timeZone, readers: readers, counters: counters,
      sensors: sensors, machine: machine?.machine, board: board, serviceKeys: serviceKeys,
      supportPath: commands.text("support-file"),
      broker: BrokerSettings(configuration.section("broker")),
      strikes: strikes(), pulses: pulses(), safe: safe)
  }

  /// The parts of the board on which a facility's settings depend.
  /// - Parameter board: nil where its wires cannot be read.
  private func facts(
    _ points: [AccessPointConfiguration], _ readers: [ReaderSettings], _ board: BoardSettings?,
    interlock: Interlock?
  ) -> BoardFacts {
    BoardFacts(
      points: points.map { point in
        var tellsDirection = true
        if case .chip(let wires, _)? = board {
          let kinds = wires.filter { $0.line.accessPoint == point.id.number }.map(\.line.kind)
          tellsDirection = kinds.contains(.outerBeam) && kinds.contains(.innerBeam)
        }
        return BoardFacts.Point(
          point.id, access: point.timing.access, canStayReleased: point.lock.canStayReleased,
          tellsDirection: tellsDirection,
          hasExitReader: readers.contains {
            $0.accessPoint == point.id && $0.direction == .outward
          })
      },
      audiences: [configuration.section("station").text("id")], interlock: interlock,
      hasMemberList: configuration.section("members").optionalText("list") != nil,
      hasMachine: MachineDriver(rawValue: configuration.section("machine").text("driver")) != nil,
      sensors: configuration.sections("thermometer").compactMap { section in
        section.argument.flatMap { SensorID($0) }.map { id in
          BoardFacts.Sensor(
            id, KernelChannel.all.filter { section.boolean($0.key) }.map(\.quantity))
        }
      })
  }

  /// The facility as the file alone decides it.
  private mutating func facility(_ book: SettingsBook) -> Facility? {
    switch book.facility() {
    case .facility(let facility): return facility
    case .problems(let found):
      for problem in found {
        var line: Int?
        if case .file(let number)? = problem.place?.source { line = number }
        fail(line, problem.message)
      }
      return nil
    }
  }
}
