// Reads what stores that were set aside have not sent yet, one store after the other.
import Linux
import SQLite
import StationProtocol

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
  /// Those that cannot be read; they stay where they are.
  private var unusable: Set<String> = []

  init(_ path: String) { self.path = path }

  /// The next rows to be sent; nil where nothing waits.
  func next() -> Rows? {
    while let (name, store, last) = open() {
      do throws(DatabaseError) {
        let first = store.floor
        guard first <= last else {
          finish(name, store)
          continue
        }
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
