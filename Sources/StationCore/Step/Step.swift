// One call of `handle`: the moment, and what the rooms of a station write in it.
import StationProtocol
import Time

/// The books of a station, which outlive its steps.
package struct Books: Equatable, Sendable {
  package var outbox: Outbox
  package var alarms = AlarmBoard()
}

/// One step of a station. Whoever has something to say writes it here, and nobody else owns the
/// outbox, the alarms or the effects.
struct Step: Sendable {
  let now: Now
  var books: Books
  var effects: [Effect] = []
  /// Sorted before use: the order of a set changes from process to process.
  var changedParts: Set<StatePart> = []

  init(now: Now, _ books: Books) {
    self.now = now
    self.books = books
  }

  var outbox: Outbox {
    get { books.outbox }
    _modify { yield &books.outbox }
  }

  var alarms: AlarmBoard { books.alarms }

  /// The records that this step has written so far, whoever's they are.
  var records: some Sequence<Record> {
    effects.lazy.compactMap {
      if case .store(.journal(let entry)) = $0 { entry.record } else { nil }
    }
  }

  /// Writes a record down.
  /// - Parameter changes: what boot must remember, in the record's transaction.
  mutating func journal(_ body: Record.Body, _ lane: Lane, _ changes: [RecoveryChange] = []) {
    let record = Record(at: now.wall, isTrusted: now.isTrusted, body: body)
    guard books.outbox.takes(record.kind) else { return books.outbox.passOver() }
    if let passed = books.outbox.takePassedOver() {
      let gap = Record(
        at: now.wall, isTrusted: now.isTrusted,
        body: .stream(.gap(from: passed.lowerBound, to: passed.upperBound, reason: .full)))
      effects.append(.store(.journal(books.outbox.append(gap, .urgent, []))))
    }
    effects.append(.store(.journal(books.outbox.append(record, lane, changes))))
  }

  /// Writes down what boot must remember, where no record goes with it.
  mutating func remember(_ changes: [RecoveryChange], _ lane: Lane) {
    effects.append(.store(.remember(changes, lane)))
  }

  /// Raises or clears an alarm; a change is a record and a new state.
  mutating func set(
    _ alarm: Alarm, _ id: AccessPointID?, stands: Bool, _ changes: [RecoveryChange] = []
  ) {
    if stands {
      guard books.alarms.raise(alarm, id, at: now.wall) else { return }
      journal(.alarm(.raised(alarm, id)), .urgent, changes)
    } else {
      guard books.alarms.clear(alarm, id) else { return }
      journal(.alarm(.cleared(alarm, id)), .urgent, changes)
    }
    changedParts.insert(.alarms)
    if let id { changedParts.insert(.door(id)) }
  }
}
