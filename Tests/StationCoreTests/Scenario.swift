// Tells a station what happens, at made-up times, and insists that the test claims every effect.
import StationProtocol
import Testing
import Time

@testable import StationCore

/// One station in a test. Effects are claimed in the order in which they come; an event told
/// while effects are unclaimed, and the end of the test, fail with what is left over.
final class Scenario {
  var station: Station
  private(set) var now: Now
  /// Every record ever handed out for the store, in order.
  private(set) var journal: [JournalEntry] = []
  /// Whether records are durable by the time of the next event, without the test saying so.
  var commitsByItself = true
  /// Whether the record of a day that is over has to be claimed.
  var claimsDays = false
  private(set) var sending = Sending()
  private var unclaimed: [Effect] = []
  private var codes: UInt64 = 0
  private let place: SourceLocation

  static let stream = StreamID(bits: 0xA)
  /// Noon of a day, UTC.
  static let noon = WallTime(seconds: 1_700_049_600)

  /// A station that has booted, with all effects of that claimed.
  convenience init(
    points: Int = 1, entry: EntryPolicy = EntryPolicy(),
    occupancy: OccupancyPolicy = OccupancyPolicy(), clock: ClockTrust.Policy = .require,
    outbox: OutboxLimits = OutboxLimits(), isTrusted: Bool = true, utcOffsetSeconds: Int = 0,
    recovered: Recovered = Recovered(stream: stream), _ place: SourceLocation = #_sourceLocation
  ) {
    self.init(
      unbooted: points, entry: entry, occupancy: occupancy, clock: clock, outbox: outbox,
      isTrusted: isTrusted,
      utcOffsetSeconds: utcOffsetSeconds, place)
    boot(recovered, place)
  }

  /// A station of any configuration, before its first event.
  init(_ configuration: StationConfiguration, _ place: SourceLocation = #_sourceLocation) {
    station = Station(configuration)
    now = Now(instant: Instant(nanoseconds: 1_000_000_000), wall: Self.noon)
    self.place = place
  }

  /// A station before its first event.
  init(
    unbooted points: Int, entry: EntryPolicy = EntryPolicy(),
    occupancy: OccupancyPolicy = OccupancyPolicy(), clock: ClockTrust.Policy = .require,
    outbox: OutboxLimits = OutboxLimits(),
    isTrusted: Bool = true, utcOffsetSeconds: Int = 0, _ place: SourceLocation = #_sourceLocation
  ) {
    station = Station(
      StationConfiguration(
        version: "test",
        accessPoints: (1...points).map { AccessPointConfiguration(id: AccessPointID($0)!) },
        entry: entry, occupancy: occupancy, clock: clock, outbox: outbox))
    now = Now(
      instant: Instant(nanoseconds: 1_000_000_000), wall: Self.noon, isTrusted: isTrusted,
      utcOffsetSeconds: utcOffsetSeconds)
    self.place = place
  }

  deinit { checkNothingIsLeft("at the end", place) }

  private func boot(_ recovered: Recovered, _ place: SourceLocation) {
    tell(.booted(recovered), place)
    for point in station.doors.points { expect(.door(.setStrike(point.id, .secure)), place) }
    expectJournal(
      .station(.started(boot: recovered.boot, after: recovered.ending, version: "test")), .urgent,
      place)
    if recovered.hasLostStore { expectJournal(.alarm(.raised(.storeLost, nil)), .urgent, place) }
    if !now.isTrusted, station.configuration.clock == .require {
      expectJournal(.alarm(.raised(.clockUntrusted, nil)), .urgent, place)
    }
    if now.isTrusted { expect(.store(.remember([.lastTrusted(now.wall)], .relaxed)), place) }
  }

  // MARK: - What happens

  func tell(_ event: Event, _ place: SourceLocation = #_sourceLocation) {
    checkNothingIsLeft("before \(event)", place)
    if commitsByItself { commit(place) }
    deliver(event, place)
  }

  /// Says that every record so far is durable.
  func commit(_ place: SourceLocation = #_sourceLocation) {
    if let last = journal.last?.seq, last > station.outbox.durable {
      deliver(.link(.journaled(through: last)), place)
    }
  }

