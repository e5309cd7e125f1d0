// A watcher that does not read for a while: nothing is skipped, nothing comes twice.
import Foundation
import Glibc
import TestBed
import Testing

@Suite("A slow watcher")
struct SlowWatcherTests {
  /// A connection whose system buffer is small, so that it soon holds the sender up.
  private final class Reader {
    private let descriptor: Int32
    private(set) var text = ""

    init(address: String, request: String) throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var small: Int32 = 4096
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
      var limit = timeval(tv_sec: 20, tv_usec: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = try #require(
        address.split(separator: ":").last.flatMap { UInt16($0) }
      ).bigEndian
      place.sin_addr.s_addr = inet_addr("127.0.0.1")
      let status = withUnsafePointer(to: &place) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      try #require(status == 0)
      _ = send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL))
    }

    deinit { close(descriptor) }

    func read(until mark: String) throws {
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      // The mark may lie across two pieces, so a little of the last one is looked at again.
      var tail = ""
      while !tail.contains(mark) {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        try #require(count > 0, "the stream ended or fell silent")
        let piece = String(decoding: buffer[..<count], as: UTF8.self)
        text += piece
        tail = String(tail.suffix(mark.count)) + piece
      }
    }
  }

  @Test("whoever does not read for a while is served from the store afterwards")
  func catchesUp() throws {
    let service = try LiveManagement()
    let reader = try Reader(
      address: service.management.address,
      // Of HTTP 1.0, so that no chunk's length stands between the lines.
      request: """
        GET /api/v1/events/stream?lastEventId=0 HTTP/1.0\r
        Authorization: Bearer \(service.management.token)\r
        \r

        """)
    try reader.read(until: "retry:")
    let gate = try service.station()
    let batches: UInt64 = 500
    let records = (1...64).map { Sample.passage(Int64($0)) }
    for number in 0..<batches { gate.send(Sample.batch(64 * number + 1, records)) }
    try Deadline.wait(60, until: "everything to be stored") {
      gate.acknowledgements.last?.upto == 64 * batches
    }
    try reader.read(until: "\nid: \(64 * batches)\n")
    let ids = reader.text.split(separator: "\n").compactMap {
      $0.hasPrefix("id: ") ? Int($0.dropFirst(4)) : nil
    }
    #expect(ids == Array(1...Int(64 * batches)))
  }
}
