// How a store is found to work with: the one that is there, another beside it, or one in memory.
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol

/// Finds a store to work with, at whatever cost to what was there.
struct StoreOpening {
  let store: StationStore
  let recovered: Recovered

  static func open(path: String) -> StoreOpening {
    StoreFiles.resume(path)
    let isEmptied = StoreFiles.isEmptied(path)
    if isEmptied {
      Log.error("the store \(path) has been emptied: what it held is lost")
      StoreFiles.setAside(path)
    }
    do throws(DatabaseError) {
      var (store, recovered) = try StationStore.open(
        path: path, fresh: StreamID(bits: Randomness.bits))
      recovered.hasLostStore = recovered.hasLostStore || isEmptied
      recovered.hasNewerStore = StoreFiles.hasNewer(path)
      return StoreOpening(store: store, recovered: recovered)
    } catch {
      Log.error("the store cannot be used: \(error)")
      return error.nature == .later
        ? beside(path) : replace(path: path, after: error, isStarting: true)
    }
  }

  /// Leaves a later version's store to that version and begins another one, which goes on from
  /// what can be read of it: codes that were used, latches, the count of the room.
  private static func beside(_ path: String) -> StoreOpening {
    let known = StationStore.recall(path)
    let ends = StationStore.keptEnds(aside: path)
    StoreFiles.keepNewer(path)
    do throws(DatabaseError) {
      var (store, recovered) = try StationStore.open(
        path: path, fresh: StreamID(bits: Randomness.bits))
      if let known {
        recovered.take(over: known)
        try store.remember(recovered)
      }
      try store.take(ends)
      recovered.hasNewerStore = true
      return StoreOpening(store: store, recovered: recovered)
    } catch {
      Log.error("no store beside that of a later version: \(error)")
      return replace(path: path, after: error)
    }
  }

  /// Finds another store.
  ///
  /// A file that is damaged is set aside, for a maintainer to look at, and a new one is started.
  /// One that only cannot be written now stays as it is: its records are sound, and are sent
  /// after a start with a disk that is not full. Until then the records are kept in memory.
  /// - Parameters:
  ///   - mayUseFile: false where new files have failed too often.
  ///   - isStarting: what the file remembers is not in the core's memory yet.
  static func replace(
    path: String, after error: DatabaseError, mayUseFile: Bool = true, isStarting: Bool = false
  ) -> StoreOpening {
    var candidates = [":memory:"]
    let known = isStarting && !error.condemnsFile ? StationStore.recall(path) : nil
    let ends = StationStore.keptEnds(aside: path)
    if error.condemnsFile {
      StoreFiles.setAside(path)
      if mayUseFile { candidates.insert(path, at: 0) }
    }
    let fresh = StreamID(bits: Randomness.bits)
    for candidate in candidates {
      do throws(DatabaseError) {
        var (store, recovered) = try StationStore.open(path: candidate, fresh: fresh)
        if let known {
          recovered.take(over: known)
          try store.remember(recovered)
        }
        try store.take(ends)
        recovered.hasLostStore = true
        recovered.isDurable = candidate == path
        recovered.hasNewerStore = StoreFiles.hasNewer(path)
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
}
