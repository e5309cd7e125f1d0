// Judges a run from outside: it sees effects, disks, what left a station, and the service's store.
import StationCore
import StationProtocol
import Time

/// Something that may not happen.
package struct Violation: Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// Something wrong happened.
    case wrong
    /// Something did not finish although nothing hindered it any more.
    case stuck
  }

  package let kind: Kind
  package let description: String
}

/// The checkers of one run. They share no code with the decisions they check.
final class Referee {
  private(set) var violation: Violation?
  private var doors: [DoorChecker]
  private var counts: [CountChecker]
  private(set) var delivery: DeliveryChecker
  private(set) var exchanges: ExchangeChecker
  var ledger = LedgerChecker()
  var commands: CommandChecker
  var typedCodes = TypedCodeChecker()
  var settings: SettingsChecker
  /// The ends of exchanges that a station's disk still has, acknowledged or not.
  var kept: ((Int) -> [KeptEnd])?
  private var forgottenEnds: [ExchangeID: ForgottenEnd] = [:]

  private struct ForgottenEnd {
    var station: Int
    var stream: StreamID
    var seq: UInt64
  }

  init(stations: Int) {
    doors = (0..<stations).map { DoorChecker(station: $0) }
    counts = Array(repeating: CountChecker(), count: stations)
    delivery = DeliveryChecker(stations: stations)
    exchanges = ExchangeChecker(stations: stations)
    commands = CommandChecker(stations: stations)
    settings = SettingsChecker(stations: stations)
  }

  /// Records the first thing that is wrong.
  func complain(_ text: String?, _ kind: Violation.Kind = .wrong) {
    if let text, violation == nil { violation = Violation(kind: kind, description: text) }
  }

  // MARK: - What is seen of a station

  func configure(_ station: Int, _ configuration: StationConfiguration) {
    doors[station].configure(configuration)
    settings.configure(station, configuration)
  }

  func step(_ station: Int, _ event: Event, _ effects: [Effect], at now: Instant) {
    // A hand at the key may say that an earlier time is right; a clock by itself may not.
    if case .entry(.maintenanceChanged(isOn: true)) = event {
      doors[station].clockAccepted()
      exchanges.clockAccepted(station)
    }
    complain(doors[station].step(event, effects, at: now))
    counts[station].step(effects)
    complain(exchanges.step(station, event, effects, at: now))
    complain(commands.step(station, effects, at: now))
    complain(typedCodes.step(station, effects))
    complain(settings.step(station, event, effects, at: now))
    for slot in settings.moved { exchanges.slotTouched(station, slot) }
  }

  /// The daemon is dead in mid-sentence.
  /// - Parameter isPowerLost: or else the computer and its machine live on.
  func cut(_ station: Int, _ disk: SimulatedDisk, isPowerLost: Bool, at now: Instant) {
    complain(doors[station].powerCut(slow: disk.isSlow, until: disk.slowUntil, at: now))
    counts[station].ended(durable: disk.image.next - 1)
    settings.cut(station)
    exchanges.stopped(station, at: now)
    if isPowerLost { exchanges.powerCut(station) }
  }

  func stopped(_ station: Int, at now: Instant) {
    complain(doors[station].stopped(at: now))
    settings.stopped(station)
    exchanges.stopped(station, at: now)
  }

  func started(_ station: Int, at now: Instant) {
    exchanges.started(station, at: now)
    settings.started(station, at: now)
  }

  func storeMade(_ station: Int, _ stream: StreamID) { delivery.storeMade(station, stream) }

  /// - Parameter isRenewed: the store goes on with all that it had, under another name.
  func storeLost(_ station: Int, _ stream: StreamID, isRenewed: Bool = false) {
    delivery.storeLost(station, stream)
    doors[station].storeLost()
    counts[station].isKept = false
    exchanges.storeLost(station, stream)
    commands.storeLost(station)
    if !isRenewed { settings.storeLost(station) }
  }

  func durable(_ station: Int, _ stream: StreamID, _ seq: UInt64, _ row: [UInt8]) {
    complain(delivery.durable(station, stream, seq, row))
    complain(doors[station].durable(seq, row))
    if CommandChecker.isOfCommand(row) { commands.durable(row) }
    if TypedCodeChecker.isOfTypedCode(row) { complain(typedCodes.durable(station, row)) }
    if SettingsChecker.isOfSettings(row) { settings.durable(station, seq, row) }
    guard Self.isOfMachine(row), let record = try? Record(json: row) else { return }
    complain(exchanges.durable(station, stream, seq, record.body))
  }

