// The consequences of a committed transaction: acknowledgements, answers, alarms.
import StationProtocol
import Time

extension Management {
  /// Only what is committed is acknowledged and counted. A station whose records came in many
  /// items of one transaction gets one acknowledgement of them all, and is shown once.
  mutating func take(_ outcomes: [StoreOutcome], _ now: Now) -> [ManagementEffect] {
    var effects: [ManagementEffect] = []
    var replies: [ManagementEffect] = []
    var reached = StreamNews()
    var changed: Set<StationID> = []
    for outcome in outcomes {
      effects += oddities(of: outcome, now)
      if let answer = outcome.answer {
        answered(outcome.station)
        replies.append(.reply(outcome.station, answer.reply))
        if let finding = answer.finding { effects += take(finding, of: outcome.station, now) }
      }
      for command in outcome.commands {
        effects += self.effects(of: commands.advanced(command, at: now))
        changed.insert(command.station)
      }
      guard outcome.saysSomething else { continue }
      var compared: UInt64 = 0
      life(outcome.station) { life in
        if life.take(outcome, at: now) { changed.insert(outcome.station) }
        if let stream = outcome.stream { compared = life.comparedUpto(stream) }
      }
      guard let stream = outcome.stream else { continue }
      if let kept = outcome.kept {
        let ack = Acknowledgement(
          stream: stream, upto: 0, kept: kept, batches: outcome.digest.map { [$0] } ?? [])
        effects.append(.acknowledge(outcome.station, ack))
      } else {
        reached.take(outcome, of: stream, compared: compared)
      }
    }
    return effects + reached.acknowledgements + replies + changed.sorted().map { .announce($0) }
  }

  /// Notes and alarms about an item that was stored and is not as it should be.
  private mutating func oddities(of outcome: StoreOutcome, _ now: Now) -> [ManagementEffect] {
    var effects: [ManagementEffect] = []
    for reason in outcome.quarantined {
      let oddity = RefusedMessage.quarantined(outcome.station, reason: reason)
      // What belongs to no stream was counted as an unreadable message when it came.
      effects += outcome.stream == nil ? [.note(oddity)] : note(oddity, now)
    }
    for code in outcome.codes {
      guard let other = sightings.note(code, at: outcome.station) else { continue }
      effects += take(.spentElsewhere(other), of: outcome.station, now)
    }
    for one in outcome.discrepancies {
      effects += note(.discrepancy(outcome.station, one.kind), now)
      if one.kind == .withoutHold {
        effects += find(.exchangeUnproven, at: outcome.station, now)
      }
    }
    for reason in outcome.disbelieved {
      effects += disbelieve(reason, of: outcome.station, now)
    }
    return effects
  }
}

/// How far the items of one transaction bring each stream.
private struct StreamNews {
  private struct Place: Hashable {
    var station: StationID
    var stream: StreamID
  }

  private struct News {
    var place: Place
    var upto: UInt64 = 0
    var compared: UInt64 = 0
    var conflict: UInt64?
    var batches: [PayloadDigest] = []
  }

  private var places: [Place: Int] = [:]
  /// In the order in which their streams came first.
  private var news: [News] = []
  /// The batches, each for itself, of which the service has another record already.
  private var conflicts: [News] = []

  /// - Parameter compared: how far records of this stream may be acknowledged at most.
  mutating func take(_ outcome: StoreOutcome, of stream: StreamID, compared: UInt64) {
    let place = Place(station: outcome.station, stream: stream)
    let index = places[place] ?? news.count
    if index == news.count {
      places[place] = index
      news.append(News(place: place))
    }
    news[index].upto = outcome.upto
    news[index].compared = compared
    if let conflict = outcome.conflict {
      // Named apart from the batches that are stored as they were sent: of a batch that somebody made
      // up under the numbers of a stored one, the station is to know nothing.
      var apart = news[index]
      apart.conflict = conflict
      apart.batches = outcome.digest.map { [$0] } ?? []
      conflicts.append(apart)
    } else if let digest = outcome.digest {
      news[index].batches.append(digest)
    }
  }

  /// A stream of which nothing but conflicts came is told of these alone.
  private func isOnlyConflict(_ one: News) -> Bool {
    one.batches.isEmpty && conflicts.contains { $0.place == one.place }
  }

  var acknowledgements: [ManagementEffect] {
    (news.filter { !isOnlyConflict($0) } + conflicts).flatMap { one -> [ManagementEffect] in
      let upto = min(one.upto, one.compared)
      guard upto > 0 else { return [] }
      let most = Acknowledgement.mostBatches
      return stride(from: 0, to: max(1, one.batches.count), by: most).map { start in
        let some = one.batches[start..<min(start + most, one.batches.count)]
        let ack = Acknowledgement(
          stream: one.place.stream, upto: upto, conflict: one.conflict, batches: Array(some))
        return .acknowledge(one.place.station, ack)
      }
    }
  }
}
