// Which events tell of which member.
import SQL

extension Schema {
  /// - block: 1024 consecutive ids of records. A block without a row has no event of any member,
  ///   as one whose row is empty.
  /// - mentions: see `MemberIndex`, which also enters what earlier versions stored.
  static let memberBlocks = Migration(
    "the events of each member, by blocks",
    """
    CREATE TABLE member_block (
      block INTEGER PRIMARY KEY CHECK (block BETWEEN 0 AND 9007199254740991),
      mentions BLOB NOT NULL
    ) STRICT;
    """)
}
