// How exchanges ended, kept beyond the acknowledgement, as the station's store keeps them.
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

extension StationStore {
  static let keptEndMigration = Migration(
    "ends of exchanges, kept for a service that comes back on a backup",
    """
    CREATE TABLE kept_end (
      id INTEGER PRIMARY KEY,
      stream TEXT NOT NULL CHECK (length(stream) = 16),
      seq INTEGER NOT NULL CHECK (seq >= 1),
      record BLOB NOT NULL CHECK (length(record) BETWEEN 2 AND 4096),
      at INTEGER NOT NULL,
      UNIQUE (stream, seq)
    ) STRICT;
    ALTER TABLE identity ADD COLUMN service_store TEXT;
    """)

  /// Keeps one more, and lets go what is older than need be or too much.
  func keep(
    _ end: KeptEnd, at time: WallTime, forgetting: WallTime?
  ) throws(DatabaseError) {
    try database.run(
      """
      INSERT INTO kept_end (stream, seq, record, at) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (stream, seq) DO NOTHING
      """, .text(end.stream.description), .integer(Int64(end.seq)), .blob(end.record.json),
      .integer(time.milliseconds))
    try database.run(
      "DELETE FROM kept_end WHERE id <= (SELECT MAX(id) FROM kept_end) - ?1",
      .integer(KeptEnds.most))
    if let forgetting {
      try database.run("DELETE FROM kept_end WHERE at < ?1", .integer(forgetting.milliseconds))
    }
  }

  /// The first one after that row; nil where there is none. One that was spoilt is passed over.
  func keptEnd(after id: Int64) throws(DatabaseError) -> KeptEnds.Row? {
    var found: KeptEnds.Row?
    var last = id
    var isOver = false
    while found == nil, !isOver {
      isOver = true
      try database.prepare(
        "SELECT id, stream, seq, record FROM kept_end WHERE id > ?1 ORDER BY id LIMIT 1"
      ).rows([.integer(last)]) { row in
        isOver = false
        last = row.int64(0)
        guard let stream = StreamID(row.text(1)), row.int64(2) >= 1,
          let record = try? Record(json: row.bytes(3)), record.kind == .exchange(.ended)
        else { return }
        let end = KeptEnd(stream: stream, seq: UInt64(row.int64(2)), record: record)
        found = KeptEnds.Row(id: last, end: end)
      }
    }
    return found
  }

  /// What a store that is set aside has kept, as another one is told of it; as much of it as can be
  /// read.
  static func keptEnds(aside path: String) -> [RecoveryChange] {
    guard Files.exists(path) else { return [] }
    var changes: [RecoveryChange] = []
    do throws(DatabaseError) {
      let database = try Database(path: path, mode: .readOnly)
      defer { database.close() }
      var isThere = false
      try database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'kept_end'").rows { _ in
        isThere = true
      }
      // A store from before there were such has none.
      guard isThere else { return [] }
      try database.prepare("SELECT stream, seq, record, at FROM kept_end ORDER BY id").rows { row in
        guard let stream = StreamID(row.text(0)), row.int64(1) >= 1,
          let record = try? Record(json: row.bytes(2)), record.kind == .exchange(.ended)
        else { return }
        let end = KeptEnd(stream: stream, seq: UInt64(row.int64(1)), record: record)
        changes.append(
          .endKept(end, at: WallTime(milliseconds: row.int64(3)), forgetting: nil))
      }
    } catch {
      Log.warning("of the ends that \(path) has kept, \(changes.count) can be read: \(error)")
    }
    return changes
  }

  /// Writes what another store remembers, in one transaction.
  func take(_ changes: [RecoveryChange]) throws(DatabaseError) {
    guard !changes.isEmpty else { return }
    var batch = Batch()
    batch.operations = [.remember(changes)]
    try commit(batch)
  }
}
