// Which of a station's sessions is the present one, and whether two machines use its name.
import StationProtocol
import Time

/// Orders the sessions of one station. Two machines under one name take the broker's session from
/// each other: then sessions alternate, or an older one comes back to life. And whoever writes a
/// session of the distant future into a retained message must not keep the real ones from counting.
package struct SessionWatch: Equatable, Sendable {
  /// How many boots or connections may have gone by unheard, beside one for each second.
  static let slack: Int64 = 64
  /// The most of a session of which nothing before it is known.
  static let mostAtFirst: Int64 = 100_000_000
  /// How long a life is remembered after another one took its place, and how many are.
  static let memory: Duration = .seconds(3600)
  static let mostFormer = 8
  /// The broker ends an older session of the same client when it accepts a newer one. A death that
  /// is told so much later is not that of the machine whose session is the present one.
  static let overlap: Duration = .seconds(60)

  /// One start of a daemon on one stream.
  private struct Life: Hashable, Sendable {
    var stream: StreamID
    var boot: Int64

    init(_ session: SessionID) { (stream, boot) = (session.stream, session.boot) }
  }

  private struct Former: Equatable, Sendable {
    var life: Life
    var until: Instant
  }

  package private(set) var present: SessionID?
  /// When the present one was first heard; nil where only the broker's memory told of it.
  private var begun: Instant?
  private var former: [Former] = []

  package enum Verdict: Equatable, Sendable {
    /// The session is the present one, perhaps from now on.
    case present
    /// Another one has taken its place.
    case past
    /// The session cannot have come yet.
    case impossible
  }

  /// What a message under a session means.
  package struct Finding: Equatable, Sendable {
    package var verdict: Verdict
    /// Two machines use the name.
    package var isShared: Bool

    init(_ verdict: Verdict, isShared: Bool = false) {
      self.verdict = verdict
      self.isShared = isShared
    }
  }

  package init() {}

  /// A station says that it is there.
  /// - Parameter isLive: it says so now; the broker has not kept it.
  package mutating func hear(
    _ session: SessionID, isLive: Bool, at now: Instant
  ) -> Finding {
    guard let present, present != session else { return begin(session, isLive, now) }
    guard session.stream == present.stream else { return begin(session, isLive, now) }
    if session.isOlder(than: present) {
      guard isLive else { return Finding(.past) }
      // Of one machine, the connections of one boot only ever count up.
      let isSameBoot = session.boot == present.boot
      var finding = begin(session, isLive, now)
      finding.isShared = finding.isShared || isSameBoot
      return finding
    }
    guard isPossible(session, after: present, now) else {
      return Finding(.impossible, isShared: true)
    }
    return begin(session, isLive, now)
  }

  /// The broker or the station says that a session is over.
  /// - Parameter isThere: the present session is known to be there.
  package mutating func hearEnd(
    of session: SessionID, isLive: Bool, isThere: Bool, at now: Instant
  ) -> Finding {
    guard let present, present != session else { return begin(session, isLive, now) }
    let isSameStream = session.stream == present.stream
    if isSameStream ? session.isOlder(than: present) : isThere {
      let isLate = isThere && isLive && begun.map { now - $0 > Self.overlap } ?? false
      return Finding(.past, isShared: isLate)
    }
    guard !isSameStream || isPossible(session, after: present, now) else {
      return Finding(.impossible, isShared: true)
    }
    return begin(session, isLive, now)
  }

  private mutating func begin(
    _ session: SessionID, _ isLive: Bool, _ now: Instant
  ) -> Finding {
    guard present != session else { return Finding(.present) }
    guard present != nil || Self.isModest(session) else { return Finding(.impossible) }
    if let present, present.stream != session.stream, !Self.isModest(session) {
      return Finding(.impossible, isShared: true)
    }
    former.removeAll { $0.until <= now }
    let life = Life(session)
    let isBack = isLive && former.contains { $0.life == life }
    // Messages that the broker has kept are out of order, which is no sign of a second machine.
    if let present, Life(present) != life, begun != nil {
      former.removeAll { $0.life == Life(present) }
      former.append(Former(life: Life(present), until: now + Self.memory))
      former.removeFirst(max(0, former.count - Self.mostFormer))
    }
    present = session
    begun = isLive ? now : nil
    return Finding(.present, isShared: isBack)
  }

  private static func isModest(_ session: SessionID) -> Bool {
    session.boot <= mostAtFirst && session.connection <= mostAtFirst
  }

  /// Whether a newer session of the same stream can have come by now: a daemon starts, and tries
  /// to connect, once a second at most.
  private func isPossible(_ session: SessionID, after: SessionID, _ now: Instant) -> Bool {
    guard let begun else { return Self.isModest(session) }
    let allowed = Self.slack + (now - begun).wholeNanoseconds / 1_000_000_000
    let before = session.boot == after.boot ? after.connection : 0
    return session.boot - after.boot <= allowed && session.connection - before <= allowed
  }
}
