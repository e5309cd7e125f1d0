// The management service's decisions: what is stored, acknowledged, shown and refused.
import StationProtocol

/// The service as a value: `handle` takes what happened and returns what is to be done. The
/// daemon and the fleet simulator run the same one.
package struct Management: Equatable, Sendable {
  package private(set) var stations: [StationID: StationLife] = [:]
  package private(set) var isLinkUp = false
  /// Grows with each change of what a view can show, but for the passing of time.
  package private(set) var revision: Int64 = 0
  /// How often each kind of bad input has come.
  package private(set) var refused = RefusedInput()
  /// How many questions of each station wait for the store.
  private var waiting: [StationID: Int] = [:]

  /// The most questions of one station that wait at a time. A machine serves one member after the
  /// other; whoever asks more than this gets no answer, and holds up nobody.
  package static let mostWaiting = 8

  package init() {}

  package mutating func handle(_ event: ManagementEvent, at now: Now) -> [ManagementEffect] {
    switch event {
    case .booted(let registrations, let today):
      refused = RefusedInput(since: now.wall)
      for registration in registrations {
        life(registration.id) {
          $0 = StationLife(names: registration.names)
          $0.recover(today[registration.id] ?? DayCounts(), at: now)
        }
      }
      return []
    case .linkOpened:
      isLinkUp = true
      revision += 1
      return sorted.map { .announce($0) }
    case .linkClosed:
      guard isLinkUp else { return [] }
      isLinkUp = false
      revision += 1
      for station in sorted { life(station) { $0.linkLost() } }
      return sorted.map { .announce($0) }
    case .messageArrived(let path, let payload, let isRetained):
      return take(path, payload, isRetained, now)
    case .messageTooLarge(let path, let bytes):
      return note(.oversized(Self.sender(path), bytes: bytes), now)
    case .requestRefused(let kind, let reason):
      refused.count(kind, reason: reason, at: now.wall)
      return []
    case .storeBehind(let station):
      return note(.notStored(station), now)
    case .requestsDropped(let requests):
      return requests.flatMap { request -> [ManagementEffect] in
        answered(request.station)
        let refusal = StationReply.refused(.serviceBusy, balance: nil)
        return [.reply(request.station, request.id, refusal)]
      }
    case .stored(let outcomes): return take(outcomes, now)
    case .stationNamed(let registration):
      life(registration.id) { $0.names = registration.names }
      return [.announce(registration.id)]
    case .dayBegan:
      _ = forgetOldFindings(now)
      return sorted.map { .announce($0) }
    case .hourPassed: return forgetOldFindings(now)
    }
  }

  /// The service found something about a station: its alarm stands for a day from now.
  mutating func find(_ alarm: Alarm, at station: StationID, _ now: Now) -> [ManagementEffect] {
    var isNew = false
    life(station) { isNew = $0.findings.note(alarm, at: now) }
    return isNew ? [.announce(station)] : []
  }

  private mutating func forgetOldFindings(_ now: Now) -> [ManagementEffect] {
    sorted.filter { station in
      var findings = stations[station]?.findings ?? StationFindings()
      guard findings.forgetOld(at: now) else { return false }
      life(station) { $0.findings = findings }
      return true
    }.map { .announce($0) }
  }

  /// When `dayBegan` or `hourPassed` is wanted next: at the next local midnight, when the counts of today begin
  /// anew. At most an hour ahead, so that a step of the clock is noticed.
  package static func nextDay(after now: Now) -> Instant {
    let local = now.wall.milliseconds + Int64(now.utcOffsetSeconds) * 1000
    let rest = Int64(now.localDay + 1) * 86_400_000 - local
    return now.instant + .milliseconds(min(rest, 3_600_000))
  }

  /// Every station, sorted by id.
  package func views(at now: Now) -> [StationView] { sorted.compactMap { view(of: $0, at: now) } }

  package func view(of station: StationID, at now: Now) -> StationView? {
    stations[station].map { StationView(id: station, life: $0, isLinkUp: isLinkUp, at: now) }
  }

  private var sorted: [StationID] { stations.keys.sorted() }

  private mutating func life(_ station: StationID, _ body: (inout StationLife) -> Void) {
    revision += 1
    let revision = revision
    func change(_ life: inout StationLife) {
      body(&life)
      life.revision = revision
    }
    change(&stations[station, default: StationLife(names: StationNames(station))])
  }

  private mutating func note(_ oddity: Oddity, _ now: Now) -> [ManagementEffect] {
    refused.count(
      oddity.kind, from: oddity.station, reason: oddity.reason, at: now.wall)
    return [.note(oddity)]
  }

  /// Whose subtree a topic lies in, whether or not it is one of the tree.
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
    _ path: String, _ payload: [UInt8], _ isRetained: Bool, _ now: Now
  ) -> [ManagementEffect] {
    guard let topic = Topic(path: path), let station = topic.station else {
      return note(.unknownTopic(Self.sender(path)), now)
    }
    do throws(JSONError) {
      switch topic {
      case .status:
        let status = try StatusPayload(json: payload)
        return change(station) { $0.take(status, isRetained: isRetained, at: now) }
      case .birth:
        let birth = try BirthPayload(json: payload)
        let announcement = change(station) { $0.take(birth, isRetained: isRetained, at: now) }
        guard !announcement.isEmpty else { return [] }
        return [.store(.floor(station, birth.session.stream, floor: birth.floor))] + announcement
      case .state(_, let part):
        let state = try StateMessage(part, json: payload)
        return change(station) {
          $0.take(state, isRetained: isRetained, at: now)
          return true
        }
      case .out:
        guard !isRetained else { return note(.retainedRecords(station), now) }
        return [.store(.batch(Self.inbound(try RecordBatch(json: payload), from: station)))]
      case .request(_, let id):
        guard !isRetained else { return note(.retainedRequest(station), now) }
        return ask(try StationRequest(json: payload), id, station, now)
      case .ack, .reply, .serviceStatus: return note(.unknownTopic(station), now)
      }
    } catch {
      let oddity = Oddity.malformed(station, what: topic.path, reason: error.description)
      return note(oddity, now)
        + [.store(.malformed(station, payload: payload, reason: "\(topic.path): \(error)"))]
    }
  }

  /// A question goes the way of the records, so that it is answered by what came before it.
  private mutating func ask(
    _ request: StationRequest, _ id: RequestID, _ station: StationID, _ now: Now
  ) -> [ManagementEffect] {
    if case .hold(let exchange) = request, RequestID(exchange.id) != id {
      let reason = "a hold for another exchange than the one that its topic names"
      return note(.foreignExchange(station, reason: reason), now)
        + [.reply(station, id, .refused(.conflict, balance: nil))]
    }
    guard waiting[station, default: 0] < Self.mostWaiting else {
      return note(.requestFlood(station), now)
    }
    waiting[station, default: 0] += 1
    return [.store(.request(station, id, request))]
  }

  private mutating func answered(_ station: StationID) {
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

  /// Reads each record for itself, so that one that cannot be read blocks no other.
  private static func inbound(_ batch: RecordBatch, from station: StationID) -> InboundBatch {
    InboundBatch(
      station: station, stream: batch.stream, first: batch.first,
      contents: batch.records.map { json in
        do throws(JSONError) {
          let record = try Record(json: json)
          // In its one encoding: what is compared, stored and shown holds no white space of a
          // station's choosing, such as the line ends that separate events of a stream.
          return .record(record, json: record.json)
        } catch {
          return .unreadable(json: json, reason: error.description)
        }
      })
  }

  /// Only what is committed is acknowledged and counted. A station whose records came in many
  /// items of one transaction gets one acknowledgement, and is shown once.
  private mutating func take(_ outcomes: [StoreOutcome], _ now: Now) -> [ManagementEffect] {
    var effects: [ManagementEffect] = []
    var replies: [ManagementEffect] = []
    var reached: [StreamPlace: UInt64] = [:]
    var changed: Set<StationID> = []
    for outcome in outcomes {
      for reason in outcome.quarantined {
        let oddity = Oddity.quarantined(outcome.station, reason: reason)
        // What belongs to no stream was counted as an unreadable message when it came.
        effects += outcome.stream == nil ? [.note(oddity)] : note(oddity, now)
      }
      if let answer = outcome.answer {
        answered(outcome.station)
        replies.append(.reply(outcome.station, answer.id, answer.reply))
        if answer.isForeign {
          let reason = "a hold for an exchange of another stream than the station's own"
          effects += note(.foreignExchange(outcome.station, reason: reason), now)
        }
      }
      for one in outcome.discrepancies {
        effects += note(.discrepancy(outcome.station, one.kind), now)
        if one.kind == .withoutHold {
          effects += find(.exchangeUnproven, at: outcome.station, now)
        }
      }
      if let stream = outcome.stream, outcome.upto > 0 {
        reached[StreamPlace(station: outcome.station, stream: stream)] = outcome.upto
      }
      guard let isClockTrusted = outcome.isClockTrusted else { continue }
      life(outcome.station) { life in
        if life.isClockTrusted != isClockTrusted || !outcome.added.isEmpty {
          changed.insert(outcome.station)
        }
        life.noteRecords(isClockTrusted: isClockTrusted, at: now)
        for day in outcome.added.keys.sorted() {
          life.add(outcome.added[day] ?? DayCounts(), day: day, at: now)
        }
      }
    }
    effects += reached.sorted { $0.key < $1.key }.map { place, upto in
      .acknowledge(place.station, Acknowledgement(stream: place.stream, upto: upto))
    }
    return effects + replies + changed.sorted().map { .announce($0) }
  }
}

/// A stream of a station, in an order of its own.
private struct StreamPlace: Hashable, Comparable {
  var station: StationID
  var stream: StreamID

  static func < (one: StreamPlace, other: StreamPlace) -> Bool {
    (one.station, one.stream) < (other.station, other.stream)
  }
}
