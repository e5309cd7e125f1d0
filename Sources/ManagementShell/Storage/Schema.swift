// The tables of the management service, version by version.
import SQLite

/// Constraints first; what the tables say both SQLite and PostgreSQL understand, but for STRICT.
enum Schema {
  static let migrations = [
    Migration(
      "stations, records, members",
      """
      CREATE TABLE station (
        id TEXT PRIMARY KEY,
        name_en TEXT NOT NULL,
        name_zh TEXT NOT NULL
      ) STRICT;
      CREATE TABLE record (
        id INTEGER PRIMARY KEY,
        station TEXT NOT NULL REFERENCES station (id),
        stream TEXT NOT NULL CHECK (length(stream) = 16),
        seq INTEGER CHECK (seq >= 1),
        received INTEGER NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (station, stream, seq)
      ) STRICT;
      CREATE INDEX record_by_station ON record (station, id);
      CREATE INDEX record_by_station_and_kind ON record (station, kind, id);
      CREATE INDEX record_by_kind ON record (kind, id);
      CREATE TABLE stream (
        station TEXT NOT NULL REFERENCES station (id),
        stream TEXT NOT NULL CHECK (length(stream) = 16),
        upto INTEGER NOT NULL CHECK (upto >= 0),
        PRIMARY KEY (station, stream)
      ) STRICT;
      CREATE TABLE island (
        station TEXT NOT NULL,
        stream TEXT NOT NULL,
        first INTEGER NOT NULL CHECK (first >= 1),
        last INTEGER NOT NULL CHECK (last >= first),
        PRIMARY KEY (station, stream, first),
        FOREIGN KEY (station, stream) REFERENCES stream (station, stream)
      ) STRICT;
      CREATE TABLE day_count (
        station TEXT NOT NULL REFERENCES station (id),
        day INTEGER NOT NULL,
        entries INTEGER NOT NULL CHECK (entries >= 0),
        exits INTEGER NOT NULL CHECK (exits >= 0),
        granted INTEGER NOT NULL CHECK (granted >= 0),
        refused INTEGER NOT NULL CHECK (refused >= 0),
        PRIMARY KEY (station, day)
      ) STRICT;
      CREATE INDEX day_count_by_day ON day_count (day);
      CREATE TABLE member (
        id TEXT PRIMARY KEY,
        label TEXT,
        status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
        enrolled INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY,
        station TEXT NOT NULL REFERENCES station (id),
        stream TEXT,
        seq INTEGER,
        received INTEGER NOT NULL,
        reason TEXT NOT NULL,
        raw BLOB NOT NULL
      ) STRICT;
      CREATE INDEX quarantine_by_place ON quarantine (station, stream, seq);
      """)
  ]
}
