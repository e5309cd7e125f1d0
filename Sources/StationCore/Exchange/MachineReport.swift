// Requests to an exchange machine and its reports, in words of no maker's.
import StationProtocol

/// The request that a report of a machine answers.
package enum MachineRequest: Hashable, Sendable {
  /// Turn a slot once, by an order's number, 1 to 255. A machine that knows its orders by their
  /// numbers takes the same one again as a question how it stands.
  case turn(UInt8)
  /// How does the machine stand? Nothing turns.
  case check
}

/// A machine's answer as its driver understood it. Where none came in time there is no report but a
/// silence.
package enum MachineReport: Hashable, Sendable {
  /// A motor turns, whoever ordered it.
  case busy
  /// The turn is over and the drop was seen; the fault tells what went wrong afterwards.
  case dropped(fault: MachineFault?)
  /// The turn is over, or never began, and no drop that could be paid for was seen.
  case failed(MachineFault)
  /// Nothing turns: the answer to a check, with what is wrong with the slot or the machine.
  case resting([MachineFault])

  /// Whether the machine's drop sensor is faulty; nil where this does not tell.
  var isDropSensorFaulty: Bool? {
    switch self {
    // One that turns a motor cannot tell yet.
    case .busy: nil
    case .dropped(let fault): fault == .dropSensorFaulty
    case .failed(let fault): fault == .dropSensorFaulty
    case .resting(let faults): faults.contains(.dropSensorFaulty)
    }
  }
}
