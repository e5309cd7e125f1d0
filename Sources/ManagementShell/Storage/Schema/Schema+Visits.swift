// Who came and went at each station in each hour.
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
}
