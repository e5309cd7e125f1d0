// A room of the daemon, and how rooms speak to the core.
import Linux
import StationCore
import Time

/// Devices or files of one kind, on this side of the core's room of that name. A room touches nothing
/// of another: whatever happens in it is told to the core, and it does what the core has decided.
protocol ShellRoom: AnyObject {
  /// Tells what the core must know before anything is heard. Called once, after the core has booted.
  func boot()
  func start()
  func stop()
}

extension ShellRoom {
  func boot() {}
}

/// Takes what happens to the core.
/// - Parameter instant: when it happened, where that is known better than "now".
typealias Tell = (_ event: Event, _ instant: Instant?) -> Void
