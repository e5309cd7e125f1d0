// Tells systemd that the daemon is ready, alive, or stopping (sd_notify(3)).
import CSystemd
import Time

/// The daemon's side of `Type=notify` and `WatchdogSec=`. Without systemd it does nothing.
package final class SystemdNotifier {
  private var watchdogInterval: Duration?
  private var lastKeepAlive: Instant?

  package init() {
    var microseconds: UInt64 = 0
    watchdogInterval =
      sd_watchdog_enabled(0, &microseconds) > 0 ? .microseconds(Int64(microseconds)) : nil
  }

  package func ready(status: String) { sd_notify(0, "READY=1\nSTATUS=\(status)") }
  package func status(_ status: String) { sd_notify(0, "STATUS=\(status)") }
  package func stopping() { sd_notify(0, "STOPPING=1") }

  /// How often the loop must turn so that `keepAlive` comes in time; nil without a watchdog.
  package var keepAliveInterval: Duration? { watchdogInterval.map { $0 / 3 } }

  /// No watchdog is set sooner: a machine that is slow for a moment is no reason to let go of doors.
  package static let leastWatchdog: Duration = .seconds(2)

  /// Asks systemd to take this process for dead sooner than the unit says, because an output must
  /// not stand for longer: after the bound, or where that is less, `leastWatchdog`.
  package func bound(by longest: Duration) {
    let bound = max(longest, Self.leastWatchdog)
    guard let watchdogInterval, watchdogInterval > bound else { return }
    self.watchdogInterval = bound
    sd_notify(0, "WATCHDOG_USEC=\(bound.wholeNanoseconds / 1000)\nWATCHDOG=1")
  }

  /// To be called after a full turn of the loop; speaks at most once per interval.
  package func keepAlive(at now: Instant) {
    guard let keepAliveInterval else { return }
    if let lastKeepAlive, now - lastKeepAlive < keepAliveInterval { return }
    lastKeepAlive = now
    sd_notify(0, "WATCHDOG=1")
  }
}
