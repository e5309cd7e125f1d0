// Makes records durable on a thread of its own, and survives the loss of its store.
import Glibc
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

/// The journal's side of the loop's thread. Disk access, reading included, happens on the
/// journal's own thread, because an SD card may stall for a second and the door may not.
final class Journal {
  /// What the thread tells the loop.
  enum Report: Sendable {
    case journaled(StreamID, through: UInt64)
    /// The new store lasts, or is kept in memory where no file can be written.
    case replaced(StreamID, isDurable: Bool)
    case rows(StreamID, first: UInt64, records: [[UInt8]])
    /// A file of the store was removed or replaced: what is written is gone with the daemon.
    case displaced
    /// The records kept in memory, or in a file without a name, are in the file now.
    case kept
    /// Rows of a store that was set aside.
    case remainder(StreamID, first: UInt64, records: [[UInt8]])
    /// The store has begun this stream; its rows have the numbers from 1 to this one there.
    case renewed(StreamID, through: UInt64)
    /// The kept end that was asked for; nil where there is no further one.
    case keptEnd(KeptEnds.Row?)
  }

  enum Job: Sendable {
    case append(JournalEntry, StreamID)
    case remember([RecoveryChange], Lane, StreamID)
    case trim(UInt64, StreamID)
    case read(ClosedRange<UInt64>, StreamID)
    case readRemainder
    case trimRemainder(UInt64, StreamID)
    case renewRemainder(StreamID)
    case renew(StreamID)
    case readKeptEnd(after: Int64)
    case look
    case close
  }

  let recovered: Recovered
  let reports: Mailbox<Report>
  private let worker: WorkerThread<Job>

  /// Opens the store; one that is damaged is set aside for a new one, and where no file can be
  /// had at all, the journal keeps its records in memory: the door works either way.
  init(path: String) throws(SystemError) {
    let reports = try Mailbox<Report>()
    let opening = StoreOpening.open(path: path)
    self.reports = reports
    var recovered = opening.recovered
    recovered.start = StartNonce(high: Randomness.bits, low: Randomness.bits)
    self.recovered = recovered
    let handover = StoreHandover(opening.store)
    let isDurable = recovered.isDurable
    worker = WorkerThread(name: "journal") {
      let writer = JournalWriter(
        path: path, store: handover.take(), reports: reports, isDurable: isDurable)
      return { writer.perform($0) }
    }
  }

  func append(_ entry: JournalEntry, to stream: StreamID) { worker.submit(.append(entry, stream)) }
  func remember(_ changes: [RecoveryChange], _ lane: Lane, in stream: StreamID) {
    worker.submit(.remember(changes, lane, stream))
  }
  func trim(through seq: UInt64, of stream: StreamID) { worker.submit(.trim(seq, stream)) }
  /// Asks for the next kept end; it comes as a report.
  func readKeptEnd(after id: Int64) { worker.submit(.readKeptEnd(after: id)) }
  /// Begins another stream with the rows that are left; it is told by a report.
  func renew(_ stream: StreamID) { worker.submit(.renew(stream)) }
  /// Looks whether the store's files are still there; what is found out comes as a report.
  func look() { worker.submit(.look) }
  /// Asks for rows; they come as a report.
  func read(_ range: ClosedRange<UInt64>, of stream: StreamID) {
    worker.submit(.read(range, stream))
  }

  /// Asks for rows of a store that was set aside; they come as a report, where there are any.
  func readRemainder() { worker.submit(.readRemainder) }
  func trimRemainder(through seq: UInt64, of stream: StreamID) {
    worker.submit(.trimRemainder(seq, stream))
  }
  /// Begins another stream with what is left of such a store; its rows come as those of any other.
  func renewRemainder(_ stream: StreamID) { worker.submit(.renewRemainder(stream)) }

  /// Commits what is left, notes the orderly end, and waits for it.
  func close() {
    worker.submit(.close)
    worker.finish()
  }
}

/// Carries the store to the journal's thread, which alone uses it from then on.
private final class StoreHandover: @unchecked Sendable {
  private var store: StationStore?
  init(_ store: StationStore) { self.store = store }

