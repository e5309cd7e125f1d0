// Tells someone who tries things at a reader from someone whose code did not scan.
import StationProtocol
import Time

/// The wrong tries of one access point: what was no code, no card and no PIN of ours.
///
/// Five in a row raise an alarm and let PINs, cards and typed codes wait for half a minute. Member
/// codes never wait, or anyone could shut the door by showing rubbish to it.
///
/// Framing noise is what a loose wire makes, for days if need be, but also what a set-up code for
/// scanners looks like. It counts towards the alarm like any other try, once: after it has had a
/// part in an alarm it counts no more until it has been silent for as long as a row lasts. So a
/// loose wire raises one alarm, which clears, and keeps neither that nor any other one standing;
/// its refusals are recorded all along. It never lets a PIN or a card wait.
package struct WrongTries: Equatable, Sendable {
  /// Tries in a row that are an alarm (GB 50396).
  static let row = 5
  /// After this time without a wrong try a row has ended, and with it the alarm.
  static let patience: Duration = .seconds(30)
  /// For how long PINs and cards wait.
  static let pause: Duration = .seconds(30)

  package private(set) var state = State.quiet
  /// Wrong tries by people since the last pause; a good try does not make up for them, or whoever
  /// has a card of his own could guess at the PINs of others between two showings of it.
  private var guesses = 0
  private var lastGuess: Instant?
  private var pausedUntil: Instant?
  /// When noise was last heard that does not count.
  private var noiseUntil: Instant?

  package enum State: Equatable, Sendable {
    /// No wrong try of late. Can become `trying`.
    case quiet
    /// So many in a row, fewer than five. Can become `raised` by another one, `quiet` by a good
    /// try or by time.
    case trying(Int, last: Instant, hasNoise: Bool)
    /// The alarm stands. Can become `quiet` by a good try or by time.
    case raised(last: Instant)
  }

  package enum Action: Equatable, Sendable {
    case raise
    case clear
  }

  package init() {}

  /// - Parameter isNoise: no person need have been there.
  package mutating func wrong(isNoise: Bool, at now: Instant) -> Action? {
    if isNoise {
      if let until = noiseUntil, now < until {
        noiseUntil = now + Self.patience
        return nil
      }
    } else {
      guess(at: now)
    }
    switch state {
    case .quiet:
      state = .trying(1, last: now, hasNoise: isNoise)
      return nil
    case .trying(let count, _, let hasNoise):
      let isNoisy = isNoise || hasNoise
      guard count + 1 >= Self.row else {
        state = .trying(count + 1, last: now, hasNoise: isNoisy)
        return nil
      }
      if isNoisy { noiseUntil = now + Self.patience }
      state = .raised(last: now)
      return .raise
    case .raised:
      state = .raised(last: now)
      if isNoise { noiseUntil = now + Self.patience }
      return nil
    }
  }

  /// Someone was let in.
  package mutating func good() -> Action? {
    defer { state = .quiet }
    if case .raised = state { return .clear }
    return nil
  }

  /// Whether PINs, cards and typed codes are to wait.
  package func isPaused(at now: Instant) -> Bool { pausedUntil.map { now < $0 } ?? false }

  package var deadline: Instant? {
    switch state {
    case .quiet: nil
    case .trying(_, let last, _), .raised(let last): last + Self.patience
    }
  }

  package mutating func wake(at now: Instant) -> Action? {
    guard let deadline, deadline <= now else { return nil }
    return good()
  }

  private mutating func guess(at now: Instant) {
    if let lastGuess, now - lastGuess >= Self.patience { guesses = 0 }
    guesses += 1
    lastGuess = now
    guard guesses >= Self.row else { return }
    guesses = 0
    pausedUntil = now + Self.pause
  }
}

extension Denial {
  /// Whether this answers what only someone does who has no right to come in.
  package var isWrongTry: Bool {
    switch self {
    case .malformed, .unknownKey, .badSignature, .unknownCard, .wrongPIN, .wrongTypedCode,
      .beyondIssuer:
      true
    case .unsupportedAlgorithm, .paused, .clockUntrusted, .typedCodeEarly, .typedCodeOver,
      .typedCodeUsed, .issuerEnded, .notYetValid, .expired,
      .tooLongLived, .noSubject, .wrongAudience, .revoked, .replayed, .suspended, .closed,
      .notReserved, .passedBack, .interlocked, .full, .lockedDown, .maintenance,
      .readerHeld:
      false
    }
  }
}
