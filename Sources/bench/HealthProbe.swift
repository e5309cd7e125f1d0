// Asks a service for its health on one connection, without a pause longer than a millisecond.
import Glibc
import Linux
import TestBed
import Time

/// Runs on a thread of its own until it is stopped.
final class HealthProbe {
  private let thread: WorkerThread<Bool>
  private let results: Mailbox<[Int64]>

  /// - Parameter address: `host:port` of the service, a numeric IPv4 host.
  init(_ address: String) throws {
    let results = try Mailbox<[Int64]>()
    self.results = results
    let descriptor = try StreamReader.connect(address)
    let request = Array("GET /health HTTP/1.1\r\nHost: \(address)\r\n\r\n".utf8)
    thread = WorkerThread(name: "probe") {
      var times: [Int64] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      return { jobs in
        if !jobs.isEmpty, jobs.contains(false) {
          close(descriptor)
          results.send(times)
          return nil
        }
        let start = Clock.now
        guard write(descriptor, request, request.count) == request.count,
          recv(descriptor, &buffer, buffer.count, 0) > 0
        else { return nil }
        times.append((Clock.now - start).wholeNanoseconds)
        return Clock.now + .milliseconds(1)
      }
    }
    thread.submit(true)
  }

  /// - Returns: how long each answer took.
  func stop() throws -> Quantiles {
    thread.submit(false)
    let times = try Deadline.wait(60, for: "the probe of the service") { results.drain().first }
    thread.finish()
    guard !times.isEmpty else { throw TestBedError("the service was never asked") }
    return Quantiles(times)
  }
}
