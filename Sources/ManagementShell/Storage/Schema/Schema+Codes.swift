// The member code by which an exchange was asked for: one code pays once, wherever it is shown.
import SQL

extension Schema {
  static let codes = Migration(
    "the code of each exchange",
    """
    ALTER TABLE exchange ADD COLUMN code TEXT CHECK (length(code) = 32);
    CREATE INDEX exchange_by_code ON exchange (code) WHERE code IS NOT NULL;
    """)
}
