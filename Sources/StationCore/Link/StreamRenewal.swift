// When a station leaves a stream whose numbers mean something else to the service.
import StationProtocol
import Time

/// Bounds how often a station begins a new stream on what an acknowledgement says. The broker may
/// bring anything: without the bound, whoever forges acknowledgements would make it begin one
/// after the other. Meanwhile nothing is lost, for nothing is given up.
package struct StreamRenewal: Equatable, Sendable {
  /// At most one in this time.
  static let interval: Duration = .seconds(3600)
  /// How long the alarm stands after the last cause of its kind: nobody can say that it is over.
  static let period: Duration = .seconds(86_400)

  private var last: Instant?
  /// In the order in which their causes came last.
  private var standing: [Standing] = []

  private struct Standing: Equatable, Sendable {
    let alarm: Alarm
    let until: Instant
  }

  /// - Returns: whether a new stream may begin; it counts as begun.
  mutating func begin(for alarm: Alarm, at now: Instant) -> Bool {
    note(alarm, at: now)
    if let last, now - last < Self.interval { return false }
    last = now
    return true
  }

  /// Something that nobody can say is over was seen; its alarm stands for a day from now.
  mutating func note(_ alarm: Alarm, at now: Instant) {
    standing.removeAll { $0.alarm == alarm }
    standing.append(Standing(alarm: alarm, until: now + Self.period))
  }

  /// Whether this alarm stands for the sake of its day.
  func holds(_ alarm: Alarm) -> Bool { standing.contains { $0.alarm == alarm } }

  /// The alarm stands for another reason from now on.
  mutating func forget(_ alarm: Alarm) { standing.removeAll { $0.alarm == alarm } }

  var deadline: Instant? { standing.map(\.until).min() }

  /// The alarms that have stood long enough.
  mutating func end(at now: Instant) -> [Alarm] {
    let over = standing.filter { $0.until <= now }.map(\.alarm)
    standing.removeAll { $0.until <= now }
    return over
  }
}

extension Station {
  mutating func take(_ ack: Acknowledgement, _ step: inout Step) {
    if let kept = ack.kept {
      return follow(keptEnds.stored(kept, of: ack.stream), &step)
    }
    let unsettled = step.outbox.settlements
    func trim(_ upto: UInt64, _ step: inout Step) {
      keep(unsettled.filter { $0.seq <= upto }, &step)
      step.effects.append(.trim(through: upto))
    }
    switch step.outbox.acknowledged(ack, at: step.now.instant) {
    case .nothing: break
    case .trim(let upto): trim(upto, &step)
    case .foreign: refuse(.foreignAcknowledgement, &step)
    case .beyond:
      refuse(.foreignAcknowledgement, &step)
      leaveStream(for: .acknowledgementForeign, &step)
    case .conflict(let upto):
      if let upto { trim(upto, &step) }
      leaveStream(for: .storeCopied, &step)
    }
  }

  /// Other records have this stream's numbers, at the service or soon. Once an exchange is over,
  /// for its steps wait for numbers; the service will say the same again.
  private mutating func leaveStream(for alarm: Alarm, _ step: inout Step) {
    guard vending?.session.exchange == nil else { return }
    let mayBegin = renewal.begin(for: alarm, at: step.now.instant)
    step.set(alarm, nil, stands: true)
    guard mayBegin else { return }
    step.outbox.renew()
    step.effects.append(.renewStream)
  }

  /// The session that is up still speaks of the old stream: the shell begins another one.
  mutating func renew(on stream: StreamID, through last: UInt64, _ step: inout Step) {
    boot = 1
    uplink = nil
    uplinkLostAt = uplinkLostAt ?? step.now.instant
    step.outbox.uplinkClosed()
    keptEnds.uplinkClosed()
    step.effects += step.outbox.renewed(on: stream, through: last).map(Effect.journal)
    vending?.abandon(&step)
  }
}
