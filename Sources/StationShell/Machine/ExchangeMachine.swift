// What the daemon asks of a machine that holds the goods, whatever it speaks.
import StationCore
import StationProtocol

/// An exchange machine: `ChannelBoard` on a serial line. It sends what it is told and repeats
/// nothing: whether a question may be asked again is the core's decision. To every order there is
/// exactly one report, an answer or silence, in the order in which they were given. It is opened
/// again for as long as it takes; everything happens on the loop's thread.
protocol ExchangeMachine: AnyObject {
  var onAnswer: (MachineAnswer) -> Void { get set }
  /// Nothing that answers the order came in time; also where the line is not there at all.
  var onSilence: (_ serial: UInt8) -> Void { get set }
  func start()
  func stop()
  /// Turns a slot once, or asks about the turn that this serial number was given to last.
  /// - Parameter serial: 1 to 255.
  func dispense(_ slot: SlotID, serial: UInt8)
  /// Asks how a slot stands, with serial number 0; nothing turns.
  func check(_ slot: SlotID)
}
