// The zones by which stations count their days.
import SQL

extension Schema {
  /// Names of the tz database: what the station says, and what somebody has set above it.
  static let zones = Migration(
    "the zones of stations",
    """
    ALTER TABLE station ADD COLUMN zone TEXT;
    ALTER TABLE station ADD COLUMN zone_set TEXT;
    """)
}
