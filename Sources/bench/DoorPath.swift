// From the bytes of a code at the reader to the command at the strike, in a whole stationd.
import Linux
import StationProtocol

/// The clock starts when the bytes become readable at the reader's line and stops when the board
/// is asked to release the strike. The floor is a C program that wakes up over a pipe and checks
/// the signature of the same bytes; its clock starts before they are written to the pipe.
enum DoorPath {
  static let quiet = Part(
    name: "door", what: "reader bytes to strike command, 20,000 codes"
  ) { report in
    let rounds = try DoorRounds(codes: 20_000)
    let station = try DoorStation(DoorStation.Plan(), issuerKey: rounds.issuerKey)
    try add(try rounds.run(0..<20_000, at: station), "door", to: report)
  }

  /// Adds p50 and p99 with their bounds.
  static func add(
    _ times: DoorRounds.Times, _ name: String, to report: Report
  ) throws(SystemError) {
    let floor = Quantiles(times.floor)
    let door = Quantiles(times.door)
    try report.add(
      Figure(
        name: "\(name).p50", value: door.p50, unit: "us",
        reference: Figure.Reference(name: "us wake-up and check", value: floor.p50),
        bound: .atMost(1.5)))
    try report.add(
      Figure(
        name: "\(name).p99", value: door.p99, unit: "us",
        reference: Figure.Reference(name: "us wake-up and check", value: floor.p99),
        bound: .atMost(3)))
  }
}
