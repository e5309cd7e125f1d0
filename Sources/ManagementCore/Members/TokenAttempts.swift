// How often an address has offered a wrong token of late.
import Time

/// An address that guesses tokens is told to wait, and after many guesses is not listened to: then
/// no token of that address is compared until its minute is over, but on connections that have
/// shown a right one before. Many people may share one address, and behind a proxy that is not
/// named all do.
package struct TokenAttempts: Equatable, Sendable {
  package static let window: Duration = .seconds(60)
  /// Wrong tokens of an address in `window` after which none is compared any more; more only where
  /// `mostWrong` is more.
  package static let mostCompared = 100
  /// Addresses that are told apart; those beyond are counted as one.
  static let mostAddresses = 10_000

  /// Wrong tokens that an address may offer in `window` without being told to wait.
  private let mostWrong: Int
  private var mostCompared: Int { max(Self.mostCompared, mostWrong) }
  private var addresses: [String: Attempts] = [:]
  private var others: Attempts?

  private struct Attempts: Equatable, Sendable {
    var ends: Instant
    var wrong: Int
  }

  package init(mostWrong: Int = 10) { self.mostWrong = mostWrong }

  /// How long no token of this address is compared; nil where one is.
  package func pause(of address: String, at now: Instant) -> Duration? {
    let isKnown = addresses[address] != nil || addresses.count < Self.mostAddresses
    guard let attempts = isKnown ? addresses[address] : others, attempts.ends > now,
      attempts.wrong >= mostCompared
    else { return nil }
    return attempts.ends - now
  }

  /// A wrong token was offered.
  /// - Returns: how long the address should wait, where it has offered too many.
  package mutating func wrongToken(from address: String, at now: Instant) -> Duration? {
    if addresses[address] == nil, addresses.count >= Self.mostAddresses {
      addresses = addresses.filter { $0.value.ends > now }
    }
    let isKnown = addresses[address] != nil || addresses.count < Self.mostAddresses
    var attempts = isKnown ? addresses[address] : others
    if let ends = attempts?.ends, ends <= now { attempts = nil }
    var current = attempts ?? Attempts(ends: now + Self.window, wrong: 0)
    current.wrong = min(current.wrong + 1, mostCompared + 1)
    if isKnown { addresses[address] = current } else { others = current }
    return current.wrong > mostWrong ? current.ends - now : nil
  }
}
