// The wires of a station, whatever board they end on.
import Time

/// What a station's daemon asks of its board. Two boards do it: `ChipLines` on libgpiod and
/// `SimulatedLines` on a local socket. Everything happens on the loop's thread.
package protocol StationLines: AnyObject {
  /// Called with each input's level when it is first known, and at each change after that, with
  /// the instant at which the line changed. That lies in the past, by the time that a line takes
  /// to settle and the loop to get there.
  var onLevel: (BoardLine, Bool, Instant) -> Void { get set }
  /// Called when the inputs of an access point, or with nil those of the station, become
  /// readable, before their levels, and when they stop being so, with the reason.
  var onReadable: (_ accessPoint: Int?, _ areReadable: Bool, _ reason: String) -> Void { get set }
  /// Called when an input moves so fast that no level can be told of it, and when it is quiet
  /// again, before its level.
  var onChatter: (BoardLine, _ isChattering: Bool) -> Void { get set }
  /// Called when somebody showed a card or typed something at an access point. The simulated board
  /// alone has such readers.
  var onShown: (_ accessPoint: Int, BoardCredential) -> Void { get set }
  /// Begins; a board that is not there yet is tried again for ever.
  func start()
  /// Drives an output; remembered and driven again where the board comes back.
  func set(_ line: BoardLine, to level: Bool)
  /// Tells the worker at an access point. A board without a display does nothing.
  func show(accessPoint: Int, _ outcome: ReaderAnswer)
  /// Lets every output fall and every line go.
  func stop()
}
