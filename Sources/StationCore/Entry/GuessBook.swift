// Who guesses at PINs, cards and typed codes slowly: more wrong tries than people make, over hours and days.
import StationProtocol
import Time

/// The wrong PINs, cards and typed codes of a station, by the number that was typed and by the reader,
/// however slowly they come. `WrongTries` hears the fast ones.
///
/// Each has a bucket that a wrong try fills and time empties. A full one lets PINs wait, and at a
/// reader cards and typed codes too, twice as long with each further wrong try. Member codes never
/// wait, and neither does anybody who wants to leave: so whoever types another's number keeps its PIN
/// away for an hour at most, and nobody with a phone from the door.
///
/// A restart is no way around it: what is remembered goes on as if no time had passed, because a
/// board without a battery cannot tell how much has.
package struct GuessBook: Equatable, Sendable {
  /// So many wrong tries within `watch` are an alarm.
  static let many = 20
  static let watch: Duration = .seconds(86_400)
  /// The most numbers that are followed at once; the emptiest gives way.
  static let mostNumbers = 256

  private var buckets: [GuessKey: GuessBucket] = [:]
  /// The last wrong tries, the oldest first; as many as are an alarm.
  private var times: [Instant] = []

  package init() {}

  // MARK: - Tries

  /// Whether a PIN of this number, or with nil a card or a typed code, has to wait at this reader.
  package func holds(_ number: TypedNumber?, at reader: AccessPointID, _ now: Instant) -> Bool {
    if buckets[.reader(reader)]?.isHeld(at: now) == true { return true }
    return number.map { buckets[.number($0)]?.isHeld(at: now) == true } ?? false
  }

  /// A wrong PIN or code was typed, or a card shown that nobody has.
  /// - Parameter number: nil where none was typed.
  package mutating func wrong(
    _ number: TypedNumber?, at reader: AccessPointID, _ now: Instant
  ) -> [GuessChange] {
    times = (times + [now]).suffix(Self.many)
    var changes = fill(.reader(reader), now)
    if let number { changes += makeRoom(for: number, now) + fill(.number(number), now) }
    return changes + [.times(ages(now))]
  }

  /// A member who knows a number's PIN may mistype it again. A reader's account stays: or
  /// one good PIN would pay for guesses at all the others.
  package mutating func right(_ number: TypedNumber) -> [GuessChange] {
    buckets.removeValue(forKey: .number(number)) == nil ? [] : [.bucket(.number(number), nil)]
  }

  private mutating func fill(_ key: GuessKey, _ now: Instant) -> [GuessChange] {
    var bucket = buckets[key] ?? GuessBucket(key.rate, at: now)
    bucket.fill(at: now)
    buckets[key] = bucket
    return [.bucket(key, bucket.memory(at: now))]
  }

  private mutating func makeRoom(for number: TypedNumber, _ now: Instant) -> [GuessChange] {
    guard buckets[.number(number)] == nil else { return [] }
    let numbers = buckets.filter { if case .number = $0.key { true } else { false } }
    guard numbers.count >= Self.mostNumbers else { return [] }
    let emptiest = numbers.min {
      ($0.value.level(at: now), $0.key) < ($1.value.level(at: now), $1.key)
    }
    guard let key = emptiest?.key else { return [] }
    buckets[key] = nil
    return [.bucket(key, nil)]
  }

  // MARK: - The alarm

  package func isAlarming(at now: Instant) -> Bool {
    times.count >= Self.many && times.first.map { now - $0 < Self.watch } == true
  }

  /// When the alarm ends by itself, where it stands.
  package var alarmEnd: Instant? { times.first.map { $0 + Self.watch } }

  // MARK: - Memory

  package mutating func recover(_ changes: [GuessChange], at now: Instant) {
    for change in changes {
      switch change {
      case .bucket(let key, let memory):
        buckets[key] = memory.map { GuessBucket(key.rate, $0, at: now) }
      case .times(let ages):
        times = ages.suffix(Self.many).map { now + (.zero - $0) }
      }
    }
  }

  /// All that boot needs, for a store that knows nothing.
  package func changes(at now: Instant) -> [GuessChange] {
    guard !times.isEmpty || !buckets.isEmpty else { return [] }
    return buckets.sorted { $0.key < $1.key }.map { .bucket($0.key, $0.value.memory(at: now)) }
      + [.times(ages(now))]
  }

  private func ages(_ now: Instant) -> [Duration] { times.map { now - $0 } }
}

extension Denial {
  /// Whether somebody may have guessed.
  var isGuess: Bool { self == .wrongPIN || self == .wrongTypedCode || self == .unknownCard }
}

extension GuessKey {
  var rate: GuessBucket.Rate {
    switch self {
    // Four digits last a year, at a try an hour.
    case .number:
      GuessBucket.Rate(room: 5, leak: .seconds(3600), longestPause: .seconds(3600))
    // Many members share a reader, and mistype.
    case .reader:
      GuessBucket.Rate(room: 10, leak: .seconds(360), longestPause: .seconds(900))
    }
  }
}
