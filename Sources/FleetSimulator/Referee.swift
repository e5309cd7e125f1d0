// Judges a run from outside: it sees effects, disks, what left a station, and the service's store.
import StationCore
import StationProtocol

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

  init(stations: Int) {
    doors = (0..<stations).map { DoorChecker(station: $0) }
    counts = Array(repeating: CountChecker(), count: stations)
    delivery = DeliveryChecker(stations: stations)
  }

  /// Records the first thing that is wrong.
  func complain(_ text: String?, _ kind: Violation.Kind = .wrong) {
    if let text, violation == nil { violation = Violation(kind: kind, description: text) }
  }

  // MARK: - What is seen of a station

  func configure(_ station: Int, _ configuration: StationConfiguration) {
    doors[station].configure(configuration)
  }

  func step(_ station: Int, _ event: Event, _ effects: [Effect], at now: Instant) {
    complain(doors[station].step(event, effects, at: now))
    counts[station].step(effects)
  }

  func powerCut(_ station: Int, _ disk: SimulatedDisk, at now: Instant) {
    complain(doors[station].powerCut(slow: disk.isSlow, until: disk.slowUntil, at: now))
    counts[station].ended(durable: disk.image.next - 1)
  }

  func stopped(_ station: Int, at now: Instant) { complain(doors[station].stopped(at: now)) }
  func clockMoved(_ station: Int) { doors[station].clockMoved() }

  func storeMade(_ station: Int, _ stream: StreamID) { delivery.storeMade(station, stream) }

  func storeLost(_ station: Int, _ stream: StreamID) {
    delivery.storeLost(station, stream)
    doors[station].storeLost()
    counts[station].isKept = false
  }

  func durable(_ station: Int, _ stream: StreamID, _ seq: UInt64, _ row: [UInt8]) {
    complain(delivery.durable(station, stream, seq, row))
    complain(doors[station].durable(seq, row))
  }

  func sent(_ station: Int, _ stream: StreamID, _ first: UInt64, _ rows: [[UInt8]]) {
    for (offset, row) in rows.enumerated() {
      complain(delivery.sent(station, stream, first + UInt64(offset), row))
    }
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
    }
    complain(delivery.compare(store))
    complain(delivery.compare(feed))
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
