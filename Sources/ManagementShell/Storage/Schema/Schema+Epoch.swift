// The tables by which a restored backup is known, and what it has lost.
import SQL

extension Schema {
  /// `store_epoch` has one row: the life of this store. `restored_gap` has the last number of each
  /// stream that this store never got, though a store of before had.
  static let epoch = Migration(
    "the life of the store, and the gaps of a restored one",
    """
    CREATE TABLE store_epoch (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      epoch TEXT NOT NULL CHECK (length(epoch) = 16)
    ) STRICT;
    CREATE TABLE restored_gap (
      stream INTEGER PRIMARY KEY REFERENCES stream (number),
      last INTEGER NOT NULL CHECK (last >= 1)
    ) STRICT;
    """)

  /// `only` is a word of SQL that other engines keep for themselves.
  static let epochPlace = Migration(
    "no column has the name of a word of SQL",
    "ALTER TABLE store_epoch RENAME COLUMN only TO place;")
}
