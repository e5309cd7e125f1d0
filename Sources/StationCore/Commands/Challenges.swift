// The nonces by which a station knows how old a command is.
import StationProtocol
import Time

/// The nonces that this life of the daemon has told, each with its moment. Every birth has a new
/// one, so that the service never measures from a birth that it has missed.
struct Challenges: Equatable, Sendable {
  /// How long a nonce is told: two clocks without a common time drift apart by a third of a second
  /// in an hour (100 ppm).
  static let period: Duration = .seconds(3600)
  /// The shortest time between two that the service has asked for: whoever owns the broker asks often.
  static let pause: Duration = .seconds(1)
  /// Births may follow one another closely; a command that is on its way names one of these.
  static let most = 8

  private var start = StartNonce(high: 0, low: 0)
  private var drawn: Int64 = 0
  /// The last is the current one.
  private var told: [Challenge] = []
  /// The service has asked for another one.
  private var isAsked = false

  private struct Challenge: Equatable, Sendable {
    let nonce: SessionNonce
    let at: Instant
  }

  mutating func boot(_ start: StartNonce) { self.start = start }

  mutating func draw(at now: Instant) -> SessionNonce {
    drawn += 1
    isAsked = false
    let nonce = SessionNonce(of: start, number: drawn)
    told.append(Challenge(nonce: nonce, at: now))
    told.removeFirst(max(0, told.count - Self.most))
    return nonce
  }

  /// When a nonce was told; nil where it is none of these.
  func moment(of nonce: SessionNonce) -> Instant? { told.last { $0.nonce == nonce }?.at }

  /// The service measures from when it hears of one.
  mutating func ask() { isAsked = true }

  /// When another one is due.
  var deadline: Instant? { told.last.map { $0.at + (isAsked ? Self.pause : Self.period) } }
}
