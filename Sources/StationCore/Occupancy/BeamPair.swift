// Tells from two light beams, one behind the other, who went through and which way.
import StationProtocol
import Time

/// One of the two beams of an access point.
package enum Beam: String, CaseIterable, Sendable {
  /// On the street side.
  case outer
  /// On the room side.
  case inner
}

/// The beams of one access point, read as levels. What the order of their edges cannot tell, the
/// times may; what neither can, is ambiguous, and said to be so (see the article Counting).
package struct BeamPair: Equatable, Sendable {
  /// Shorter than this a level is a flicker, never a person.
  static let flicker: Duration = .milliseconds(20)
  /// Closer together than this two beams were not broken by anyone who walks.
  static let atOnce: Duration = .milliseconds(5)
  /// A beam that is broken again for less than this was broken by a hand or a bag.
  static let leastBody: Duration = .milliseconds(100)
  /// Someone who stands in the beams for longer than this may have been passed by another.
  static let lingering: Duration = .seconds(3)
  /// Two beams broken one after the other and never together within this time are one thin body.
  static let thinBody: Duration = .seconds(1)
  /// A walk of steady speed whose body seems longer than this, in millimetres, may be two people.
  static let longBody = 700

  package let timing: BeamTiming
  package private(set) var state = State.clear
  /// Since when each beam has been broken; nil while it is clear.
  private var outerBroken: Instant?
  private var innerBroken: Instant?
  /// The last body that broke one beam only.
  private var lone: Lone?

  package enum State: Equatable, Sendable {
    /// Nobody is in the beams. Can become `passing` when one is broken.
    case clear
    /// Someone is in the beams. Can become `clear` when both are clear, `blocked` when one has
    /// been broken for too long, `dark` when both were broken in one instant and stay so.
    case passing(Walk)
    /// A beam was broken for too long: no direction can be told. Can become `clear` when both
    /// have been clear for a while.
    case blocked(Outage)
    /// Both beams went without anyone walking: no light, or no power. Can become `blocked` when
    /// one is clear and the other is not, `clear` when both have been clear for a while.
    case dark(Outage)
  }

  package struct Outage: Equatable, Sendable {
    var since: Instant
    /// The beam that told nothing any more; passages are seen at the other one.
    var stuck: Beam
    /// A person who broke the other beam before the fault still counts when that one is clear.
    var hasWalker: Bool
    /// Since when both have been clear.
    var clearSince: Instant?
  }

  /// What a step of the machine asks for, in order.
  package enum Action: Equatable, Sendable {
    /// Someone went through, from the instant on at which a beam was broken.
    case passed(Passage, began: Instant, isTailgate: Bool)
    case raise(Alarm)
    case clear(Alarm)
  }

  private struct Lone: Equatable, Sendable {
    var beam: Beam
    var until: Instant
  }

  package init(_ timing: BeamTiming = BeamTiming()) { self.timing = timing }

  /// Whether anything is, or may be, between the posts.
  package var isOccupied: Bool { state != .clear }

  /// A beam was sensed.
  package mutating func sense(_ beam: Beam, isBroken: Bool, at now: Instant) -> [Action] {
    // Levels are told again after a restart; only a change says anything.
    guard (brokenSince(beam) != nil) != isBroken else { return [] }
    let since = brokenSince(beam) ?? now
    switch beam {
    case .outer: outerBroken = isBroken ? now : nil
    case .inner: innerBroken = isBroken ? now : nil
    }
    let overdue = wake(at: now)
    switch state {
    case .clear:
      if isBroken { state = .passing(Walk(near: beam, at: now)) }
      return overdue
    case .passing(var walk):
      let outcome = isBroken ? walk.broken(beam, at: now) : walk.cleared(beam, at: now)
      return overdue + follow(outcome, walk, at: now)
    case .blocked(let outage), .dark(let outage):
      return overdue + change(outage, beam, isBroken, since: since, at: now)
    }
  }

  /// When `wake` has something to do.
  package var deadline: Instant? {
    switch state {
    case .clear: return nil
    case .passing(let walk):
      let dark = walk.looksDark ? walk.farBroken.map { $0 + timing.darkAfter } : nil
      return ([outerBroken, innerBroken].map { $0.map { $0 + timing.blockedAfter } } + [dark])
        .compactMap { $0 }.min()
    case .blocked(let outage), .dark(let outage):
      return outage.clearSince.map { $0 + timing.clearAfter }
    }
  }

  package mutating func wake(at now: Instant) -> [Action] {
    guard let deadline, deadline <= now else { return [] }
    switch state {
    case .clear: return []
    case .passing(let walk): return fail(walk, at: now)
    case .blocked:
      state = .clear
      return [.clear(.beamBlocked)]
    case .dark:
      state = .clear
      return [.clear(.beamDark)]
    }
  }

  /// The beams can no longer be read; a passage under way is forgotten.
  package mutating func lose() -> [Action] {
    defer { self = BeamPair(timing) }
    switch state {
    case .clear, .passing: return []
    case .blocked: return [.clear(.beamBlocked)]
    case .dark: return [.clear(.beamDark)]
    }
  }

  private func brokenSince(_ beam: Beam) -> Instant? {
    beam == .outer ? outerBroken : innerBroken
  }
}