  func take() -> StationStore {
    guard let store else { preconditionFailure("the store was taken before") }
    self.store = nil
    return store
  }
}

/// What runs on the journal's thread.
final class JournalWriter {
  /// How long a record of the lane `soon` may wait for company; the promise is 2 s.
  private static let soon: Duration = .seconds(1)
  /// The same of the lane `late`: a row written alone costs as much flash as twenty together.
  private static let late: Duration = .seconds(300)
  /// The same of the lane `relaxed`, and of the deletion of acknowledged rows: the service knows
  /// them again.
  private static let relaxed: Duration = .seconds(10)

  private let path: String
  private let reports: Mailbox<Journal.Report>
  private var store: StationStore
  private var batch = StationStore.Batch()
  private var due: Instant?
  private var replacements = 0
  private let remainders: StoreRemainders
  /// When a file is tried again; nil while there is one.
  private var retryAt: Instant?
  /// Whether the store is in a file that has lost its name.
  private var isDisplaced = false
  private var displacements = 0
  /// Why it could not be written to its place again, as it was told last.
  private var complaint = ""
  /// Each file that fails after all makes the next one wait longer: a card is not worn out.
  private var pause: Duration
  private static let longestPause: Duration = .seconds(3600)
  /// The stream that this store was in before. What is to be remembered beside it is true of the
  /// store, whichever stream it is in by now.
  private var former: StreamID?

  /// - Parameters:
  ///   - isDurable: whether the store is a file.
  ///   - pause: how long no file is tried again after one could not be written.
  init(
    path: String, store: StationStore, reports: Mailbox<Journal.Report>, isDurable: Bool = true,
    pause: Duration = .seconds(30)
  ) {
    self.path = path
    self.store = store
    self.reports = reports
    self.pause = pause
    remainders = StoreRemainders(path)
    if !isDurable { retryAt = Clock.now + pause }
  }

  /// - Returns: when to be called again for what may wait.
  func perform(_ jobs: [Journal.Job]) -> Instant? {
    var reads: [(range: ClosedRange<UInt64>, stream: StreamID)] = []
    var kept: [Int64] = []
    var isLooking = false
    var isClosing = false
    for job in jobs {
      switch job {
      case .append(let entry, store.stream):
        batch.operations.append(.append(entry))
        wait(Self.patience(entry.lane))
      case .remember(let changes, let lane, let stream)
      where stream == store.stream || stream == former:
        batch.operations.append(.remember(changes))
        wait(Self.patience(lane))
      case .trim(let seq, store.stream):
        batch.trim = max(batch.trim ?? 0, seq)
        wait(Self.relaxed)
      case .read(let range, let stream): reads.append((range, stream))
      case .readRemainder: readRemainder()
      case .trimRemainder(let seq, let stream): trimRemainder(through: seq, of: stream)
      case .renewRemainder(let stream): remainders.renew(stream)
      case .renew(store.stream): renew()
      case .readKeptEnd(let id): kept.append(id)
      case .look: isLooking = true
      // What was meant for a store that is gone is in the core's hands again.
      case .append, .remember, .trim, .renew: break
      case .close: isClosing = true
      }
    }
    if isClosing || jobs.isEmpty || due.map({ $0 <= Clock.now }) ?? false { commit() }
    // Looked at last: the store may have been replaced just now, and rows that the new one does
    // not have yet would be told as lost.
    for (range, stream) in reads where stream == store.stream { read(range) }
    for id in kept { readKeptEnd(after: id) }
    if isLooking { look() }
    if let retryAt, isClosing || retryAt <= Clock.now {
      commit()
      keep()
    }
    if isClosing {
      close()
      return nil
    }
    return [due, retryAt].compactMap { $0 }.min()
  }

  private static func patience(_ lane: Lane) -> Duration {
    switch lane {
    case .urgent: .zero
    case .soon: soon
    case .relaxed: relaxed
    case .late: late
    }
  }

  private func wait(_ patience: Duration) {
    let latest = Clock.now + patience
    due = due.map { min($0, latest) } ?? latest
  }

