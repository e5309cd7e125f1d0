// The typed codes that were set at stations.
import SQL

extension Schema {
  /// A code by its commands, which have the rest of it: the one that set it, and the last one that
  /// removes it. `number` is that of the first command, so that a station's codes have an order.
  static let typedCodes = Migration(
    "typed codes at stations",
    """
    CREATE TABLE typed_code (
      station TEXT NOT NULL,
      credential TEXT NOT NULL CHECK (length(credential) BETWEEN 1 AND 32),
      number INTEGER NOT NULL,
      setting TEXT NOT NULL UNIQUE,
      removal TEXT,
      PRIMARY KEY (station, credential)
    ) STRICT;
    CREATE INDEX typed_code_by_number ON typed_code (station, number);
    """)
}
