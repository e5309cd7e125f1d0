// From a record's publication over MQTT to its event at a watcher, by way of the store.
import Linux
import TestBed
import Time

/// The clock of a record starts before the station's library is given it and stops when a
/// client of the event stream has read its whole frame. The service shows nothing that it has
/// not committed, so a commit lies in between, and the broker twice.
enum LivePush {
  static let part = Part(
    name: "push", what: "MQTT publish to event stream, 1,000 records/s of 100 stations for 10 s"
  ) { report in
    let bed = try ServiceBed { try addFloor($0, $1, to: report) }
    let reader = try StreamReader(address: bed.management.address, token: bed.management.token)
    // The states of all stations come first.
    while try reader.next(within: .milliseconds(300)) != nil {}
    bed.crowd.send(StationCrowd.Order(perSecond: 1000, count: count))
    var came: [Int: Instant] = [:]
    while came.count < count, let arrivals = try reader.next() {
      for arrival in arrivals {
        let index = try number(arrival)
        guard came[index] == nil else {
          throw TestBedError("record \(arrival.seq) of \(arrival.station) was shown twice")
        }
        came[index] = arrival.at
      }
    }
    guard came.count == count else {
      throw TestBedError("only \(came.count) of \(count) records were shown")
    }
    let sent = try bed.crowd.waitForSent(within: 5)
    let times = Quantiles(
      sent.indices.compactMap { index in
        came[index].map { ($0 - sent[index]).wholeNanoseconds }
      })
    for (name, value, limit) in [("p50", times.p50, 3.0), ("p99", times.p99, 10)] {
      try report.add(
        Figure(name: "push.\(name)", value: value / 1000, unit: "ms", bound: .atMost(limit)))
    }
  }

  private static let count = 10_000

  /// What a plain program takes through the same broker and to the same disk, just before.
  private static func addFloor(
    _ broker: Broker, _ folder: WorkFolder, to report: Report
  ) throws {
    let relay = try PipedProgram.reference(
      "relay",
      ["\(broker.port)", "service", StationCrowd.password, folder.file("relay.data"), "500"])
    let numbers = relay.receiveRest().split(whereSeparator: \.isWhitespace).compactMap {
      Double($0)
    }
    guard numbers.count == 2 else { throw TestBedError("the relay did not get its messages back") }
    for (name, nanoseconds) in zip(["p50", "p99"], numbers) {
      try report.add(
        Figure(name: "push.relay.\(name)", value: nanoseconds / 1e6, unit: "ms"))
    }
  }

  /// The number of a record among all: the stations take turns.
  private static func number(_ arrival: StreamReader.Arrival) throws -> Int {
    guard let station = Int(arrival.station.dropFirst(StationCrowd.name(0).count - 1)) else {
      throw TestBedError(
        "a record arrived from \(arrival.station), which is not a station of this benchmark")
    }
    return (arrival.seq - 1) * ServiceBed.stations + station
  }
}
