// The index of articles that fell without a hold, until a person has decided who pays.
import SQL

extension Schema {
  static let unproven = Migration(
    "articles without a hold wait for a person",
    """
    CREATE INDEX exchange_unproven ON exchange (id)
      WHERE state IN ('void', 'refused') AND outcome = 'dispensed' AND resolver IS NULL;
    """)
}
