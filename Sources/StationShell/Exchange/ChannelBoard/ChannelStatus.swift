// The status byte of a channel board, and what it comes to.
import StationCore
import StationProtocol

/// The status bits of a channel board's reply.
package struct ChannelStatus: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let failed = ChannelStatus(rawValue: 0x01)
  package static let busy = ChannelStatus(rawValue: 0x02)
  package static let notHome = ChannelStatus(rawValue: 0x04)
  package static let didNotTurn = ChannelStatus(rawValue: 0x08)
  package static let didNotReturn = ChannelStatus(rawValue: 0x10)
  package static let dropNotSeen = ChannelStatus(rawValue: 0x20)
  package static let dropSensorFaulty = ChannelStatus(rawValue: 0x80)

  /// How a turn stands. A member pays only where nothing at all speaks against the drop, but for a
  /// spiral that did not come home after it.
  package var ofTurn: MachineReport {
    if contains(.busy) { return .busy }
    if contains(.dropSensorFaulty) { return .failed(.dropSensorFaulty) }
    if contains(.notHome) { return .failed(.notHome) }
    if contains(.didNotTurn) { return .failed(.didNotTurn) }
    if contains(.dropNotSeen) { return .failed(.dropNotSeen) }
    if self == .didNotReturn { return .dropped(fault: .didNotReturn) }
    if contains(.didNotReturn) { return .failed(.didNotReturn) }
    return isEmpty ? .dropped(fault: nil) : .failed(.failed)
  }

  /// How the board stands: of its bits two speak of more than the last turn.
  package var ofCheck: MachineReport {
    if contains(.busy) { return .busy }
    var faults: [MachineFault] = []
    if contains(.dropSensorFaulty) { faults.append(.dropSensorFaulty) }
    if contains(.notHome) { faults.append(.notHome) }
    return .resting(faults)
  }
}
