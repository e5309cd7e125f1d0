// The columns of a station that is out of use.
import SQL

extension Schema {
  static let retirement = Migration(
    "stations that are out of use",
    """
    ALTER TABLE station ADD COLUMN retired_by TEXT;
    ALTER TABLE station ADD COLUMN retired_at INTEGER CHECK ((retired_at IS NULL) = (retired_by IS NULL));
    ALTER TABLE station ADD COLUMN retired_reason TEXT
      CHECK ((retired_reason IS NULL) = (retired_by IS NULL));
    """)
}
