// A scanner's line of which it is known when bytes on it became readable.
import Glibc
import Linux
import Time
import Twins

/// A pseudo-terminal that can hold bytes back. What is written to one becomes readable whenever a
/// worker of the kernel gets round to it, so a clock that starts with the writing measures that
/// worker too. Here the bytes lie in the line's buffer already, below the count from which on it
/// is readable (termios(3), VMIN), and lowering that count is what makes them readable.
final class ReaderLine {
  let path: String
  private let terminal: PseudoTerminal
  private let slave: Int32
  private var settings = termios()
  /// The most bytes that can be held back.
  private static let most = 254

  init() throws(SystemError) {
    terminal = try PseudoTerminal()
    path = terminal.path
    slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard slave >= 0 else { throw SystemError("open", path: path) }
  }

  deinit { close(slave) }

  /// Writes what the line takes, readable as soon as the kernel likes.
  /// - Returns: how many bytes that was.
  func write(_ bytes: [UInt8]) -> Int { terminal.write(bytes) }

  /// Puts bytes into the line: the first ones are read at once, the others held back.
  func prepare(_ bytes: [UInt8]) throws(SystemError) {
    let first = max(0, bytes.count - Self.most)
    try put(bytes.prefix(first))
    try wait(for: 0)
    guard tcgetattr(slave, &settings) == 0 else { throw SystemError("look at", path: path) }
    try becomeReadable(from: UInt8(Self.most + 1))
    try put(bytes.dropFirst(first))
    try wait(for: bytes.count - first)
  }

  /// Makes what is held back readable.
  /// - Returns: when the clock began, just before.
  func release() throws(SystemError) -> Instant {
    let start = Clock.now
    try becomeReadable(from: 1)
    return start
  }

  private func put(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
    guard terminal.write(bytes) == bytes.count else {
      throw SystemError("write to a reader", path: path, detail: "its line is full")
    }
  }

  private func becomeReadable(from count: UInt8) throws(SystemError) {
    withUnsafeMutableBytes(of: &settings.c_cc) { $0[Int(VMIN)] = count }
    guard tcsetattr(slave, TCSANOW, &settings) == 0 else { throw SystemError("set", path: path) }
  }

  /// Waits until exactly this many bytes lie in the line.
  private func wait(for expected: Int) throws(SystemError) {
    let deadline = Clock.now + .seconds(5)
    while Clock.now < deadline {
      var count: Int32 = 0
      guard ioctl(slave, UInt(FIONREAD), &count) == 0 else {
        throw SystemError("look into", path: path)
      }
      if count == expected { return }
      pause(.microseconds(20))
    }
    throw SystemError("fill", path: path, detail: "the bytes do not come through")
  }
}
