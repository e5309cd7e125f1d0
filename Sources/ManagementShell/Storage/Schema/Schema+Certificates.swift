// The certificates of stations.
import SQL

extension Schema {
  /// `number` grows with each; of two that were issued in one millisecond it tells the newer one.
  static let certificates = Migration(
    "the certificates that stations were given",
    """
    CREATE TABLE certificate (
      number INTEGER PRIMARY KEY,
      serial TEXT NOT NULL UNIQUE,
      station TEXT NOT NULL REFERENCES station (id),
      issued INTEGER NOT NULL,
      ends INTEGER NOT NULL,
      actor TEXT NOT NULL,
      revoked INTEGER
    ) STRICT;
    CREATE INDEX certificate_of_station ON certificate (station, number);
    """)
}
