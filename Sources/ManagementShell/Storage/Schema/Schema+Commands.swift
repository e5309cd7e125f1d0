// The tables of commands and wishes.
import SQL

extension Schema {
  /// `command` keeps what was ordered, once for its key; `body` is the operation with its members as
  /// JSON. `wish` has what is wanted of each station, with a revision that only rises.
  /// The audit trail no longer repeats the list of its words, which Swift has.
  static let commands = Migration(
    "commands to stations",
    """
    CREATE TABLE command (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 64),
      order_key TEXT NOT NULL UNIQUE,
      station TEXT NOT NULL,
      body TEXT NOT NULL,
      actor TEXT NOT NULL,
      ordered INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      progress TEXT NOT NULL,
      sent INTEGER,
      received INTEGER,
      ended INTEGER,
      settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
      fault TEXT,
      parts TEXT
    ) STRICT;
    CREATE INDEX command_by_station ON command (station, number);
    CREATE INDEX command_open ON command (number) WHERE ended IS NULL;
    CREATE TABLE wish (
      station TEXT PRIMARY KEY,
      revision INTEGER NOT NULL CHECK (revision >= 1),
      lock_down INTEGER NOT NULL CHECK (lock_down IN (0, 1)),
      actor TEXT NOT NULL,
      reason TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE audit_of_words (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL CHECK (actor <> ''),
      action TEXT NOT NULL CHECK (action <> ''),
      member TEXT,
      contents TEXT NOT NULL,
      pending INTEGER
    ) STRICT;
    INSERT INTO audit_of_words (id, at, actor, action, member, contents, pending)
      SELECT id, at, actor, action, member, contents, pending FROM audit;
    DROP TABLE audit;
    ALTER TABLE audit_of_words RENAME TO audit;
    CREATE INDEX audit_by_member ON audit (member, id) WHERE member IS NOT NULL;
    """)
}
