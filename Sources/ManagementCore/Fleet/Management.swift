// The management service's decisions: what is stored, acknowledged, shown and refused.
import JSON
import StationProtocol
import Time

/// The service as a value: `handle` takes what happened and returns what is to be done. The
/// daemon and the fleet simulator run the same one.
package struct Management: Equatable, Sendable {
  package private(set) var stations: [StationID: StationLife] = [:]
  package private(set) var isLinkUp = false
  /// Grows with each change of what a view can show, but for the passing of time.
  package private(set) var revision: Int64 = 0
  /// How often each kind of bad input has come.
  package private(set) var refused = RefusedInput()
  /// When it was last looked whether a day has begun anywhere.
  private var daysShown: WallTime?
  /// How many questions of each station wait for the store.
  private var waiting: [StationID: Int] = [:]
  var sightings = CodeSightings()
  /// nil where all of quarantine has been read again.
  var secondReading: SecondReading?
  var paces: [StationID: StationPace] = [:]
  var statements: [StationID: TokenBucket] = [:]
  package internal(set) var commands = PendingCommands()
  /// The stations of which batches wait for their time.
  var slowed: [StationID] = []
  /// When `paceDue` is wanted next; nil where no batch waits for its time.
  package internal(set) var nextPaced: Instant?

  /// The most questions of one station that wait at a time. A machine serves one member after the
  /// other; whoever asks more than this gets no answer, and holds up nobody.
  package static let mostWaiting = 8

  package init() {}

  package mutating func handle(_ event: ManagementEvent, at now: Now) -> [ManagementEffect] {
    switch event {
    case .booted(let registrations, let today, let found):
      return boot(registrations, today, found, now)
    case .quarantined(let rows): return readAgain(rows)
    case .linkOpened:
      isLinkUp = true
      revision += 1
      return wishesAgain() + sorted.map { .announce($0) }
    case .linkClosed:
      guard isLinkUp else { return [] }
      isLinkUp = false
      revision += 1
      commands.loseAll()
      for station in sorted { life(station) { $0.linkLost() } }
      return sorted.map { .announce($0) }
    case .messageArrived(let path, let payload, let isRetained):
      return take(path, payload, isRetained, now)
    case .messageTooLarge(let path, let bytes):
      return note(.oversized(Self.sender(path), bytes: bytes), now) + Self.clear(path)
    case .requestRefused(let kind, let reason):
      refused.count(kind, reason: reason, at: now.wall)
      return []
    case .storeBehind(let station):
      return note(.notStored(station), now)
    case .requestsDropped(let requests):
      return requests.flatMap { request -> [ManagementEffect] in
        answered(request.station)
        return [.reply(request.station, request.reply(.refused(.serviceBusy, balance: nil)))]
      }
    case .stored(let outcomes): return take(outcomes, now) + goOnReading(outcomes)
    case .stationRetired(let station, let retirement):
      life(station) { $0.retirement = retirement }
      return [.announce(station)]
    case .stationNamed(let registration):
      life(registration.id) {
        $0.names = registration.names
        $0.zone = registration.zone
      }
      return [.announce(registration.id)]
    case .dayBegan:
      _ = forgetOldFindings(now)
      _ = showNewDays(now)
      return sorted.map { .announce($0) }
    case .hourPassed:
      let changed = Set(forgetOldFindings(now)).union(showNewDays(now))
      return changed.sorted().map { .announce($0) }
    case .paceDue: return takePaced(now)
    case .commands(let event): return follow(event, now)
    case .identityRefused(let station, let reason):
      return note(.unprovenIdentity(station, reason: reason), now)
    case .certificatesEnding(let stations): return end(stations, now)
    }
  }

  private mutating func boot(
    _ registrations: [StationRegistration], _ today: [StationID: VisitCounts],
    _ found: FoundCommands, _ now: Now
  ) -> [ManagementEffect] {
    refused = RefusedInput(since: now.wall)
    daysShown = now.wall
    for registration in registrations {
      life(registration.id) {
        $0 = StationLife(names: registration.names)
        $0.retirement = registration.retirement
        $0.zone = registration.zone
        $0.recover(today[registration.id] ?? VisitCounts(), at: now)
      }
    }
    for (station, wish) in found.wishes { life(station) { $0.wish = wish } }
    return [.readAgain(after: 0)]
      + effects(of: commands.boot(found.open, epoch: found.epoch, at: now))
  }

  /// The service found something about a station: its alarm stands for a day from now.
  mutating func find(_ alarm: Alarm, at station: StationID, _ now: Now) -> [ManagementEffect] {
    var isNew = false
    life(station) { isNew = $0.findings.note(alarm, at: now) }
    return isNew ? [.announce(station)] : []
  }

  /// - Returns: the stations at whose place another day has begun.
  private mutating func showNewDays(_ now: Now) -> [StationID] {
    let before = daysShown ?? now.wall
    daysShown = now.wall
    return sorted.filter { station in
      let zone = stations[station]?.zone ?? now.rules
      guard zone.localDay(of: before) != zone.localDay(of: now.wall) else { return false }
      life(station) { _ in }
      return true
    }
  }

  private mutating func forgetOldFindings(_ now: Now) -> [StationID] {
    sorted.filter { station in
      var findings = stations[station]?.findings ?? StationFindings()
      guard findings.forgetOld(at: now) else { return false }
      life(station) { $0.findings = findings }
      return true
    }
  }

  /// When `.commands(.due)` is wanted; nil where nothing waits for it.
  package var nextCommand: Instant? { commands.deadline }

  /// When `dayBegan` or `hourPassed` is wanted next: at the next quarter of an hour, because at
  /// one of these a day begins wherever a station stands, and the counts of today with it.
  package static func nextDay(after now: Now) -> Instant {
    let quarter: Int64 = 900_000
    let since = ((now.wall.milliseconds % quarter) + quarter) % quarter
    return now.instant + .milliseconds(quarter - since)
  }

  /// Every station, sorted by id.
  package func views(at now: Now) -> [StationView] { sorted.compactMap { view(of: $0, at: now) } }

  package func view(of station: StationID, at now: Now) -> StationView? {
    stations[station].map { StationView(id: station, life: $0, isLinkUp: isLinkUp, at: now) }
  }

  private var sorted: [StationID] { stations.keys.sorted() }

  mutating func life(_ station: StationID, _ body: (inout StationLife) -> Void) {
    revision += 1
    let revision = revision
    func change(_ life: inout StationLife) {
      body(&life)
      life.revision = revision
    }
    change(&stations[station, default: StationLife(names: StationNames(station))])
  }

  mutating func note(_ oddity: RefusedMessage, _ now: Now) -> [ManagementEffect] {
    refused.count(
      oddity.kind, from: oddity.station, reason: oddity.reason, at: now.wall)
    return [.note(oddity)]
  }

  /// A message in the tree is the service's to clear; what the service itself says there is not.
  private static func clear(_ path: String) -> [ManagementEffect] {
    path.hasPrefix("\(Topic.prefix)/") && path != Topic.serviceStatus.path
      ? [.clear(topic: path)] : []
  }

  /// The station in whose subtree a topic lies, whether or not it is one of the tree.
  private static func sender(_ path: String) -> StationID? {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let root = Topic.prefix.utf8.split(separator: UInt8(ascii: "/"))
    guard parts.count > root.count, zip(parts, root).allSatisfy({ $0.elementsEqual($1) }) else {
      return nil
    }
    return StationID(String(decoding: parts[root.count], as: UTF8.self))
  }
}

