// Stores that lie beside the one in use: opened as they are, carried over, moved into place.
import Glibc
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

extension StationStore {
  /// Opens a store of this or an earlier version without counting a boot.
  static func openAside(
    _ path: String
  ) throws(DatabaseError) -> (store: StationStore, recovered: Recovered) {
    let database = try Database(path: path, options: options)
    try database.migrate(migrations)
    let (recovered, base) = try read(database, .clean)
    return (StationStore(database, recovered, base), recovered)
  }

  /// What a store remembers that this program may not write: a later version's, or one on a disk
  /// without room. Only reading is tried; nil where it cannot be understood.
  static func recall(_ path: String) -> Recovered? {
    guard Files.exists(path) else { return nil }
    do throws(DatabaseError) {
      let database = try Database(path: path, mode: .readOnly)
      defer { database.close() }
      return try read(database, .clean).recovered
    } catch {
      Log.warning("what \(path) remembers cannot be read: \(error)")
      return nil
    }
  }

  /// The version of a file's schema; nil where it cannot be read.
  static func version(_ path: String) -> Int? {
    guard let database = try? Database(path: path, mode: .readOnly) else { return nil }
    defer { database.close() }
    return try? database.schemaVersion()
  }

  /// Writes what another store remembers into this one.
  func remember(_ recovered: Recovered) throws(DatabaseError) {
    try take(recovered.changes)
  }

  /// Writes this store to a file, with its stream and its numbers: one in memory to this path, one
  /// whose files were removed or replaced to where they were. What lies there keeps its records
  /// under another name.
  /// - Returns: the store in the file; this one is closed then.
  func moved(to path: String) throws(DatabaseError) -> StationStore {
    let path = place?.path ?? path
    let draft = "\(path).draft"
    unlink(draft)
    do throws(DatabaseError) {
      try database.run("VACUUM INTO ?1", .text(draft))
      try Self.flush(draft)
    } catch {
      unlink(draft)
      throw error
    }
    guard makeWay(path) else {
      unlink(draft)
      throw Self.failure("cannot set aside what lies at \(path)")
    }
    guard rename(draft, path) == 0 else {
      unlink(draft)
      throw Self.failure("cannot put \(draft) in its place")
    }
    do throws(DatabaseError) {
      let store = try Self.openAside(path).store
      abandon()
      return store
    } catch {
      // Left there it would be taken for this store, which goes on.
      StoreFiles.remove(path)
      throw error
    }
  }

  private func makeWay(_ path: String) -> Bool {
    if let place { return place.makeWay() }
    StoreFiles.makeRemainder(of: path)
    return true
  }

  private static func flush(_ path: String) throws(DatabaseError) {
    do throws(SystemError) {
      try Files.flush(path)
    } catch {
      throw failure(error.description)
    }
  }

  /// SQLite's "disk I/O error", for what happens beside it.
  private static func failure(_ message: String) -> DatabaseError {
    DatabaseError(operation: .open, extendedCode: 10, sql: nil, message: message)
  }
}

extension Recovered {
  /// Takes over what another store of the same station remembers, which was in use more lately.
  /// Streams, numbers and settlements stay each store's own.
  mutating func take(over other: Recovered) {
    let others = other.marks.map { [$0.code.description, $0.purpose.rawValue] }
    marks =
      other.marks + marks.filter { !others.contains([$0.code.description, $0.purpose.rawValue]) }
    totals = other.totals
    day = other.day
    lastTrusted = [lastTrusted, other.lastTrusted].compactMap { $0 }.max()
    latches = other.latches
    whereabouts = other.whereabouts
    guesses = other.guesses
    heldReaders = other.heldReaders
    typedCodes = other.typedCodes
    desired = [desired, other.desired].compactMap { $0 }.max { $0.revision < $1.revision }
    settings = [settings, other.settings].compactMap { $0 }.max { $0.newest < $1.newest }
    let commandsOfOther = other.commands.map(\.id)
    commands = other.commands + commands.filter { !commandsOfOther.contains($0.id) }
    serial = other.serial == 0 ? serial : other.serial
    let slotsOfOther = other.slots.map(\.slot)
    slots = other.slots + slots.filter { !slotsOfOther.contains($0.slot) }
  }

  /// The same, as a store is told of it.
  var changes: [RecoveryChange] {
    var changes: [RecoveryChange] = [.totals(totals), .day(day), .whereabouts(.cleared)]
    if let lastTrusted { changes.append(.lastTrusted(lastTrusted)) }
    changes += Latch.allCases.map { .latch($0, isSet: latches.contains($0)) }
    changes += whereabouts.map { .whereabouts(.entered($0)) }
    changes += guesses.map { .guess($0) }
    changes += marks.map { .mark($0, forgetting: WallTime(milliseconds: 0)) }
    changes += AccessPointID.all.map { .readerHold($0, isHeld: heldReaders.contains($0)) }
    changes += AccessPointID.all.map { .typedCode($0, .cleared) }
    changes += typedCodes.map { .typedCode($0.accessPoint, .kept($0.kept)) }
    changes += commands.map { .command($0.id, operation: $0.operation) }
    changes += desired.map { [.desired($0)] } ?? []
    changes += settings.map { [.settings($0)] } ?? []
    changes.append(.serial(serial))
    return changes + slots.map { .slot($0) }
  }
}
