// The tables of the management service, version by version.
import SQL

/// Constraints first; what the tables say both SQLite and PostgreSQL understand, but for STRICT
/// and WITHOUT ROWID.
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
      """),
    // Numbers instead of names in the table that grows, and one sparse index instead of three
    // full ones: why, and what it costs, stands in `ManagementShell.docc`.
    Migration(
      "records by stream number, found by blocks",
      """
      ALTER TABLE station ADD COLUMN number INTEGER CHECK (number >= 1);
      UPDATE station SET number = (SELECT count(*) FROM station AS other WHERE other.id <= station.id);
      CREATE UNIQUE INDEX station_by_number ON station (number);

      CREATE TABLE numbered_stream (
        number INTEGER PRIMARY KEY,
        station TEXT NOT NULL REFERENCES station (id),
        stream TEXT NOT NULL CHECK (length(stream) = 16),
        upto INTEGER NOT NULL CHECK (upto >= 0),
        UNIQUE (station, stream)
      ) STRICT;
      INSERT INTO numbered_stream (station, stream, upto)
        SELECT station, stream, upto FROM stream
        UNION SELECT DISTINCT station, stream, 0 FROM record
          WHERE (station, stream) NOT IN (SELECT station, stream FROM stream);

      CREATE TABLE numbered_island (
        stream INTEGER NOT NULL REFERENCES numbered_stream (number),
        first INTEGER NOT NULL CHECK (first >= 1),
        last INTEGER NOT NULL CHECK (last >= first),
        PRIMARY KEY (stream, first)
      ) STRICT;
      INSERT INTO numbered_island (stream, first, last)
        SELECT numbered_stream.number, first, last FROM island
        JOIN numbered_stream ON numbered_stream.station = island.station
          AND numbered_stream.stream = island.stream;

      CREATE TABLE numbered_record (
        id INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL REFERENCES numbered_stream (number),
        seq INTEGER CHECK (seq >= 1),
        received INTEGER NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (stream, seq)
      ) STRICT;
      INSERT INTO numbered_record (id, stream, seq, received, kind, body)
        SELECT record.id, numbered_stream.number, seq, received, kind, body FROM record
        JOIN numbered_stream ON numbered_stream.station = record.station
          AND numbered_stream.stream = record.stream;

      CREATE TABLE record_block (
        station INTEGER NOT NULL CHECK (station >= 0),
        kind TEXT NOT NULL,
        block INTEGER NOT NULL CHECK (block >= 0),
        PRIMARY KEY (station, kind, block)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO record_block (station, kind, block)
        SELECT station.number, '', record.id / 256 FROM record JOIN station ON station.id = record.station
        UNION SELECT station.number, kind, record.id / 256 FROM record
          JOIN station ON station.id = record.station
        UNION SELECT 0, kind, id / 256 FROM record;

      DROP TABLE record;
      DROP TABLE island;
      DROP TABLE stream;
      ALTER TABLE numbered_stream RENAME TO stream;
      ALTER TABLE numbered_island RENAME TO island;
      ALTER TABLE numbered_record RENAME TO record;
      """),
    Migration(
      "measurements, by the minute for a while and by the hour for good",
      """
      CREATE TABLE minute (
        id INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL REFERENCES stream (number),
        seq INTEGER NOT NULL CHECK (seq >= 1),
        received INTEGER NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (stream, seq)
      ) STRICT;
      CREATE TABLE measured_hour (
        station INTEGER NOT NULL CHECK (station >= 1),
        hour INTEGER NOT NULL,
        sensor TEXT NOT NULL,
        quantity TEXT NOT NULL,
        seconds INTEGER NOT NULL CHECK (seconds >= 1),
        weight INTEGER NOT NULL,
        least INTEGER NOT NULL,
        most INTEGER NOT NULL CHECK (most >= least),
        used INTEGER NOT NULL CHECK (used >= 0),
        resets INTEGER NOT NULL CHECK (resets >= 0),
        PRIMARY KEY (station, hour, sensor, quantity)
      ) STRICT, WITHOUT ROWID;
      """),
    ledger,
    fourEyes, claims, epoch, retirement, audit, zones, unproven, codes,
    dismissal, epochPlace, visits, memberBlocks, hourCounts, commands, certificates,
    typedCodes, settings,
  ]
}
