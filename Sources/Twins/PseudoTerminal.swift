// A pseudo-terminal whose slave stands in for a scanner's serial line.
import CTwins
import Glibc
import Linux

/// The master of a pseudo-terminal. Owns both descriptors: the slave is kept open, so that the
/// master outlives whoever reads from it.
package final class PseudoTerminal {
  package let master: Int32
  private let slave: Int32
  /// The path at which the slave can be opened.
  package let path: String

  package init() throws(SystemError) {
    var master: Int32 = -1
    var slave: Int32 = -1
    var settings = termios()
    cfmakeraw(&settings)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&master, &slave, &name, &settings, nil) == 0 else {
      throw SystemError("open a pseudo-terminal")
    }
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    self.master = master
    self.slave = slave
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    close(master)
    close(slave)
  }

  /// Ends the exclusive use that a process took of the slave (TIOCEXCL). It outlives that
  /// process, because the slave stays open here, and would keep the next one out.
  package func release() { _ = twins_unlock_terminal(slave) }

  /// Writes what the line takes now.
  /// - Returns: how many bytes that was.
  package func write(_ bytes: some Collection<UInt8>) -> Int {
    let bytes = Array(bytes)
    return max(0, Glibc.write(master, bytes, bytes.count))
  }
}
