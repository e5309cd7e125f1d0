// Reads what stores that were set aside have not sent yet, one store after the other.
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

/// On the journal's thread. A store is deleted when the service has all of it.
final class StoreRemainders {
  struct Rows {
    var stream: StreamID
    var first: UInt64
    /// nil for one that the file has lost.
    var rows: [[UInt8]?]
  }

  private let path: String
  private var current: (name: String, store: StationStore, last: UInt64)?
  /// The remainders that cannot be read; they stay where they are.
  private var unusable: Set<String> = []

  init(_ path: String) { self.path = path }

  /// The next rows to be sent; nil where nothing waits. A store that has sent everything is
  /// deleted.
  /// - Parameter main: the store in use, which keeps from then on the ends that the other one kept.
  /// - Throws: where that one fails.
  func next(keepingEndsIn main: StationStore) throws(DatabaseError) -> Rows? {
    while let (name, store, last) = open() {
      guard store.floor <= last else {
        try main.take(StationStore.keptEnds(aside: name))
        finish(name, store)
        continue
      }
      do throws(DatabaseError) {
        let first = store.floor
        let end = min(last, first + UInt64(RecordBatch.mostRecords) - 1)
        let rows = try store.records(in: first...end).rows
        return Rows(stream: store.stream, first: first, rows: rows)
      } catch {
        give(up: name, error)
      }
    }
    return nil
  }

  /// The service has the rows up to and including this one.
  func trim(through seq: UInt64, of stream: StreamID) {
    guard let (name, store, last) = current, store.stream == stream else { return }
    var batch = StationStore.Batch()
    batch.trim = min(seq, last)
    do throws(DatabaseError) {
      try store.commit(batch)
    } catch {
      give(up: name, error)
    }
  }

  /// The ends among the rows up to and including this one, which the service has by now.
  func ends(through seq: UInt64, of stream: StreamID, at now: WallTime) -> [RecoveryChange] {
    guard let (name, store, last) = current, store.stream == stream else { return [] }
    let upto = min(seq, last)
    guard store.floor <= upto else { return [] }
    do throws(DatabaseError) {
      let (first, rows) = try store.records(in: store.floor...upto)
      return rows.enumerated().compactMap { offset, row in
        guard let row, let record = try? Record(json: row), record.kind == .exchange(.ended) else {
          return nil
        }
        let end = KeptEnd(stream: stream, seq: first + UInt64(offset), record: record)
        // The clock of this moment may not be set; then the record's own is later.
        return .endKept(end, at: max(now, record.at), forgetting: nil)
      }
    } catch {
      give(up: name, error)
      return []
    }
  }

  /// Begins another stream with the rows that are left.
  func renew(_ stream: StreamID) {
    guard let (name, store, _) = current, store.stream == stream else { return }
    do throws(DatabaseError) {
      let last = try store.renew(as: StreamID(bits: Randomness.bits))
      current = (name, store, last)
      Log.warning("what \(name) has not sent yet is sent in another stream: it was used twice")
    } catch {
      give(up: name, error)
    }
  }

  func close() {
    current?.store.abandon()
    current = nil
  }

  private func open() -> (name: String, store: StationStore, last: UInt64)? {
    if let current { return current }
    for name in StoreFiles.remainders(path) where !unusable.contains(name) {
      do throws(DatabaseError) {
        let (store, recovered) = try StationStore.openAside(name)
        current = (name, store, recovered.next - 1)
        return current
      } catch {
        give(up: name, error)
      }
    }
    return nil
  }

  private func finish(_ name: String, _ store: StationStore) {
    store.abandon()
    current = nil
    StoreFiles.remove(name)
    Log.notice("the service has all of \(name)")
  }

  private func give(up name: String, _ error: DatabaseError) {
    Log.error("what \(name) has not sent yet cannot be read: \(error)")
    close()
    unusable.insert(name)
  }
}
