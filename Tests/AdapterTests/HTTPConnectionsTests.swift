// Which connections stay and which go, decided without a socket.

import Glibc
import Testing
import Time

@testable import HTTP

@Suite("HTTP connections")
struct HTTPConnectionsTests {
  private let start = Instant(nanoseconds: 1_000_000_000)

  private func peer(_ bytes: [UInt8]) -> HTTPPeer {
    var raw = sockaddr_storage()
    withUnsafeMutableBytes(of: &raw) { space in
      let isLong = bytes.count == 16
      let family = UInt16(isLong ? AF_INET6 : AF_INET)
      space.storeBytes(of: family, as: UInt16.self)
      for (index, byte) in bytes.enumerated() { space[(isLong ? 8 : 4) + index] = byte }
    }
    return HTTPPeer(raw)
  }

  private func connections(_ most: Int, ofPeer: Int = 100) -> HTTPConnections {
    HTTPConnections(most: most, mostOfPeer: ofPeer, patience: HTTPPatience())
  }

  @Test("an IPv4 address counts for itself, an IPv6 address for its network, loopback for nobody")
  func peers() {
    #expect(peer([192, 0, 2, 7]).description == "192.0.2.7")
    #expect(!peer([192, 0, 2, 7]).isLoopback)
    #expect(peer([127, 1, 2, 3]).isLoopback)
    let prefix: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2]
    let one = peer(prefix + [0, 0, 0, 0, 0, 0, 0, 1])
    #expect(one == peer(prefix + [9, 9, 9, 9, 9, 9, 9, 9]))
    #expect(one.description == "2001:db8:1:2::/64")
    #expect(peer([UInt8](repeating: 0, count: 15) + [1]).isLoopback)
    #expect(!peer([UInt8](repeating: 0, count: 15) + [2]).isLoopback)
    // Of a socket for both families, an IPv4 address comes in IPv6 form.
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 7]
    #expect(peer(mapped) == peer([192, 0, 2, 7]))
  }

  @Test("an address has its bound, and a connection that ends makes room again")
  func bound() {
    var connections = connections(100, ofPeer: 3)
    let crowd = peer([192, 0, 2, 7])
    for descriptor in 1...3 as ClosedRange<Int32> {
      #expect(connections.admission(of: crowd) == .welcome)
      connections.add(descriptor, from: crowd, at: start)
    }
    #expect(connections.admission(of: crowd) == .tooManyOfPeer)
    #expect(connections.admission(of: peer([192, 0, 2, 8])) == .welcome)
    connections.remove(2)
    #expect(connections.admission(of: crowd) == .welcome)
    let proxy = peer([127, 0, 0, 1])
    for descriptor in 10...30 as ClosedRange<Int32> {
      #expect(connections.admission(of: proxy) == .welcome)
      connections.add(descriptor, from: proxy, at: start)
    }
  }

  @Test("an address never has more than a quarter of the connections, whatever is configured")
  func quarter() {
    var connections = connections(40, ofPeer: 1000)
    let crowd = peer([192, 0, 2, 7])
    for descriptor in 1...10 as ClosedRange<Int32> {
      #expect(connections.admission(of: crowd) == .welcome)
      connections.add(descriptor, from: crowd, at: start)
    }
    #expect(connections.admission(of: crowd) == .tooManyOfPeer)
  }

  @Test("bodies that are awaited give way after those without a request, the oldest first")
  func bodies() {
    var connections = connections(3)
    let proxy = peer([127, 0, 0, 1])
    for descriptor in 1...3 as ClosedRange<Int32> {
      connections.add(descriptor, from: proxy, at: start)
      connections.move(descriptor, to: .body, at: start + .seconds(Int64(9 - descriptor)))
    }
    #expect(connections.admission(of: proxy) == .insteadOf(3))
    connections.move(1, to: .idle, at: start + .seconds(10))
    #expect(connections.admission(of: proxy) == .insteadOf(1))
    for descriptor in 1...3 as ClosedRange<Int32> {
      connections.move(descriptor, to: .answer, at: start + .seconds(11))
    }
    #expect(connections.admission(of: proxy) == .full)
  }

  @Test("a named proxy's connections count for the address that it forwards, request by request")
  func forwarded() {
    var connections = HTTPConnections(
      most: 8, mostOfPeer: 100, patience: HTTPPatience(),
      forwarding: HTTPForwarding(["192.0.2.1"]))
    let proxy = peer([192, 0, 2, 1])
    for descriptor in 1...4 as ClosedRange<Int32> {
      #expect(connections.admission(of: proxy) == .welcome)
      connections.add(descriptor, from: proxy, at: start)
    }
    let client = peer([198, 51, 100, 7])
    #expect(connections.claim(1, ["198.51.100.7"]) == client)
    #expect(connections.claim(2, ["198.51.100.7"]) == client)
    // The same connection asks again: that is still one request.
    #expect(connections.claim(2, ["198.51.100.7"]) == client)
    #expect(connections.claim(3, ["198.51.100.7"]) == nil)
    #expect(connections.claim(3, ["198.51.100.8"]) == peer([198, 51, 100, 8]))
    connections.move(1, to: .idle, at: start)
    #expect(connections.claim(4, ["198.51.100.7"]) == client)
    connections.remove(4)
    #expect(connections.claim(1, ["198.51.100.7"]) == client)
    #expect(connections.claim(9, ["198.51.100.7"]) == nil)
  }

  @Test(
    "of X-Forwarded-For the last address counts that is no proxy's, and of nobody else's header")
  func hops() {
    let forwarding = HTTPForwarding(["192.0.2.1", "10.0.0.1", "2001:db8::1"])
    let proxy = peer([192, 0, 2, 1])
    for (fields, expected) in [
      (["198.51.100.7"], "198.51.100.7"), (["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
      (["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
      (["198.51.100.7,10.0.0.1"], "198.51.100.7"), (["198.51.100.7 ,\t10.0.0.1 "], "198.51.100.7"),
      (["::ffff:198.51.100.7"], "198.51.100.7"), (["2001:db8:1:2::7"], "2001:db8:1:2::/64"),
      // What cannot be read is nobody's: the proxy's own address stands.
      ([], "192.0.2.1"), ([""], "192.0.2.1"), (["198.51.100.7, unknown"], "192.0.2.1"),
      (["10.0.0.1"], "192.0.2.1"), (["198.51.100.7:80"], "192.0.2.1"),
    ] as [([String], String)] {
      #expect(forwarding.client(of: proxy, fields).description == expected, "\(fields)")
    }
    let stranger = peer([198, 51, 100, 1])
    #expect(forwarding.client(of: stranger, ["203.0.113.9"]) == stranger)
  }

  @Test("in a full house whoever has waited longest without a request gives way")
  func fullHouse() {
    var connections = connections(4)
    let proxy = peer([127, 0, 0, 1])
    for descriptor in 1...4 as ClosedRange<Int32> {
      connections.add(descriptor, from: proxy, at: start + .seconds(Int64(descriptor)))
    }
    connections.move(1, to: .body, at: start + .seconds(5))
    // A header that trickles counts from the start of its connection.
    connections.move(2, to: .header, at: start + .seconds(9))
    #expect(connections.admission(of: proxy) == .insteadOf(2))
    connections.move(2, to: .leaving, at: start + .seconds(10))
    #expect(connections.admission(of: proxy) == .welcome)
    connections.add(5, from: proxy, at: start + .seconds(10))
    for descriptor in [1, 3, 4, 5] as [Int32] {
      connections.move(descriptor, to: .stream, at: start + .seconds(11))
    }
    #expect(connections.admission(of: proxy) == .full)
    connections.move(4, to: .idle, at: start + .seconds(12))
    #expect(connections.admission(of: proxy) == .insteadOf(4))
  }

  @Test("each phase has its time, which a byte now and then does not lengthen")
  func times() {
    var connections = connections(100)
    let proxy = peer([127, 0, 0, 1])
    let phases: [HTTPConnections.Phase] = [
      .fresh, .header, .body, .answer, .stream, .idle, .leaving,
    ]
    for (index, phase) in phases.enumerated() {
      connections.add(Int32(index), from: proxy, at: start)
      connections.move(Int32(index), to: phase, at: start)
    }
    let overdue = { (seconds: Int64) in
      connections.overdue(at: start + .seconds(seconds)).map(\.phase)
    }
    #expect(overdue(9) == [])
    #expect(overdue(10) == [.fresh, .header])
    #expect(overdue(20) == [.fresh, .header, .body, .idle])
    #expect(overdue(119) == [.fresh, .header, .body, .idle])
    #expect(overdue(100_000) == [.fresh, .header, .body, .answer, .idle])
    connections.move(1, to: .header, at: start + .seconds(9))
    // Only a header that follows another request begins anew.
    connections.move(5, to: .header, at: start + .seconds(15))
    #expect(overdue(24).contains(.idle) == false)
    #expect(connections.overdue(at: start + .seconds(25)).map(\.descriptor).contains(5))
  }

  @Test("whoever has been told to go is told nothing else")
  func leaving() {
    var connections = connections(1)
    let proxy = peer([127, 0, 0, 1])
    connections.add(1, from: proxy, at: start)
    connections.move(1, to: .leaving, at: start)
    connections.move(1, to: .idle, at: start)
    #expect(connections.open[1]?.phase == .leaving)
    connections.remove(1)
    connections.remove(1)
    #expect(connections.open.isEmpty)
  }
}
