// The table of the counts of each station and hour.
import SQL

extension Schema {
  /// - hour: since 1970-01-01 UTC. The days of before cannot be divided, so that hours begin here.
  static let visits = Migration(
    "the visits of each hour",
    """
    CREATE TABLE visit_hour (
      station TEXT NOT NULL REFERENCES station (id),
      hour INTEGER NOT NULL,
      entries INTEGER NOT NULL CHECK (entries >= 0),
      exits INTEGER NOT NULL CHECK (exits >= 0),
      granted INTEGER NOT NULL CHECK (granted >= 0),
      refused INTEGER NOT NULL CHECK (refused >= 0),
      PRIMARY KEY (station, hour)
    ) STRICT, WITHOUT ROWID;
    """)

  /// - station: its number.
  /// - what: a word of `HourCount`, so that another count needs no other table.
  ///
  /// The counts of one station and hour change together, so they lie side by side: a write costs
  /// each page of the file that it touches.
  static let hourCounts = Migration(
    "counts of each hour by their words",
    """
    CREATE TABLE hour_count (
      station INTEGER NOT NULL CHECK (station >= 1),
      hour INTEGER NOT NULL,
      what TEXT NOT NULL,
      amount INTEGER NOT NULL CHECK (amount >= 0),
      PRIMARY KEY (station, hour, what)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO hour_count (station, hour, what, amount)
      SELECT number, hour, 'entries', entries FROM visit_hour
        JOIN station ON station.id = visit_hour.station WHERE entries > 0
      UNION ALL SELECT number, hour, 'exits', exits FROM visit_hour
        JOIN station ON station.id = visit_hour.station WHERE exits > 0
      UNION ALL SELECT number, hour, 'granted', granted FROM visit_hour
        JOIN station ON station.id = visit_hour.station WHERE granted > 0
      UNION ALL SELECT number, hour, 'refused', refused FROM visit_hour
        JOIN station ON station.id = visit_hour.station WHERE refused > 0;
    DROP TABLE visit_hour;
    """)
}
