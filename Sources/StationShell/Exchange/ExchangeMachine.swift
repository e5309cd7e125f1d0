// The driver of a machine that holds the goods, whatever protocol it speaks.
import StationCore
import StationProtocol

/// A driver of an exchange machine, such as `ChannelBoard` on a serial line. It sends what it is told
/// and repeats nothing: whether an order may be given again is the core's decision. To every order
/// there is exactly one report, an answer in neutral words or silence, in the order in which they
/// were given. The machine is opened again for as long as it takes; everything happens on the loop's
/// thread.
protocol ExchangeMachine: AnyObject {
  var onReport: (MachineReport, MachineRequest) -> Void { get set }
  /// Nothing that answers the order came in time; also where the line is not there at all.
  var onSilence: (MachineRequest) -> Void { get set }
  func start()
  func stop()
  /// Turns a slot once, or asks about the turn that this number was given to last, where the machine
  /// knows its orders (`MachineDriver.ordersAreRepeatable`).
  /// - Parameter serial: the order's number, 1 to 255.
  func dispense(_ slot: SlotID, serial: UInt8)
  /// Asks how a slot stands; nothing turns.
  func check(_ slot: SlotID)
}