  private func commit() {
    due = nil
    guard !batch.isEmpty else { return }
    let done = batch
    batch = StationStore.Batch()
    do throws(DatabaseError) {
      try store.commit(done)
      if let last = done.last { reports.send(.journaled(store.stream, through: last)) }
    } catch {
      replace(error)
    }
  }

  /// Records handed over before are committed first, under the old stream's numbers.
  private func renew() {
    let old = store.stream
    commit()
    guard store.stream == old else { return }
    do throws(DatabaseError) {
      let last = try store.renew(as: StreamID(bits: Randomness.bits))
      former = old
      reports.send(.renewed(store.stream, through: last))
    } catch {
      replace(error)
    }
  }

  private func readKeptEnd(after id: Int64) {
    do throws(DatabaseError) {
      var row = try store.keptEnd(after: id)
      // What was acknowledged a moment ago waits for company, with the deletion of its row.
      if row == nil, !batch.isEmpty {
        commit()
        row = try store.keptEnd(after: id)
      }
      reports.send(.keptEnd(row))
    } catch {
      replace(error)
    }
  }

  private func read(_ range: ClosedRange<UInt64>) {
    do throws(DatabaseError) {
      let (first, rows) = try store.records(in: range)
      guard !rows.isEmpty else { return }
      reports.send(.rows(store.stream, first: first, records: rows.map(Self.readable)))
    } catch {
      replace(error)
    }
  }

  /// The card is not to be trusted: a row that is no record any more, or is not there, is sent
  /// as such.
  private static func readable(_ row: [UInt8]?) -> [UInt8] {
    if let row, (try? Record(json: row)) != nil { return row }
    return Record(at: WallTime(milliseconds: 0), isTrusted: false, body: .stream(.unreadable)).json
  }

  private func readRemainder() {
    do throws(DatabaseError) {
      guard let next = try remainders.next(keepingEndsIn: store) else { return }
      reports.send(
        .remainder(next.stream, first: next.first, records: next.rows.map(Self.readable)))
    } catch {
      replace(error)
    }
  }

  /// The ends among these rows are kept as those of the store in use are, before they are deleted.
  private func trimRemainder(through seq: UInt64, of stream: StreamID) {
    do throws(DatabaseError) {
      try store.take(remainders.ends(through: seq, of: stream, at: Clock.wall))
      remainders.trim(through: seq, of: stream)
    } catch {
      replace(error)
    }
  }

  /// A store whose file is gone from its place is written there again: the open one is whole. The
  /// first time at once; somebody who removes it again and again wears out no card.
  private func look() {
    guard retryAt == nil, let place = store.place, place.isLost else { return }
    Log.error("\(place.path) was removed or replaced while it was in use: it is written anew")
    isDisplaced = true
    reports.send(.displaced)
    retryAt = displacements == 0 ? Clock.now : Clock.now + pause
    displacements += 1
  }

  /// Puts what is in memory, or in a file without a name, into a file, where one can be written
  /// again.
  private func keep() {
    do throws(DatabaseError) {
      store = try store.moved(to: path)
      retryAt = nil
      pause = min(pause * 2, Self.longestPause)
      Log.notice(
        isDisplaced
          ? "the store is at \(path) again, with everything that was in it"
          : "the store can be written again at \(path): nothing is in memory only")
      isDisplaced = false
      complaint = ""
      reports.send(.kept)
    } catch {
      if isDisplaced, complaint != error.description {
        complaint = error.description
        Log.error("\(path) cannot be written anew, it is tried again until it can: \(error)")
      }
      retryAt = Clock.now + min(pause, .seconds(30))
    }
  }

  private func replace(_ error: DatabaseError) {
    Log.error("the store failed: \(error)")
    batch = StationStore.Batch()
    due = nil
    store.abandon()
    former = nil
    isDisplaced = false
    replacements += 1
    let opening = StoreOpening.replace(path: path, after: error, mayUseFile: replacements <= 3)
    store = opening.store
    retryAt = opening.recovered.isDurable ? nil : Clock.now + pause
    reports.send(.replaced(store.stream, isDurable: opening.recovered.isDurable))
  }

  private func close() {
    remainders.close()
    do throws(DatabaseError) {
      try store.close()
    } catch {
      Log.error("the store was not closed in order: \(error)")
    }
  }
}
