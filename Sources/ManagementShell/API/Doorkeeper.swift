// Who makes a request, by its token, and who is not even asked for it.
import HTTP
import ManagementCore
import Time

/// Compares tokens, counts wrong ones by address, and remembers which connections have shown a
/// right one. Lives on the loop's thread.
final class Doorkeeper {
  /// The addresses that have offered wrong tokens of late.
  var attempts = TokenAttempts()
  private var tokens: Tokens
  private let now: () -> Now
  /// The addresses that have shown a right token on each open connection: several where a proxy
  /// asks for many on one.
  private var known: [UInt64: Set<String>] = [:]
  private static let mostKnownOfConnection = 100

  init(_ tokens: Tokens, now: @escaping () -> Now) {
    self.tokens = tokens
    self.now = now
  }

  /// Others count from now on. Connections that have shown one of before have to show theirs again.
  /// - Returns: false where they are the same ones.
  func change(_ tokens: Tokens) -> Bool {
    guard tokens != self.tokens else { return false }
    self.tokens = tokens
    known = [:]
    return true
  }

  /// - Throws: what is answered where no token is offered, or not a right one.
  func actor(of request: HTTPRequest) throws(Problem) -> Actor {
    guard let offered = request.header("authorization") else { throw .unauthorized }
    let isKnown = known[request.connection]?.contains(request.peer) == true
    if !isKnown, let wait = attempts.pause(of: request.peer, at: now().instant) {
      throw Self.tooMany(wait)
    }
    guard let actor = tokens.actor(authorization: offered) else {
      guard let wait = attempts.wrongToken(from: request.peer, at: now().instant) else {
        throw .unauthorized
      }
      throw Self.tooMany(wait)
    }
    if !isKnown, request.connection != 0,
      known[request.connection, default: []].count < Self.mostKnownOfConnection
    {
      known[request.connection, default: []].insert(request.peer)
    }
    return actor
  }

  /// Lets a request without a token in, unless its address has offered too much that was wrong.
  func admit(_ request: HTTPRequest) throws(Problem) {
    if let wait = attempts.pause(of: request.peer, at: now().instant) { throw Self.tooMany(wait) }
  }

  /// What a request proves is wrong, which counts as a wrong token of its address.
  /// - Returns: what is answered where it was one too many.
  func wrongToken(of request: HTTPRequest) -> Problem? {
    attempts.wrongToken(from: request.peer, at: now().instant).map(Self.tooMany)
  }

  /// A connection is gone.
  func forget(_ connection: UInt64) { known[connection] = nil }

  private static func tooMany(_ wait: Duration) -> Problem {
    .tooManyRequests(
      "Too many wrong tokens came from this address.",
      retryAfter: (wait.wholeNanoseconds + 999_999_999) / 1_000_000_000)
  }
}