// MARK: - Messages

extension Management {
  private mutating func take(
    _ path: String, _ message: InboundPayload, _ isRetained: Bool, _ now: Now
  ) -> [ManagementEffect] {
    let payload = message.bytes
    guard let topic = Topic(path: path), let station = topic.station else {
      guard isRetained else { return note(.unknownTopic(Self.sender(path)), now) }
      return note(.retainedElsewhere(Self.sender(path)), now) + Self.clear(path)
    }
    // Whether the broker keeps it cannot be told of a message that has just been sent; clearing
    // what is not kept does nothing.
    guard payload.count <= topic.largestPayload else {
      return note(.oversized(station, bytes: payload.count), now) + Self.clear(path)
    }
    do throws(JSONError) {
      switch topic {
      case .status:
        let status = try StatusPayload(json: payload)
        let (isTaken, effects) = hear(station, now) {
          $0.take(status, isRetained: isRetained, at: now)
        }
        if isTaken, !status.isOnline { commands.lose(station) }
        return effects
      case .birth:
        return take(try BirthPayload(json: payload), of: station, isRetained, now)
      case .state(_, let part):
        let state = try StateMessage(part, json: payload)
        return change(station) {
          $0.take(state, isRetained: isRetained, at: now)
          return true
        }
      case .out:
        guard !isRetained else { return note(.retainedRecords(station), now) + Self.clear(path) }
        return admit(message, of: station, now)
      case .request:
        guard !isRetained else { return note(.retainedRequest(station), now) + Self.clear(path) }
        let request = try StationRequest(json: payload)
        return ask(InboundRequest(station: station, request, digest: message.digest), now)
      case .commandResult:
        guard !isRetained else { return note(.retainedElsewhere(station), now) + Self.clear(path) }
        return take(try CommandResult(json: payload), of: station, now)
      case .reportedConfiguration:
        return take(try ReportedConfiguration(json: payload), of: station, now)
      case .identity:
        guard !isRetained else { return note(.retainedElsewhere(station), now) + Self.clear(path) }
        return take(try IdentityStatement(json: payload), of: station, now)
      // The broker has kept what this service said before.
      case .desiredConfiguration where isRetained: return []
      case .ack, .reply, .serviceStatus, .sample, .command, .desiredConfiguration, .identityReply:
        guard isRetained, !topic.isRetained else { return note(.unknownTopic(station), now) }
        return note(.retainedElsewhere(station), now) + Self.clear(path)
      }
    } catch {
      return malformed(topic.path, payload, of: station, error, now)
    }
  }

