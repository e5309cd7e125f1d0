// Records from many stations over the broker into the service's store, until each is acknowledged.
import Linux
import MemberCode
import TestBed

/// The same stations send the same messages through the same broker, in turn to the service and
/// to a C program that puts them into SQLite with a commit for every 1,000 rows or 100 ms. Each
/// has at most so many messages under way, and the clock stops when the last one is acknowledged.
enum Ingest {
  static let singly = Part(
    name: "ingest", what: "100 stations, a message of 200 bytes for each record"
  ) { report in
    let load = try IngestLoad(stations: 100, batch: 1, window: 64)
    let (service, peer) = try load.compare(rounds: 5, records: 1000)
    try report.add(
      Figure(
        name: "ingest.single.rate", value: service.perSecond, unit: "records/s",
        reference: Figure.Reference(name: "records/s C and SQLite", value: peer.perSecond),
        bound: .atLeast(0.8)))
    try report.add(
      Figure(
        name: "ingest.single.cpu", value: service.microseconds, unit: "us",
        bound: .atMost(20)))
    try report.add(
      Figure(name: "ingest.single.peer-cpu", value: peer.microseconds, unit: "us"))
  }

  static let inBatches = Part(
    name: "batches", what: "100 stations, 64 records in a message"
  ) { report in
    let load = try IngestLoad(stations: 100, batch: 64, window: 4)
    let (service, peer) = try load.compare(rounds: 3, records: 12_800)
    try report.add(
      Figure(
        name: "ingest.batch.peer", value: peer.perSecond, unit: "records/s"))
    try report.add(
      Figure(
        name: "ingest.batch.rate", value: service.perSecond, unit: "records/s",
        bound: .atLeast(200_000)))
    try report.add(
      Figure(name: "ingest.batch.cpu", value: service.microseconds, unit: "us"))
  }

  static let scaling = Part(
    name: "scaling", what: "10, 100 and 1,000 stations: rate, cost of a record, memory"
  ) { report in
    var rates: [Double] = []
    var costs: [Double] = []
    var memories: [Double] = []
    let sizes = [10, 100, 1000]
    for stations in sizes {
      // A station has 256 records under way at most; of a thousand stations together no more
      // than the broker keeps for a subscriber.
      let load = try IngestLoad(
        stations: stations, batch: 16, window: max(2, min(16, 1600 / stations)))
      let rounds = try load.measure(.service, rounds: 3, records: 320_000 / stations)
      let rate = IngestRate(rounds)
      rates.append(rate.perSecond)
      costs.append(rate.microseconds)
      memories.append(rounds.last?.memory ?? 0)
    }
    for (index, stations) in sizes.enumerated() {
      try report.add(
        Figure(
          name: "scaling.\(stations).rate", value: rates[index], unit: "records/s",
          reference: Figure.Reference(name: "with 10 stations", value: rates[0])))
      try report.add(
        Figure(
          name: "scaling.\(stations).cpu", value: costs[index], unit: "us",
          reference: Figure.Reference(name: "us with 10 stations", value: costs[0]),
          bound: index == 0 ? nil : .atMost(2)))
      try report.add(
        Figure(
          name: "scaling.\(stations).memory", value: memories[index], unit: "MiB",
          reference: Figure.Reference(name: "MiB with 10 stations", value: memories[0])))
    }
    let perStation = (memories[2] - memories[1]) / Double(sizes[2] - sizes[1]) * 1024
    try report.add(
      Figure(name: "scaling.station", value: perStation, unit: "KiB", bound: .atMost(64)))
  }
}

/// What several rounds come to: the middle of them.
struct IngestRate {
  let perSecond: Double
  /// Processor time of the receiver for each record.
  let microseconds: Double

  init(_ rounds: [IngestLoad.Round]) {
    func middle(_ value: (IngestLoad.Round) -> Double) -> Double {
      rounds.map(value).sorted()[rounds.count / 2]
    }
    perSecond = middle { Double($0.records) / $0.seconds }
    microseconds = middle { $0.processorSeconds / Double($0.records) * 1e6 }
  }
}

/// A broker, stations that publish, and who takes their records.
final class IngestLoad {
  enum Receiver {
    case service
    case peer
  }

  struct Round {
    var records: Int
    var seconds: Double
    var processorSeconds: Double
    /// Resident memory of the receiver after it, in MiB.
    var memory: Double
  }

  private static let password = "bench"
  private let stations: Int
  // Ends first, or its stations would complain of a broker that is gone.
  private let publishers: PipedProgram
  private let folder: WorkFolder
  private let broker: Broker
  private var stream = 0
  /// The starts of the service; they share a log.
  private var starts = 0

  /// - Parameters:
  ///   - batch: records in a message.
  ///   - window: messages of a station that are not acknowledged. Of all stations together less
  ///     than the broker keeps for a subscriber, or it drops some.
  init(stations: Int, batch: Int, window: Int) throws {
    self.stations = stations
    let folder = try WorkFolder()
    self.folder = folder
    var accounts = ["service": Self.password]
    for index in 0..<stations { accounts["b-\(index)"] = Self.password }
    let broker = try Broker(folder, accounts: accounts, connections: stations + 10)
    self.broker = broker
    publishers = try PipedProgram.reference(
      "publish", [broker.port, stations, batch, window].map { "\($0)" })
    _ = try publishers.receiveLine()
  }

  /// Rounds of both in turn, so that what else the machine does slows both alike.
  /// - Parameter records: of each station, in each round.
  func compare(rounds: Int, records: Int) throws -> (service: IngestRate, peer: IngestRate) {
    var service: [Round] = []
    var peer: [Round] = []
    for _ in 0..<rounds {
      peer += try measure(.peer, rounds: 1, records: records)
      service += try measure(.service, rounds: 1, records: records)
    }
    return (IngestRate(service), IngestRate(peer))
  }

  /// - Parameter records: of each station, in each round.
  func measure(_ receiver: Receiver, rounds: Int, records: Int) throws -> [Round] {
    switch receiver {
    case .service:
      let service = try ManagementUnderTest(
        folder, brokerPort: broker.port, password: Self.password,
        issuerKey: String(decoding: SigningKey.generate().privatePEM, as: UTF8.self))
      defer { service.kill() }
      starts += 1
      try Deadline.wait(until: "the service to be connected") {
        service.log.components(of: "connected to") == starts
      }
      return try play(rounds, records, on: ProcessMeter(identifier: service.identifier))
    case .peer:
      let peer = try PipedProgram.reference(
        "ingest", ["\(broker.port)", folder.file("peer-\(stream).sqlite")])
      _ = try peer.receiveLine()
      return try play(rounds, records, on: ProcessMeter(identifier: peer.identifier))
    }
  }

  private func play(_ rounds: Int, _ records: Int, on meter: ProcessMeter) throws -> [Round] {
    try (0..<rounds).map { _ in
      stream += 1
      let before = try meter.processorNanoseconds()
      try publishers.send(Array("\(stream) \(records)\n".utf8))
      let nanoseconds = Double(try publishers.receiveLine()) ?? 0
      return Round(
        records: records * stations, seconds: nanoseconds / 1e9,
        processorSeconds: Double(try meter.processorNanoseconds() - before) / 1e9,
        memory: try meter.memory().resident)
    }
  }
}
