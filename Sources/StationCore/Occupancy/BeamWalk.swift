// One walk through two beams: where the body is, and whether another one follows on its heels.
import Time

extension BeamPair {
  /// Someone in the beams. `near` was broken first; a body that goes through leaves by the other,
  /// the far one.
  ///
  /// A near beam that is broken again while the far one still is belongs to a second person close
  /// behind, or to one who steps back. The speed at which the front went from beam to beam tells
  /// when the back of a first person leaves the far beam: a steady one leaves it as long after
  /// the near one as the front took. One who steps back has to walk the length of the body.
  package struct Walk: Equatable, Sendable {
    let near: Beam
    let nearBroken: Instant
    private(set) var farBroken: Instant?
    /// Walks in the steps of another, who was seen to go on.
    private(set) var isFollower = false
    private var isFarBroken = false
    private var nearCleared: Instant?
    private var nearBrokenAgain: Instant?
    private var farCleared: Instant?
    private var isSteady = true
    /// People who may have been there and cannot be told from this one.
    private var doubtful = 0
    private var nearClears = 0
    private var farClears = 0

    enum Outcome: Equatable {
      case goesOn
      /// The one in front has gone through; the other one has just broken the near beam.
      case followed(Walk)
      case through
      case back
    }

    /// More than this cannot be told apart, and need not be.
    private static let most = 20

    init(near: Beam, at now: Instant) {
      self.near = near
      nearBroken = now
    }

    /// Both beams were broken as nobody can who walks.
    var isSimultaneous: Bool {
      farBroken.map { $0 - nearBroken <= BeamPair.atOnce } ?? false
    }

    /// Both were broken in one instant and have been since.
    var looksDark: Bool { isSimultaneous && nearClears == 0 && farClears == 0 }

    mutating func broken(_ beam: Beam, at now: Instant) -> Outcome {
      if beam == near {
        if let nearCleared, now - nearCleared < BeamPair.flicker {
          self.nearCleared = nil
          nearClears -= 1
        } else {
          nearBrokenAgain = now
        }
        return .goesOn
      }
      isFarBroken = true
      if let farCleared, now - farCleared < BeamPair.flicker {
        // The far beam of a follower may flicker before it was ever broken by the follower.
        farClears = max(0, farClears - 1)
        farBroken = farBroken ?? now
      } else {
        if farBroken != nil { isSteady = false }
        farBroken = now
      }
      return .goesOn
    }

    mutating func cleared(_ beam: Beam, at now: Instant) -> Outcome {
      if beam == near {
        guard isFarBroken else { return .back }
        let again = nearBrokenAgain
        nearBrokenAgain = nil
        // It flickered; it has been clear since before.
        if let again, now - again < BeamPair.flicker { return .goesOn }
        if let again, now - again >= BeamPair.leastBody { doubt() }
        nearClears += 1
        nearCleared = now
        return .goesOn
      }
      isFarBroken = false
      farCleared = now
      if nearCleared == nil, farClears == 0, let since = farBroken, now - since < BeamPair.flicker {
        farBroken = nil
        return .goesOn
      }
      farClears += 1
      // The near beam is clear: nobody is left in it.
      guard nearCleared == nil || nearBrokenAgain != nil else { return .through }
      guard let again = nearBrokenAgain else { return .goesOn }
      return leftFar(again: again, at: now)
    }

    /// The far beam is clear, and the near one was broken again before.
    private mutating func leftFar(again: Instant, at now: Instant) -> Outcome {
      defer {
        nearBrokenAgain = nil
        nearCleared = nil
        isSteady = false
      }
      switch motion(at: now) {
      case .back: return .goesOn
      case .onwards:
        farClears -= 1
        var follower = Walk(near: near, at: again)
        follower.isFollower = true
        follower.farCleared = now
        return .followed(follower)
      case nil:
        doubt()
        return .goesOn
      }
    }

    private enum Motion {
      case onwards
      case back
    }

    /// Which way the back of the body left the far beam; nil where the times do not tell.
    private func motion(at now: Instant) -> Motion? {
      guard isSteady, let farBroken, let nearCleared, !isSimultaneous else { return nil }
      let front = (farBroken - nearBroken).wholeNanoseconds
      let body = (nearCleared - nearBroken).wholeNanoseconds
      let rest = (now - nearCleared).wholeNanoseconds
      let slack = BeamPair.flicker.wholeNanoseconds
      // Three quarters: those who turn do not keep their speed to the last.
      let backwards = (body - front) / 4 * 3
      if rest < backwards, rest <= front + front / 2 + slack { return .onwards }
      if rest >= backwards, rest > 2 * front + slack { return .back }
      return nil
    }

    private mutating func doubt() { doubtful = min(doubtful + 1, Self.most) }

    /// How many more may have passed than this one.
    func possibleOthers(at now: Instant) -> Int {
      guard now - nearBroken > BeamPair.lingering else { return doubtful }
      // The last clearing of the far beam is this person's own.
      return min(doubtful + max(0, farClears - (nearCleared == nil ? 0 : 1)), Self.most)
    }

    /// How often the other beam was clear again while this one was broken all the time.
    func clears(besides stuck: Beam) -> Int {
      min(stuck == near ? farClears : nearClears, Self.most)
    }

    /// The length of the body in millimetres, as its speed tells; 0 where that was not steady.
    func bodyLength(_ spacing: Int, at now: Instant) -> Int {
      guard isSteady, let farBroken, let nearCleared, !isSimultaneous else { return 0 }
      let front = (farBroken - nearBroken).wholeNanoseconds
      let rest = (now - nearCleared).wholeNanoseconds
      guard rest >= front / 2, rest <= front * 2, now - nearBroken <= BeamPair.lingering else {
        return 0
      }
      return Int(Int64(spacing) * (nearCleared - nearBroken).wholeNanoseconds / front)
    }
  }
}
