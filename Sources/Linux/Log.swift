// Lines for the maintainer, on the standard error stream, as systemd's journal likes them.
import CLinux
import Glibc
import Text

/// The daemon's log. Each line says what happened and where; never a secret, a code or a name.
package enum Log {
  /// The priorities of sd-daemon(3) that are used.
  package enum Priority: Int, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6

    fileprivate var word: String {
      switch self {
      case .error: "error: "
      case .warning: "warning: "
      case .notice, .info: ""
      }
    }
  }

  /// Under systemd the journal reads the priority from a prefix; a terminal gets a word.
  private static let isUnderSystemd = getenv("JOURNAL_STREAM") != nil

  /// The least urgent priority that is said.
  package static var least: Priority {
    get { level.priority }
    set { level.priority = newValue }
  }

  private static let level = Level()

  /// Set by one thread and read by all.
  private final class Level: @unchecked Sendable {
    private let lock = Lock()
    private var value = Priority.info

    var priority: Priority {
      get { lock.withLock { value } }
      set { lock.withLock { value = newValue } }
    }
  }

  package static func error(_ text: String) { write(.error, text) }
  package static func warning(_ text: String) { write(.warning, text) }
  package static func notice(_ text: String) { write(.notice, text) }
  package static func info(_ text: String) { write(.info, text) }

  /// The longest line, in bytes.
  private static let longest = 2000

  package static func write(_ priority: Priority, _ text: String) {
    guard priority.rawValue <= least.rawValue else { return }
    let plain = Excerpt(text, longest: longest)
    let prefix = isUnderSystemd ? "<\(priority.rawValue)>" : priority.word
    let line = Array("\(prefix)\(plain)\n".utf8)
    // The journal's socket may be full while the journal is stuck. A line is worth less than the
    // door, so it is dropped then; anything but a socket is written to as usual.
    let sent = send(2, line, line.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    if sent < 0 && errno == ENOTSOCK { _ = Glibc.write(2, line, line.count) }
  }
}
