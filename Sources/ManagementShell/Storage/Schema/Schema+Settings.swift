// The table of stations' settings.
import SQL

extension Schema {
  /// `settings` keeps every revision as it was wanted, without prices; `wish` has the newest as the
  /// station gets it. `rollout` is one change for many stations, which `rollout_station` names by
  /// their waves, with the revision that each was sent.
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
    CREATE TABLE rollout (
      id INTEGER PRIMARY KEY,
      order_key TEXT NOT NULL UNIQUE,
      change TEXT NOT NULL,
      reason TEXT NOT NULL,
      actor TEXT NOT NULL,
      at INTEGER NOT NULL,
      state TEXT NOT NULL,
      sent_waves INTEGER NOT NULL DEFAULT 0 CHECK (sent_waves >= 0),
      halt_station TEXT,
      halt_text TEXT
    ) STRICT;
    CREATE INDEX rollout_running ON rollout (id) WHERE state = 'running';
    CREATE TABLE rollout_station (
      rollout INTEGER NOT NULL REFERENCES rollout (id),
      wave INTEGER NOT NULL CHECK (wave >= 0),
      place INTEGER NOT NULL CHECK (place >= 0),
      station TEXT NOT NULL,
      sent INTEGER,
      passed INTEGER NOT NULL DEFAULT 0 CHECK (passed IN (0, 1)),
      PRIMARY KEY (rollout, wave, place),
      UNIQUE (rollout, station)
    ) STRICT, WITHOUT ROWID;
    """)
}
