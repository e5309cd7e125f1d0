// Who really asks, where a proxy stands in between.

import Glibc

/// The proxies that are believed when they say for whom they ask. What anybody else writes into
/// `X-Forwarded-For` means nothing: every client may send that header.
struct HTTPForwarding: Sendable {
  private let proxies: Set<HTTPPeer>

  /// - Parameter proxies: numeric addresses; what is none is passed over.
  init(_ proxies: [String]) { self.proxies = Set(proxies.compactMap { HTTPPeer($0) }) }

  /// Whether connections of this address are a proxy's, and say nothing of who asks.
  func isProxy(_ peer: HTTPPeer) -> Bool { proxies.contains(peer) }

  /// The last address of the header's list that is no proxy's: each proxy adds the address that it
  /// was called from, so that everything before the first unknown one is the client's own words.
  /// - Parameter fields: the values of `X-Forwarded-For` in the order of the request.
  /// - Returns: the peer itself where it is no proxy, or where nothing that it says can be read.
  func client(of peer: HTTPPeer, _ fields: [String]) -> HTTPPeer {
    guard isProxy(peer) else { return peer }
    // Bytes, not characters: to Swift a comma with a combining mark behind it is no comma.
    let hops = fields.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
    for hop in hops.suffix(Self.mostHops).reversed() {
      guard let address = HTTPPeer(Self.trimmed(hop)) else { return peer }
      if !isProxy(address) { return address }
    }
    return peer
  }

  /// More proxies than that do not stand in a row.
  private static let mostHops = 16

  private static func trimmed(_ hop: Substring.UTF8View.SubSequence) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var rest = hop.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}
