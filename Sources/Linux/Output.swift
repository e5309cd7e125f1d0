// Text for the person who typed a command.
import Glibc

/// Writes to the standard output and error streams without the C library's buffers.
package enum Output {
  package static func write(_ text: String) { write(Array(text.utf8), to: 1) }
  package static func write(_ bytes: [UInt8]) { write(bytes, to: 1) }
  /// A line on the standard error stream.
  package static func complain(_ text: String) { write(Array("\(text)\n".utf8), to: 2) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno != EINTR { return }
      rest = rest.dropFirst(max(0, count))
    }
  }
}
