// Looks up a host's addresses on a thread of its own, because a name server may take seconds.
import Glibc
import Linux

/// Turns host names into numeric addresses without holding up the loop.
package final class HostLookup {
  /// Asks for the addresses of a name, for as long as it takes.
  package typealias Resolver = @Sendable (_ host: String) -> [String]

  /// A name with more addresses than this is answered with the first ones.
  private static let mostAddresses = 8

  private let loop: EventLoop
  private let resolver: Resolver
  private let answers: Mailbox<[String]>
  private var worker: WorkerThread<String>?
  private var waiting: [([String]) -> Void] = []

  /// - Parameter resolver: called on a thread of its own; by default the system's.
  package init(loop: EventLoop, resolver: Resolver? = nil) throws(SystemError) {
    self.loop = loop
    self.resolver = resolver ?? { Self.resolve($0, flags: 0) }
    answers = try Mailbox()
    try loop.receive(from: answers) { [weak self] addresses in
      guard let self, !waiting.isEmpty else { return }
      waiting.removeFirst()(addresses)
    }
  }

  deinit {
    loop.unwatch(answers.descriptor)
    // It may be asking a name server that does not answer; nobody waits for that.
    worker?.abandon()
  }

  /// Calls `body` with numeric addresses in the order in which they are to be tried; none where
  /// the name is not known. A numeric host is answered at once, without a thread.
  package func addresses(of host: String, _ body: @escaping ([String]) -> Void) {
    guard Self.resolve(host, flags: AI_NUMERICHOST).isEmpty else { return body([host]) }
    waiting.append(body)
    let worker = worker ?? Self.start(resolver, answers)
    self.worker = worker
    worker.submit(host)
  }

  private static func start(
    _ resolver: @escaping Resolver, _ answers: Mailbox<[String]>
  ) -> WorkerThread<String> {
    WorkerThread(name: "host-lookup") {
      { hosts in
        for host in hosts { answers.send(resolver(host)) }
        return nil
      }
    }
  }

  private static func resolve(_ host: String, flags: Int32) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next, addresses.count < mostAddresses {
      if let address = numeric(entry.pointee) { addresses.append(address) }
      next = entry.pointee.ai_next
    }
    return addresses
  }

  private static func numeric(_ entry: addrinfo) -> String? {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = getnameinfo(
      entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard status == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
