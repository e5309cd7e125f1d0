// The columns that bound what a station may say of its stream.
import SQL

extension Schema {
  /// How far a stream has come by what was sent and said, and when that was taken; null where
  /// nothing was, and after a backup was restored.
  static let claims = Migration(
    "how far streams have come by what stations say",
    """
    ALTER TABLE stream ADD COLUMN claimed INTEGER CHECK (claimed >= 0);
    ALTER TABLE stream ADD COLUMN claimed_at INTEGER;
    """)
}
