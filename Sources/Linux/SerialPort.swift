// A serial line in raw mode, 8 data bits, no parity, one stop bit, without flow control.
import CLinux
import Glibc

/// An open serial line (or the slave of a pseudo-terminal). Owns its descriptor.
package final class SerialPort {
  /// The speeds that QR scanners offer, in baud.
  package static let speeds = [9600, 19_200, 38_400, 57_600, 115_200]

  package let path: String
  package let descriptor: Int32
  // Kept: allocating so much for each read takes the allocator's slow path, as does what follows.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)

  /// - Throws: where the path is not a terminal, is taken, or does not know the speed.
  package init(_ path: String, speed: Int) throws(SystemError) {
    let constants = [9600: B9600, 19_200: B19200, 38_400: B38400, 57_600: B57600, 115_200: B115200]
    guard let constant = constants[speed] else {
      throw SystemError("open", path: path, detail: "\(speed) baud is not among \(Self.speeds)")
    }
    let descriptor = linux_open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemError("open", path: path) }
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else {
      let error = SystemError("use as a serial line", path: path)
      close(descriptor)
      throw error
    }
    cfmakeraw(&settings)
    settings.c_cflag |= tcflag_t(CS8 | CLOCAL | CREAD)
    settings.c_cflag &= ~tcflag_t(PARENB | CSTOPB) & ~tcflag_t(CRTSCTS)
    cfsetspeed(&settings, speed_t(constant))
    guard tcsetattr(descriptor, TCSANOW, &settings) == 0 else {
      let error = SystemError("set the speed of", path: path)
      close(descriptor)
      throw error
    }
    _ = linux_lock_terminal(descriptor)
    // What was typed before anyone listened is no presentation.
    tcflush(descriptor, TCIFLUSH)
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// Writes a command.
  /// - Returns: whether the line took all of it.
  package func write(_ bytes: [UInt8]) -> Bool {
    Glibc.write(descriptor, bytes, bytes.count) == bytes.count
  }

  /// Reads the bytes that have arrived.
  /// - Returns: empty where nothing has; nil where the device is gone.
  package func read() -> [UInt8]? {
    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    if count > 0 { return Array(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
  }
}
