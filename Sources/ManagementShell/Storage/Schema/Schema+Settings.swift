// The table of stations' settings.
import SQL

extension Schema {
  /// `settings` keeps every revision as it was wanted, without prices; `wish` has the newest as the
  /// station gets it.
  static let settings = Migration(
    "settings of stations",
    """
    ALTER TABLE wish ADD COLUMN settings TEXT;
    CREATE TABLE settings (
      station TEXT NOT NULL,
      revision INTEGER NOT NULL CHECK (revision >= 1),
      sections TEXT NOT NULL,
      actor TEXT NOT NULL,
      reason TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (station, revision)
    ) STRICT, WITHOUT ROWID;
    """)
}
