// The journal on its thread: records and what boot needs go in, reports come out.
import Linux
import StationCore
import StationProtocol
import Time

/// The station's store and its lock, and the records that went into it last.
final class StoreRoom {
  let journal: Journal
  private let path: String
  private var lock: FileLock?
  private let log = RecordLog()
  private var recent = RecentRows()

  /// Opens the store; a damaged one is set aside for a new one.
  /// - Throws: where another stationd has it.
  init(path: String) throws(SystemError) {
    self.path = path
    lock = try Self.lock(path)
    journal = try Journal(path: path)
  }

  private static func lock(_ path: String) throws(SystemError) -> FileLock? {
    do throws(SystemError) {
      guard let lock = try FileLock(beside: path) else {
        throw SystemError(
          "use", path: path, detail: "another stationd has it; stop that one first")
      }
      return lock
    } catch {
      // A file system that cannot be written stops nobody from coming in.
      if error.code == 0 { throw error }
      Log.error("\(error); no lock prevents a second stationd from opening the same store")
      return nil
    }
  }

  /// The lock of the store may have been removed with a file of it: it is taken again first. A
  /// store that another stationd has by then is left to that one.
  func look() {
    if let lock, !lock.isInPlace {
      do throws(SystemError) {
        guard let again = try FileLock(beside: path) else {
          Log.error(
            "the lock of \(path) was removed, and another stationd has it: stop one of them")
          return
        }
        Log.warning("the lock of \(path) was removed; it is made again")
        self.lock = again
      } catch {
        Log.error("\(error); no lock prevents a second stationd from opening the same store")
        self.lock = nil
      }
    }
    journal.look()
  }

  /// Commits what is left, notes the orderly end, and waits for it.
  func close() {
    look()
    journal.close()
  }

  /// To be called with each report of the journal.
  func note(_ report: Journal.Report) {
    guard case .rows(let stream, let first, let records) = report, !records.isEmpty else { return }
    recent.told(through: first + UInt64(records.count) - 1, of: stream)
  }

  /// The event that a report is to the core; nil where the core is not concerned.
  /// - Parameter stream: the outbox's, as it is now.
  static func event(of report: Journal.Report, stream: StreamID) -> Event? {
    switch report {
    case .journaled(stream, let seq): .link(.journaled(through: seq))
    case .replaced(let stream, let isDurable): .storeReplaced(stream, isDurable: isDurable)
    case .renewed(let stream, let last): .link(.streamRenewed(stream, through: last))
    case .keptEnd(let row): .link(.keptEndRead(row))
    case .displaced: .link(.storeDisplaced)
    case .kept: .link(.storeKept)
    case .journaled, .rows, .remainder: nil
    }
  }

  /// - Parameter now: of the event that brought this about.
  func perform(_ effect: StoreEffect, of stream: StreamID, at now: Instant) {
    switch effect {
    case .journal(let entry):
      log.note(entry.record.body, at: now)
      recent.note(entry.record, entry.seq, of: stream)
      journal.append(entry, to: stream)
    case .remember(let changes, let lane): journal.remember(changes, lane, in: stream)
    case .trim(let seq): journal.trim(through: seq, of: stream)
    case .renewStream: journal.renew(stream)
    case .readKeptEnd(let id): journal.readKeptEnd(after: id)
    }
  }

  /// Committed rows of the outbox.
  /// - Returns: nil where they are read from the store, and come as a report.
  func rows(_ range: ClosedRange<UInt64>, of stream: StreamID) -> [[UInt8]]? {
    if let rows = recent.rows(range, of: stream) { return rows }
    journal.read(range, of: stream)
    return nil
  }
}