  private mutating func take(
    _ birth: BirthPayload, of station: StationID, _ isRetained: Bool, _ now: Now
  ) -> [ManagementEffect] {
    guard birth.floor >= 1, birth.floor - 1 <= birth.ceiling else {
      return disbelieve(ClaimReasons.floorAboveCeiling, of: station, now)
    }
    let (isTaken, effects) = hear(station, now) {
      $0.take(birth, isRetained: isRetained, at: now)
    }
    guard isTaken else { return effects }
    let floor = InboundItem.floor(
      station, birth.session.stream, floor: birth.floor, ceiling: birth.ceiling)
    let zone = birth.zone.map { [ManagementEffect.store(.zone(station, $0))] } ?? []
    // The broker may have kept a birth for days: nobody knows when its nonce was told.
    let sent = isRetained ? [] : commands.hear(birth.nonce, of: station, at: now.instant)
    return zone + [.store(floor)] + effects + self.effects(of: sent)
  }

  /// A message that names a session.
  private mutating func hear(
    _ station: StationID, _ now: Now, _ take: (inout StationLife) -> SessionWatch.Finding
  ) -> (isTaken: Bool, effects: [ManagementEffect]) {
    var finding: SessionWatch.Finding?
    let wasCurrent = stations[station]?.isStatusCurrent
    life(station) { finding = take(&$0) }
    let isTaken = finding?.verdict == .present
    var effects: [ManagementEffect] = isTaken ? [.announce(station)] : []
    if finding?.verdict == .impossible {
      effects += disbelieve(ClaimReasons.session, of: station, now)
    }
    if finding?.isShared == true {
      effects += note(.nameShared(station), now) + find(.nameShared, at: station, now)
    }
    if !isTaken, wasCurrent != stations[station]?.isStatusCurrent {
      effects.append(.announce(station))
    }
    return (isTaken, effects)
  }

  /// What a station says cannot be: nothing follows from it, and a person is told.
  mutating func disbelieve(
    _ reason: String, of station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    note(.implausible(station, reason: reason), now)
      + find(.claimsImplausible, at: station, now)
  }

  /// A question goes the way of the records, so that it is answered by what came before it.
  private mutating func ask(
    _ request: InboundRequest, _ now: Now
  ) -> [ManagementEffect] {
    let station = request.station
    let id = request.request.id
    if case .hold(let exchange) = request.request.question, RequestID(exchange.id) != id {
      let reason = "a hold for another exchange than the one that its id names"
      return note(.foreignExchange(station, reason: reason), now)
        + [.reply(station, request.reply(.refused(.conflict, balance: nil)))]
    }
    guard waiting[station, default: 0] < Self.mostWaiting else {
      return note(.requestFlood(station), now)
    }
    waiting[station, default: 0] += 1
    return [.prove(request)]
  }

  mutating func take(
    _ finding: LedgerAnswer.Finding, of station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    switch finding {
    case .foreign:
      let reason = "a hold for an exchange of another stream than the station's own"
      return note(.foreignExchange(station, reason: reason), now)
    case .unproven(let refusal): return note(.unprovenCode(station, refusal), now)
    case .spentElsewhere(let other):
      return note(.codeShared(station, with: other), now) + find(.codeShared, at: station, now)
    case .overLimit:
      return note(.overLimit(station), now) + find(.stationOverLimit, at: station, now)
    }
  }

  mutating func answered(_ station: StationID) {
    guard let count = waiting[station] else { return }
    waiting[station] = count > 1 ? count - 1 : nil
  }

  private mutating func change(
    _ station: StationID, _ body: (inout StationLife) -> Bool
  ) -> [ManagementEffect] {
    var hasChanged = false
    life(station) { hasChanged = body(&$0) }
    return hasChanged ? [.announce(station)] : []
  }
}