  /// Most records are not, and need not be read.
  static func isOfMachine(_ row: [UInt8]) -> Bool {
    // As in `"kind":"exchange-ended"` and `"kind":"slot-counted"`.
    let key = StaticString("\"kind\":\"")
    return row.withUnsafeBufferPointer { bytes in
      key.withUTF8Buffer { key in
        var place = 0
        let last = bytes.count - key.count - 2
        while place < last {
          if bytes[place] == key[0], bytes[place + 1] == key[1],
            (2..<key.count).allSatisfy({ bytes[place + $0] == key[$0] })
          {
            let (first, second) = (bytes[place + key.count], bytes[place + key.count + 1])
            return (first == UInt8(ascii: "e") && second == UInt8(ascii: "x"))
              || (first == UInt8(ascii: "s") && second == UInt8(ascii: "l"))
          }
          place += 1
        }
        return false
      }
    }
  }

  func sent(_ station: Int, _ stream: StreamID, _ first: UInt64, _ rows: [[UInt8]]) {
    for (offset, row) in rows.enumerated() {
      complain(delivery.sent(station, stream, first + UInt64(offset), row))
    }
  }

  // MARK: - What is seen of machines

  func machineTurned(_ station: Int, _ slot: SlotID, _ serial: UInt8) {
    complain(exchanges.turned(station, slot, serial))
  }

  func machineLies(_ station: Int, _ serial: UInt8, _ lie: SimulatedMachine.Lie) {
    exchanges.lies(station, serial, lie)
  }

  func articleFell(_ station: Int, _ slot: SlotID, _ serial: UInt8) {
    complain(exchanges.fell(station, serial))
  }

  func machineLostPower(_ station: Int) { exchanges.excuse(station, .machinePower) }
  func machineFellSilent(_ station: Int) { exchanges.excuse(station, .machineSilent) }
  func slotTouched(_ station: Int, _ slot: SlotID) { exchanges.slotTouched(station, slot) }

  // MARK: - What is seen of the service

  /// A record that the service had, and may have acknowledged, is not in its store any more.
  func serviceForgot(_ station: Int, _ stream: StreamID, _ seq: UInt64, _ row: [UInt8]) {
    delivery.forgotten(station, stream, seq)
    guard Self.isOfMachine(row),
      case .exchange(.ended(let exchange, _))? = (try? Record(json: row))?.body
    else { return }
    forgottenEnds[exchange.id] = ForgottenEnd(station: station, stream: stream, seq: seq)
  }

  /// The ends that the service had and has lost, and that no station has kept: its store was lost.
  private var lostEnds: Set<ExchangeID> {
    Set(
      forgottenEnds.filter { _, end in
        !(kept?(end.station).contains { $0.stream == end.stream && $0.seq == end.seq } ?? false)
      }.keys)
  }

  /// Whether a person has to decide about it, because no station can any more.
  func isSettledByHand(_ id: ExchangeID) -> Bool {
    exchanges.isLost(id.stream) || lostEnds.contains(id)
  }

  // MARK: - What is seen of people

  func passed(_ station: Int, _ way: Passage) { counts[station].passed(way) }
  func lostCount(_ station: Int) { counts[station].isKept = false }

  // MARK: - The end

  /// Judges what is left when everything should have finished.
  func finish(_ stations: [SimulatedStation], _ store: [StoredRecord], _ feed: [FeedEntry]) {
    for station in stations {
      complain(doors[station.index].finish())
      complain(counts[station.index].finish(station.index, station.disk.image.totals))
      let waiting = station.disk.image.rows.count
      if !station.isSettled {
        complain("station \(station.index + 1) still holds \(waiting) records", .stuck)
      }
      if !station.isConnected { complain("station \(station.index + 1) is offline", .stuck) }
      complain(compareSlots(of: station))
    }
    complain(exchanges.unfinished(), .stuck)
    ledger.lostEnds = lostEnds
    complain(delivery.compare(store))
    complain(delivery.compare(feed))
  }

  private func compareSlots(of station: SimulatedStation) -> String? {
    guard let machine = station.machine else { return nil }
    let image = station.disk.image
    let complaint = exchanges.books[station.index].compare(
      goods: machine.spirals.mapValues(\.stock)
    ) { slot in
      let memory = image.slots[slot]
      return (memory?.stock, memory?.quarantine != nil)
    }
    return complaint.map { "station \(station.index + 1): \($0)" }
  }

  /// How many stations' counts could be held against the people who went through.
  var countsKept: Int { counts.count { $0.isKept } }
}

/// A record as the service holds it.
struct StoredRecord {
  var station: Int
  var stream: StreamID
  var seq: UInt64
  var bytes: [UInt8]
}

/// An entry of the service's event stream that stands for a record.
struct FeedEntry {
  var id: Int64
  var station: Int
  var stream: StreamID
  var seq: UInt64
}
