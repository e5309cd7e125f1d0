// Checks what stations do on the service's word: once, in time, on record, and only what was ordered.
import StationCore
import StationProtocol
import Time

/// Knows what was ordered and when, and sees the records, effects and disks of all stations.
struct CommandChecker {
  /// A command that somebody has given.
  private struct Given {
    let station: Int
    let order: Order
    /// After this nothing of it may begin.
    let latest: Instant
  }

  private var given: [CommandID: Given] = [:]
  /// Commands whose intent is on the disk, and those that a station has carried out.
  private var durable: Set<CommandID> = []
  private var done: Set<CommandID> = []
  /// The highest revision that each station has ever taken into its present store.
  private var revisions: [Int]
  private(set) var carriedOut = 0

  init(stations: Int) { revisions = Array(repeating: 0, count: stations) }

  mutating func gives(_ command: OrderedID, latest: Instant) {
    given[command.id] = Given(station: command.station, order: command.order, latest: latest)
  }

  /// A command with its station.
  struct OrderedID {
    var id: CommandID
    var station: Int
    var order: Order
  }

  /// - Returns: what is wrong with a step.
  mutating func step(_ station: Int, _ effects: [Effect], at now: Instant) -> String? {
    for effect in effects {
      switch effect {
      case .store(.journal(let entry)):
        guard case .command(let record) = entry.record.body else { continue }
        if let complaint = judge(record, station, at: now) { return complaint }
      case .store(.remember(let changes, _)):
        for case .desired(let desired) in changes {
          guard Int(desired.revision) >= revisions[station] else {
            return wrong(station, "takes revision \(desired.revision) after \(revisions[station])")
          }
          revisions[station] = Int(desired.revision)
        }
      default: break
      }
    }
    return nil
  }

  private mutating func judge(
    _ record: CommandRecord, _ station: Int, at now: Instant
  ) -> String? {
    guard let order = given[record.id], order.station == station,
      order.order.kind == record.operation
    else { return wrong(station, "obeys \(record.id), which nobody has given it") }
    guard case .ended(let id, _, let end) = record, end.outcome == .done else { return nil }
    if !durable.contains(id) { return wrong(station, "carries out \(id) before it is durable") }
    // A store that was lost has its last records written once more.
    guard done.insert(id).inserted else {
      return wasWrittenAgain(id) ? nil : wrong(station, "carries out \(id) twice")
    }
    carriedOut += 1
    // A self-test and a file take their time once they have begun.
    let slack: Duration =
      switch order.order.kind {
      case .station(.selfTest), .station(.collectSupport): .seconds(6)
      default: .zero
      }
    return now > order.latest + slack ? wrong(station, "carries out \(id) too late") : nil
  }

  private var rewritten: Set<CommandID> = []

  private func wasWrittenAgain(_ id: CommandID) -> Bool { rewritten.contains(id) }

  /// The store is lost: what was not durable is written again, and what was wanted is forgotten.
  mutating func storeLost(_ station: Int) {
    revisions[station] = 0
    rewritten.formUnion(given.filter { $0.value.station == station }.keys)
  }

  mutating func durable(_ row: [UInt8]) {
    guard case .command(.accepted(let id, _, _))? = (try? Record(json: row))?.body else { return }
    durable.insert(id)
  }

  /// Whether a row may be about a command; most are not, and need not be read.
  static func isOfCommand(_ row: [UInt8]) -> Bool {
    let key = Array("\"kind\":\"command-".utf8)
    return row.indices.contains { row[$0...].starts(with: key) }
  }

  /// Holds what the service says in the end against what stations did.
  func compare(_ told: [(id: CommandID, state: String, isFinal: Bool)]) -> String? {
    for command in told {
      if !command.isFinal { return "the service still waits for the command \(command.id)" }
      let isDone = done.contains(command.id)
      if command.state == "done", !isDone {
        return "the service says that \(command.id) was done, and it was not"
      }
      if ["expired", "rejected", "failed"].contains(command.state), isDone {
        return "the service says that \(command.id) is \(command.state), and it was done"
      }
    }
    return nil
  }

  private func wrong(_ station: Int, _ text: String) -> String { "station \(station + 1) \(text)" }
}
