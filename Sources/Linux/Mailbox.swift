// Hands messages from any thread to the loop's, which an event descriptor wakes.
import CLinux
import Glibc

/// A queue between threads. `descriptor` becomes readable when something was sent.
package final class Mailbox<Message: Sendable>: @unchecked Sendable {
  // Sendable because `lock` guards `messages`, and the descriptor is constant.
  package let descriptor: Int32
  private var messages: [Message] = []
  private let lock = Lock()

  package init() throws(SystemError) {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw SystemError("create an event descriptor") }
  }

  deinit { close(descriptor) }

  package func send(_ message: Message) {
    lock.withLock { messages.append(message) }
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// Takes all that was sent, in order.
  package func drain() -> [Message] {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
    return lock.withLock {
      let all = messages
      messages = []
      return all
    }
  }
}

extension EventLoop {
  /// Hands each message of a mailbox to `body` on this loop's thread.
  package func receive<Message>(
    from mailbox: Mailbox<Message>, _ body: @escaping (Message) -> Void
  ) throws(SystemError) {
    try watch(mailbox.descriptor, for: .read) { _ in
      for message in mailbox.drain() { body(message) }
    }
  }
}
