// Makes records durable on a thread of its own, and survives the loss of its store.
import Glibc
import Linux
import SQLite
import StationCore
import StationProtocol

/// The journal's side of the loop's thread. Disk access, reading included, happens on the
/// journal's own thread, because an SD card may stall for a second and the door may not.
final class Journal {
  /// What the thread tells the loop.
  enum Report: Sendable {
    case journaled(StreamID, through: UInt64)
    /// The new store lasts, or is kept in memory where no file can be written.
    case replaced(StreamID, isDurable: Bool)
    case rows(StreamID, first: UInt64, records: [[UInt8]])
  }

  enum Job: Sendable {
    case append(JournalEntry, StreamID)
    case remember([RecoveryChange], StreamID)
    case trim(UInt64, StreamID)
    case read(ClosedRange<UInt64>, StreamID)
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
    recovered = opening.recovered
    let handover = StoreHandover(opening.store)
    worker = WorkerThread(name: "journal") {
      let writer = JournalWriter(path: path, store: handover.take(), reports: reports)
      return { writer.perform($0) }
    }
  }

  func append(_ entry: JournalEntry, to stream: StreamID) { worker.submit(.append(entry, stream)) }
  func remember(_ changes: [RecoveryChange], in stream: StreamID) {
    worker.submit(.remember(changes, stream))
  }
  func trim(through seq: UInt64, of stream: StreamID) { worker.submit(.trim(seq, stream)) }
  /// Asks for rows; they come as a report.
  func read(_ range: ClosedRange<UInt64>, of stream: StreamID) {
    worker.submit(.read(range, stream))
  }

  /// Commits what is left, notes the orderly end, and waits for it.
  func close() {
    worker.submit(.close)
    worker.finish()
  }
}

/// Finds a store to work with, at whatever cost to what was there.
struct StoreOpening {
  let store: StationStore
  let recovered: Recovered

  static func open(path: String) -> StoreOpening {
    do throws(DatabaseError) {
      let (store, recovered) = try StationStore.open(
        path: path, fresh: StreamID(bits: Randomness.bits))
      return StoreOpening(store: store, recovered: recovered)
    } catch {
      Log.error("the store cannot be used: \(error)")
      return replace(path: path, after: error)
    }
  }

  /// Finds another store.
  ///
  /// A file that is damaged is set aside, for a maintainer to look at, and a new one is started.
  /// One that only cannot be written now stays as it is: its records are sound, and are sent
  /// after a start with a disk that is not full. Until then the records are kept in memory.
  /// - Parameter mayUseFile: false where new files have failed too often.
  static func replace(
    path: String, after error: DatabaseError, mayUseFile: Bool = true
  ) -> StoreOpening {
    var candidates = [":memory:"]
    if error.condemnsFile {
      setAside(path)
      if mayUseFile { candidates.insert(path, at: 0) }
    }
    let fresh = StreamID(bits: Randomness.bits)
    for candidate in candidates {
      do throws(DatabaseError) {
        var (store, recovered) = try StationStore.open(path: candidate, fresh: fresh)
        recovered.hasLostStore = true
        recovered.isDurable = candidate == path
        if candidate != path {
          Log.error("no store can be written at \(path): records are kept in memory only")
        }
        return StoreOpening(store: store, recovered: recovered)
      } catch {
        Log.error("no new store at \(candidate): \(error)")
      }
    }
    preconditionFailure("not even a store in memory can be made")
  }

  /// How many damaged files are kept; a further one takes the place of the last.
  private static let mostSetAside = 3

  private static func setAside(_ path: String) {
    let names = (1...mostSetAside).map { $0 == 1 ? "\(path).damaged" : "\(path).damaged-\($0)" }
    let name = names.first { !Files.exists($0) } ?? names[mostSetAside - 1]
    // The file comes last: after a power cut in between, no log of an old file must lie beside
    // a new one.
    for suffix in ["-wal", "-shm", ""] where Files.exists("\(path)\(suffix)") {
      rename("\(path)\(suffix)", "\(name)\(suffix)")
      if suffix.isEmpty { Log.error("the damaged store is set aside as \(name)") }
    }
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

extension RecoveryChange {
  /// Who must pay, and what is sold, hang on it.
  fileprivate var isMoney: Bool {
    switch self {
    case .exchange, .serial, .slot: true
    case .mark, .totals, .day, .lastTrusted, .clockMark, .latch, .whereabouts,
      .guess:
      false
    }
  }
}

/// What runs on the journal's thread.
final class JournalWriter {
  /// How long a record of the lane `soon` may wait for company; the promise is 2 s.
  private static let soon: Duration = .seconds(1)
  /// The same of the lane `late`: a row written alone costs as much flash as twenty together.
  private static let late: Duration = .seconds(300)
  /// How long it may take until acknowledged rows are deleted: the service knows them again.
  private static let lazily: Duration = .seconds(10)

  private let path: String
  private let reports: Mailbox<Journal.Report>
  private var store: StationStore
  private var batch = StationStore.Batch()
  private var due: Instant?
  private var replacements = 0

  init(path: String, store: StationStore, reports: Mailbox<Journal.Report>) {
    self.path = path
    self.store = store
    self.reports = reports
  }

  /// - Returns: when to be called again for what may wait.
  func perform(_ jobs: [Journal.Job]) -> Instant? {
    var reads: [(range: ClosedRange<UInt64>, stream: StreamID)] = []
    var isClosing = false
    for job in jobs {
      switch job {
      case .append(let entry, store.stream):
        batch.operations.append(.append(entry))
        wait(Self.patience(entry.lane))
      case .remember(let changes, store.stream):
        batch.operations.append(.remember(changes))
        wait(changes.contains(where: \.isMoney) ? .zero : Self.lazily)
      case .trim(let seq, store.stream):
        batch.trim = max(batch.trim ?? 0, seq)
        wait(Self.lazily)
      case .read(let range, let stream): reads.append((range, stream))
      // What was meant for a store that is gone is in the core's hands again.
      case .append, .remember, .trim: break
      case .close: isClosing = true
      }
    }
    if isClosing || jobs.isEmpty || due.map({ $0 <= Clock.now }) ?? false { commit() }
    // Looked at last: the store may have been replaced just now, and rows that the new one does
    // not have yet would be told as lost.
    for (range, stream) in reads where stream == store.stream { read(range) }
    if isClosing { close() }
    return due
  }

  private static func patience(_ lane: Lane) -> Duration {
    switch lane {
    case .urgent: .zero
    case .soon: soon
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
    return Record(at: WallTime(milliseconds: 0), isTrusted: false, body: .unreadable).json
  }

  private func replace(_ error: DatabaseError) {
    Log.error("the store failed: \(error)")
    batch = StationStore.Batch()
    due = nil
    store.abandon()
    replacements += 1
    let opening = StoreOpening.replace(path: path, after: error, mayUseFile: replacements <= 3)
    store = opening.store
    reports.send(.replaced(store.stream, isDurable: opening.recovered.isDurable))
  }

  private func close() {
    do throws(DatabaseError) {
      try store.close()
    } catch {
      Log.error("the store was not closed in order: \(error)")
    }
  }
}
