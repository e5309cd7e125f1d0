// From the bytes of a code at the reader to the command at the strike, in a whole stationd.
import Linux
import MQTT
import TestBed

/// The clock starts when the bytes become readable at the reader's line and stops when the board
/// is asked to release the strike. The floor is a C program that wakes up over a pipe and checks
/// the signature of the same bytes; its clock starts before they are written to the pipe.
enum DoorPath {
  static let parts = [quiet, loaded, loadedAndOnline, noise, flood]

  private static let quiet = Part(
    name: "door", what: "reader bytes to strike command, 20,000 codes"
  ) { report in
    let rounds = try DoorRounds(codes: 20_000)
    let station = try DoorStation(DoorStation.Plan(), issuerKey: rounds.issuerKey)
    try add(try rounds.run(0..<20_000, at: station), "door", to: report)
  }

  // MARK: - With the journal under full load

  /// Three doors behind the first, forced open and shut as fast as their inputs are debounced:
  /// each change is two records, one of which is to be committed at once, so that the journal's
  /// thread goes from one commit to the next.
  private static func underLoad(_ plan: DoorStation.Plan) -> DoorStation.Plan {
    var plan = plan
    plan.accessPoints = 4
    plan.inputPause = .microseconds(333)
    return plan
  }

  private static let loaded = Part(
    name: "door-journal", what: "the same with the journal committing without pause, no uplink"
  ) { report in
    let rounds = try DoorRounds(codes: 20_000)
    let station = try DoorStation(
      underLoad(DoorStation.Plan()), issuerKey: rounds.issuerKey)
    try add(try rounds.run(0..<20_000, at: station), "door-journal", to: report)
  }

  private static let loadedAndOnline = Part(
    name: "door-uplink", what: "the same with the service up, which is sent all of it"
  ) { report in
    let bed = try DoorBed()
    let rounds = try DoorRounds(codes: 20_000)
    let station = try DoorStation(underLoad(bed.plan), issuerKey: rounds.issuerKey)
    try bed.waitForStation()
    try add(try rounds.run(0..<20_000, at: station), "door-uplink", to: report)
  }

  /// Adds p50 and p99 with their bounds.
  private static func add(
    _ times: DoorRounds.Times, _ name: String, to report: Report
  ) throws(SystemError) {
    let floor = Quantiles(times.floor)
    let door = Quantiles(times.door)
    for (quantile, value, reference, limit) in [
      ("p50", door.p50, floor.p50, 1.5), ("p99", door.p99, floor.p99, 3),
    ] {
      try report.add(
        Figure(
          name: "\(name).\(quantile)", value: value, unit: "us",
          reference: Figure.Reference(name: "us wake-up and check", value: reference),
          bound: .atMost(limit)))
    }
  }

  // MARK: - Under abuse

  private static let noise = Part(
    name: "door-noise", what: "good codes at one reader while another gets noise at line rate"
  ) { report in
    let rounds = try DoorRounds(codes: 10_000)
    var plan = DoorStation.Plan()
    plan.accessPoints = 2
    let station = try DoorStation(plan, issuerKey: rounds.issuerKey)
    let abuse = NoiseAbuse(station.readers[1])
    try compare(rounds, station, abuse, "door-noise", to: report)
  }

  private static let flood = Part(
    name: "door-flood", what: "good codes while the broker delivers forged and foreign messages"
  ) { report in
    let bed = try DoorBed()
    let rounds = try DoorRounds(codes: 10_000)
    let station = try DoorStation(bed.plan, issuerKey: rounds.issuerKey)
    try bed.waitForStation()
    // The broker's word is the station's only door for messages, so the flood takes its account.
    try bed.management.stop()
    let abuse = try FloodAbuse(brokerPort: bed.broker.port)
    try compare(rounds, station, abuse, "door-flood", to: report)
    report.note("\(abuse.sent) messages in all")
  }

  /// Alternates between a time of peace and one of abuse.
  private static func compare(
    _ rounds: DoorRounds, _ station: DoorStation, _ abuse: some Abuse, _ name: String,
    to report: Report
  ) throws {
    let block = 500
    var usual: [Int64] = []
    var abused: [Int64] = []
    for start in stride(from: 0, to: rounds.count, by: 2 * block) {
      usual += try rounds.run(start..<start + block, at: station).door
      abuse.begin()
      abused += try rounds.run(start + block..<start + 2 * block, at: station).door
      abuse.end()
    }
    let before = Quantiles(usual)
    let during = Quantiles(abused)
    for (quantile, value, reference) in [
      ("p50", during.p50, before.p50), ("p99", during.p99, before.p99),
    ] {
      try report.add(
        Figure(
          name: "\(name).\(quantile)", value: value, unit: "us",
          reference: Figure.Reference(name: "us as usual", value: reference), bound: .atMost(2)))
    }
  }
}