  /// Lets time pass, with a `wake` at each deadline on the way.
  func advance(by duration: Duration, _ place: SourceLocation = #_sourceLocation) {
    checkNothingIsLeft("before time passes", place)
    if commitsByItself { commit(place) }
    let end = now.instant + duration
    while let deadline = station.nextDeadline, deadline <= end {
      move(to: max(deadline, now.instant))
      deliver(.wake, place)
      if let next = station.nextDeadline, next <= deadline {
        Issue.record("wake leaves its own deadline standing", sourceLocation: place)
        break
      }
    }
    move(to: end)
  }

  /// Moves the wall clock alone.
  func stepClock(by duration: Duration) { now.wall = now.wall + duration }
  func trustClock(_ isTrusted: Bool) { now.isTrusted = isTrusted }

  private func move(to instant: Instant) {
    now.wall = now.wall + (instant - now.instant)
    now.instant = instant
  }

  private func deliver(_ event: Event, _ place: SourceLocation) {
    let effects = station.handle(event, at: now)
    for effect in effects {
      if case .store(.journal(let entry)) = effect {
        journal.append(entry)
        if case .occupancy(.day) = entry.record.body, !claimsDays { continue }
      }
      unclaimed.append(effect)
    }
    for event in sending.take(effects, of: station.stream) { deliver(event, place) }
  }

  // MARK: - What is to be done

  func expect(_ expected: Effect, _ place: SourceLocation = #_sourceLocation) {
    guard let effect = take(expected, place) else { return }
    #expect(effect == expected, sourceLocation: place)
  }

  /// Claims a record that is written at this moment and has the next number.
  func expectJournal(
    _ body: Record.Body, _ lane: Lane? = nil, _ changes: [RecoveryChange]? = nil,
    _ place: SourceLocation = #_sourceLocation
  ) {
    guard let effect = take(body, place) else { return }
    guard case .store(.journal(let entry)) = effect else {
      Issue.record("not a record of \(body) but \(effect)", sourceLocation: place)
      return
    }
    #expect(entry.record.body == body, sourceLocation: place)
    #expect(entry.record.isTrusted == now.isTrusted, sourceLocation: place)
    if let lane { #expect(entry.lane == lane, sourceLocation: place) }
    if let changes { #expect(entry.changes == changes, sourceLocation: place) }
  }

  func expectJournal(
    _ body: Record.Body, _ lane: Lane, _ place: SourceLocation
  ) {
    expectJournal(body, lane, nil, place)
  }

  /// Claims the state of a part and returns it.
  @discardableResult
  func expectState(
    _ part: StatePart, _ place: SourceLocation = #_sourceLocation
  ) -> StateReport? {
    guard let effect = take(part, place) else { return nil }
    guard case .link(.publishState(let report)) = effect, report.part == part else {
      Issue.record("not the state of \(part) but \(effect)", sourceLocation: place)
      return nil
    }
    return report
  }

  /// Claims a birth and returns it.
  @discardableResult
  func expectBirth(_ place: SourceLocation = #_sourceLocation) -> BirthPayload? {
    guard let effect = take("a birth", place) else { return nil }
    guard case .link(.publishBirth(let birth)) = effect else {
      Issue.record("not a birth but \(effect)", sourceLocation: place)
      return nil
    }
    return birth
  }

  /// Claims what is next if it is the trusted time being written down, as happens now and then.
  func claimRemembered(_ count: inout Int) {
    while case .store(.remember(let changes, _)) = unclaimed.first, changes.count == 1,
      case .lastTrusted = changes[0]
    {
      unclaimed.removeFirst()
      count += 1
    }
  }

  /// Claims that records are sent, whichever.
  func expectSent(_ place: SourceLocation = #_sourceLocation) {
    guard let effect = take("records", place) else { return }
    guard case .link(.publishRecords) = effect else {
      Issue.record("not records but \(effect)", sourceLocation: place)
      return
    }
  }

  func expectNothing(_ place: SourceLocation = #_sourceLocation) {
    checkNothingIsLeft("here", place)
  }

  private func take(_ wanted: Any, _ place: SourceLocation) -> Effect? {
    guard !unclaimed.isEmpty else {
      Issue.record("nothing is left where \(wanted) was expected", sourceLocation: place)
      return nil
    }
    return unclaimed.removeFirst()
  }

  private func checkNothingIsLeft(_ moment: String, _ place: SourceLocation) {
    guard !unclaimed.isEmpty else { return }
    let list = unclaimed.map { "  \($0)" }.joined(separator: "\n")
    Issue.record("unclaimed effects \(moment):\n\(list)", sourceLocation: place)
    unclaimed = []
  }

  // MARK: - What people do

  /// A new code, issued now for a minute.
  func code(_ member: String = "m-1", life: Duration = .seconds(60)) -> Presentation {
    codes += 1
    let digest = CodeDigest(high: 0xC0DE, low: codes)
    return Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(subject: member, expires: now.wall + life, issued: now.wall), code: digest))
  }