// MARK: - People

extension BeamPair {
  private mutating func follow(_ outcome: Walk.Outcome, _ walk: Walk, at now: Instant) -> [Action] {
    switch outcome {
    case .goesOn:
      state = .passing(walk)
      return []
    case .followed(let follower):
      state = .passing(follower)
      return passed(walk, at: now)
    case .through:
      state = .clear
      return passed(walk, at: now)
    case .back:
      state = .clear
      return turnedBack(walk, at: now)
    }
  }

  private mutating func passed(_ walk: Walk, at now: Instant) -> [Action] {
    lone = nil
    if walk.isSimultaneous {
      return [.passed(.ambiguous, began: walk.nearBroken, isTailgate: false)]
    }
    let others = walk.possibleOthers(at: now)
    let isInward = walk.near == .outer
    let isSuspect =
      walk.isFollower || others > 0 || walk.bodyLength(timing.spacing, at: now) > Self.longBody
    let sure = Action.passed(
      isInward ? .inward : .outward, began: walk.nearBroken, isTailgate: isInward && isSuspect)
    return [sure] + ambiguous(others, walk)
  }

  private mutating func turnedBack(_ walk: Walk, at now: Instant) -> [Action] {
    guard now - walk.nearBroken >= Self.flicker else { return [] }
    let others = walk.possibleOthers(at: now)
    if others > 0 { return ambiguous(others, walk) }
    guard walk.farBroken == nil else {
      lone = nil
      return [.passed(.turnBack, began: walk.nearBroken, isTailgate: false)]
    }
    let before = lone
    lone = Lone(beam: walk.near, until: now)
    if let before, before.beam != walk.near, walk.nearBroken - before.until <= Self.thinBody {
      lone = nil
      return ambiguous(1, walk)
    }
    return [.passed(.turnBack, began: walk.nearBroken, isTailgate: false)]
  }

  private func ambiguous(_ count: Int, _ walk: Walk) -> [Action] {
    Array(
      repeating: .passed(.ambiguous, began: walk.nearBroken, isTailgate: false), count: count)
  }
}

// MARK: - Faults

extension BeamPair {
  /// Nobody walks for so long: what stands in the beams is a thing, or nothing lights them.
  private mutating func fail(_ walk: Walk, at now: Instant) -> [Action] {
    lone = nil
    if walk.looksDark {
      state = .dark(Outage(since: now, stuck: .inner, hasWalker: false))
      return [.raise(.beamDark)]
    }
    let stuck: Beam =
      switch (outerBroken, innerBroken) {
      case (let outer?, let inner?): outer < inner ? .outer : .inner
      case (_, nil): .outer
      case (nil, _): .inner
      }
    let isOtherBroken = brokenSince(stuck == .outer ? .inner : .outer) != nil
    state = .blocked(Outage(since: now, stuck: stuck, hasWalker: isOtherBroken))
    return [.raise(.beamBlocked)] + ambiguous(walk.clears(besides: stuck), walk)
  }

  private mutating func change(
    _ outage: Outage, _ beam: Beam, _ isBroken: Bool, since: Instant, at now: Instant
  ) -> [Action] {
    var outage = outage
    var actions: [Action] = []
    if !isBroken, beam != outage.stuck, outage.hasWalker || since >= outage.since,
      now - since >= Self.flicker
    {
      actions.append(.passed(.ambiguous, began: since, isTailgate: false))
      outage.hasWalker = false
    }
    let areClear = outerBroken == nil && innerBroken == nil
    outage.clearSince = areClear ? now : nil
    let isDark = if case .dark = state { true } else { false }
    if isDark, outerBroken == nil || innerBroken == nil, !areClear {
      // One of them has light again: the other one is blocked.
      outage.stuck = outerBroken == nil ? .inner : .outer
      state = .blocked(outage)
      return [.clear(.beamDark), .raise(.beamBlocked)]
    }
    let other: Beam = beam == .outer ? .inner : .outer
    if !isBroken, beam == outage.stuck,
      let since = brokenSince(other), now - since >= timing.blockedAfter
    {
      outage.stuck = other
    }
    state = isDark ? .dark(outage) : .blocked(outage)
    return actions
  }
}
