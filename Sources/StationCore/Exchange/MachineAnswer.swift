// What an exchange machine's board says of itself and of the motor that it was told to turn.
import StationProtocol

/// The status bits of a channel board's reply.
package struct MachineStatus: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let failed = MachineStatus(rawValue: 0x01)
  package static let busy = MachineStatus(rawValue: 0x02)
  package static let notHome = MachineStatus(rawValue: 0x04)
  package static let didNotTurn = MachineStatus(rawValue: 0x08)
  package static let didNotReturn = MachineStatus(rawValue: 0x10)
  package static let dropNotSeen = MachineStatus(rawValue: 0x20)
  package static let dropSensorFaulty = MachineStatus(rawValue: 0x80)

  /// What the bits come to. A member pays only where nothing at all speaks against the drop, but
  /// for a spiral that did not come home after it.
  package var reading: Reading {
    if contains(.busy) { return .busy }
    if contains(.dropSensorFaulty) { return .failed(.dropSensorFaulty) }
    if contains(.notHome) { return .failed(.notHome) }
    if contains(.didNotTurn) { return .failed(.didNotTurn) }
    if contains(.dropNotSeen) { return .failed(.dropNotSeen) }
    if self == .didNotReturn { return .dropped(fault: .didNotReturn) }
    if contains(.didNotReturn) { return .failed(.didNotReturn) }
    return isEmpty ? .dropped(fault: nil) : .failed(.failed)
  }

  package enum Reading: Equatable, Sendable {
    case busy
    /// The drop was seen; the fault tells what went wrong afterwards.
    case dropped(fault: MachineFault?)
    case failed(MachineFault)
  }
}

/// One reply of the board. The serial number is that of the order it answers, 0 of a check.
package struct MachineAnswer: Equatable, Sendable {
  package var serial: UInt8
  package var status: MachineStatus

  package init(serial: UInt8, status: MachineStatus) {
    self.serial = serial
    self.status = status
  }
}
