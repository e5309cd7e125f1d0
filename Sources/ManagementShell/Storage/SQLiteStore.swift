// The management store on SQLite: one connection, and who writes through it.
import ManagementCore
import SQL
import SQLite
import StationProtocol
import Time

/// One connection to the service's database, for one thread. One connection writes; others read
/// beside it, each the state of a moment.
package final class SQLiteStore: ManagementStore {
  let database: any SQLConnection
  let shelf = ZoneShelf()
  /// Made when the first item is stored.
  private var intake: RecordIntake?
  private let limits: StationLimits

  /// A busy service writes the same pages with each commit, the ends of its tables. They are moved
  /// from the WAL into the file every 16 MiB rather than every 4, and those that a transaction of
  /// 4096 records needs stay in memory.
  private static let options = Database.Options(autocheckpointPages: 4096, cacheKiB: 8192)

  /// - Parameter limits: how much of one station the ledger believes within an hour.
  /// - Throws: where the file cannot be opened, or was made by a later version.
  package init(path: String, limits: StationLimits = .none) throws(StoreFailure) {
    self.limits = limits
    database = try Self.guarded(path) { () throws(DatabaseError) in
      let database = try Database(path: path, options: Self.options)
      try database.migrate(Schema.migrations)
      try MemberIndex.complete(database)
      return database
    }
  }

  /// Opens a store that is there, to look at it; the service may be writing to it.
  /// - Throws: where it cannot be opened, or is not of this program's version.
  package init(reading path: String) throws(StoreFailure) {
    limits = .none
    let database = try Self.guarded(path) { () throws(DatabaseError) in
      try Database(path: path, mode: .readOnly)
    }
    self.database = database
    let version = try Self.guarded(path) { () throws(DatabaseError) in
      try database.schemaVersion()
    }
    guard version == Schema.migrations.count else {
      throw StoreFailure(
        "\(path) is of version \(version), this program reads \(Schema.migrations.count); the service "
          + "brings an older one up to date when it starts")
    }
  }

  /// The faults of the file's structure; empty where it is sound.
  package func structureFaults() throws(StoreFailure) -> [String] {
    try guarded { () throws(DatabaseError) in try database.structureFaults() }
  }

  package func close() {
    intake = nil
    database.close()
  }

  package func store(
    _ items: [InboundItem], at now: Now
  ) throws(StoreFailure) -> [StoreOutcome] {
    do throws(DatabaseError) {
      let intake = if let intake { intake } else { try RecordIntake(database, limits) }
      self.intake = intake
      return try intake.store(items, at: now)
    } catch {
      // What it remembers may belong to the transaction that did not happen.
      intake = nil
      throw Self.failure(error, database.path)
    }
  }

  /// The next records of this station count by the zone that is set now.
  func forgetZone(of station: StationID) { intake?.forgetZone(of: station) }

  func guarded<Value>(
    _ body: () throws(DatabaseError) -> Value
  ) throws(StoreFailure) -> Value {
    try Self.guarded(database.path, body)
  }

  private static func guarded<Value>(
    _ path: String, _ body: () throws(DatabaseError) -> Value
  ) throws(StoreFailure) -> Value {
    do throws(DatabaseError) {
      return try body()
    } catch {
      throw failure(error, path)
    }
  }

  private static func failure(_ error: DatabaseError, _ path: String) -> StoreFailure {
    let advice = error.nature == .damaged ? ": put a backup in its place, as the handbook says" : ""
    return StoreFailure("\(error.at(path))\(advice)")
  }
}
