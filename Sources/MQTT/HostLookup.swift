// Looks up a host's address on a thread of its own, because a name server may take seconds.
import Glibc
import Linux

/// Turns host names into numeric addresses without holding up the loop.
package final class HostLookup {
  private let loop: EventLoop
  private let answers: Mailbox<String?>
  private var worker: WorkerThread<String>?
  private var waiting: [(String?) -> Void] = []

  package init(loop: EventLoop) throws(SystemError) {
    self.loop = loop
    answers = try Mailbox()
    try loop.receive(from: answers) { [weak self] address in
      guard let self, !waiting.isEmpty else { return }
      waiting.removeFirst()(address)
    }
  }

  deinit {
    loop.unwatch(answers.descriptor)
    worker?.finish()
  }

  /// Calls `body` with a numeric address, or nil where the name is not known. A numeric host is
  /// answered at once, without a thread.
  package func address(of host: String, _ body: @escaping (String?) -> Void) {
    if Self.resolve(host, flags: AI_NUMERICHOST) != nil { return body(host) }
    waiting.append(body)
    let answers = answers
    let worker =
      worker
      ?? WorkerThread(name: "host-lookup") {
        { names in
          for name in names { answers.send(Self.resolve(name, flags: 0)) }
          return nil
        }
      }
    self.worker = worker
    worker.submit(host)
  }

  private static func resolve(_ host: String, flags: Int32) -> String? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return nil }
    defer { freeaddrinfo(list) }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    guard
      getnameinfo(
        first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
        NI_NUMERICHOST) == 0
    else { return nil }
    return String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