  /// A code of which nothing can be believed.
  func badCode(_ refusal: CodeRefusal = .malformed(.noise)) -> Presentation {
    codes += 1
    return Presentation(digest: CodeDigest(high: 0xBAD, low: codes), verdict: .refused(refusal))
  }

  /// Shows a new code that must be accepted, and claims all that follows from it.
  @discardableResult
  func letIn(
    _ member: String = "m-1", at point: AccessPointID = 1,
    _ place: SourceLocation = #_sourceLocation
  ) -> Presentation {
    let code = code(member)
    tell(.entry(.presented(point, .code(code))), place)
    expectGrant(of: code, member, at: point, place)
    return code
  }

  func expectGrant(
    of code: Presentation, _ member: String = "m-1", at point: AccessPointID = 1,
    _ place: SourceLocation = #_sourceLocation
  ) {
    expect(.door(.setStrike(point, .release)), place)
    expect(.door(.show(point, .granted)), place)
    expectJournal(
      .entry(.granted(point, member: MemberID(member)!, .code(code.digest))), .urgent, place)
  }

  func expectRefusal(
    _ denial: Denial, of code: Presentation, _ member: String? = nil,
    at point: AccessPointID = 1, _ place: SourceLocation = #_sourceLocation
  ) {
    var fault: CodeFault?
    if case .refused(let refusal) = code.verdict { fault = refusal.fault }
    expect(.door(.show(point, .refused(denial, fault: fault))), place)
    expectJournal(
      .entry(
        .refused(
          point, reason: denial, fault: fault, member: member.flatMap { MemberID($0) },
          .code(code.digest))),
      .soon, place)
  }

  /// Someone breaks the beams one after the other, in a moment; only the last step may have
  /// effects.
  func walk(
    _ beams: Beam..., at point: AccessPointID = 1, _ place: SourceLocation = #_sourceLocation
  ) {
    for beam in beams {
      tell(.occupancy(.beamChanged(point, beam, isBroken: true)), place)
      advance(by: .milliseconds(10), place)
    }
    advance(by: .milliseconds(20), place)
    for beam in beams {
      tell(.occupancy(.beamChanged(point, beam, isBroken: false)), place)
      if beam != beams.last { advance(by: .milliseconds(10), place) }
    }
  }

  func openUplink(_ connection: Int64 = 1, _ place: SourceLocation = #_sourceLocation) {
    tell(.link(.uplinkOpened(connection: connection)), place)
    expectBirth(place)
    for part in parts { expectState(part, place) }
  }

  /// When the station has something to do before the day ends.
  var nextDeadline: Instant? {
    let deadline = station.nextDeadline
    return deadline == station.headcount.midnight ? nil : deadline
  }

  /// All parts that report their state, in the order in which they do.
  var parts: [StatePart] {
    (station.doors.points.map { StatePart.door($0.id) } + [.occupancy, .climate, .energy, .alarms])
      .sorted()
  }
}

extension AccessPointID: ExpressibleByIntegerLiteral {
  /// Traps where there is no such access point.
  package init(integerLiteral number: Int) {
    guard let point = AccessPointID(number) else { preconditionFailure("no access point") }
    self = point
  }
}
