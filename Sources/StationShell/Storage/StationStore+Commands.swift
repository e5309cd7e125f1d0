// What the store knows of states that last: latches, and the service's orders.
import SQL
import SQLite
import StationCore
import StationProtocol

extension StationStore {
  static let commandMigration = Migration(
    "commands of the service",
    """
    CREATE TABLE open_command (
      id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
      operation TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reader_hold (
      access_point INTEGER PRIMARY KEY CHECK (access_point BETWEEN 1 AND 4)
    ) STRICT;
    CREATE TABLE desired (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      revision INTEGER NOT NULL CHECK (revision >= 1),
      lock_down INTEGER NOT NULL CHECK (lock_down IN (0, 1))
    ) STRICT;
    """)

  static let settingsMigration = Migration(
    "settings of the service",
    """
    ALTER TABLE desired ADD COLUMN settings TEXT;
    ALTER TABLE slot ADD COLUMN article TEXT;
    CREATE TABLE settings (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      state TEXT NOT NULL
    ) STRICT;
    """)

  /// - Parameter change: of a command, a hold or a wish; any other changes nothing.
  func remember(order change: RecoveryChange) throws(DatabaseError) {
    switch change {
    case .command(let id, let operation?):
      try database.run(
        """
        INSERT INTO open_command (id, operation) VALUES (?1, ?2)
        ON CONFLICT (id) DO UPDATE SET operation = excluded.operation
        """, .text(id.text), .text(operation.rawValue))
    case .command(let id, nil):
      try database.run("DELETE FROM open_command WHERE id = ?1", .text(id.text))
    case .readerHold(let point, true):
      try database.run(
        "INSERT INTO reader_hold VALUES (?1) ON CONFLICT (access_point) DO NOTHING",
        .integer(Int64(point.number)))
    case .readerHold(let point, false):
      try database.run(
        "DELETE FROM reader_hold WHERE access_point = ?1", .integer(Int64(point.number)))
    case .desired(let desired):
      try database.run(
        """
        INSERT INTO desired (only, revision, lock_down, settings) VALUES (1, ?1, ?2, ?3)
        ON CONFLICT (only) DO UPDATE SET
          revision = excluded.revision, lock_down = excluded.lock_down,
          settings = excluded.settings
        """, .integer(desired.revision), .integer(desired.isLockedDown ? 1 : 0),
        .text(desired.settings.map { String(decoding: $0.json, as: UTF8.self) }))
    case .settings(let kept):
      try database.run(
        """
        INSERT INTO settings VALUES (1, ?1)
        ON CONFLICT (only) DO UPDATE SET state = excluded.state
        """, .text(String(decoding: kept.json, as: UTF8.self)))
    default: break
    }
  }

  /// A row that was spoilt condemns no store: it is passed over.
  static func readStates(
    _ database: Database, _ recovered: inout Recovered
  ) throws(DatabaseError) {
    try database.prepare("SELECT name FROM latch ORDER BY name").rows { row in
      if let latch = Latch(rawValue: row.text(0)) { recovered.latches.append(latch) }
    }
    try database.prepare("SELECT id, operation FROM open_command ORDER BY id").rows { row in
      guard let id = CommandID(row.text(0)), let kind = Order.Kind(rawValue: row.text(1)) else {
        return
      }
      recovered.commands.append(OpenCommand(id: id, operation: kind))
    }
    try database.prepare("SELECT access_point FROM reader_hold ORDER BY access_point").rows {
      if let point = AccessPointID(Int($0.int64(0))) { recovered.heldReaders.append(point) }
    }
    try database.prepare("SELECT revision, lock_down, settings FROM desired").rows { row in
      guard (1...counts.upperBound).contains(row.int64(0)) else { return }
      recovered.desired = DesiredConfiguration(
        revision: row.int64(0), isLockedDown: row.int64(1) == 1,
        settings: row.textOrNil(2).flatMap { try? WantedSettings(json: Array($0.utf8)) })
    }
    try database.prepare("SELECT state FROM settings").rows { row in
      recovered.settings = try? KeptSettings(json: Array(row.text(0).utf8))
    }
  }
}
