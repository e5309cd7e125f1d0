// The table of who did what.
import SQL

extension Schema {
  /// Orders of before are there already with their actors; they come first, in their order.
  static let audit = Migration(
    "who did what",
    """
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL CHECK (actor <> ''),
      action TEXT NOT NULL CHECK (action IN ('issue', 'grant', 'approve', 'decline', 'reverse',
        'resolve', 'price', 'limits', 'enrol', 'suspend', 'activate', 'code', 'name', 'zone',
        'retire')),
      member TEXT,
      contents TEXT NOT NULL,
      pending INTEGER
    ) STRICT;
    INSERT INTO audit (at, actor, action, member, contents, pending)
      SELECT at, actor,
        CASE WHEN contents LIKE '{"issue":%' THEN 'issue' WHEN contents LIKE '{"grant":%' THEN 'grant'
          WHEN contents LIKE '{"approve":%' THEN 'approve'
          WHEN contents LIKE '{"decline":%' THEN 'decline'
          WHEN contents LIKE '{"reverse":%' THEN 'reverse' ELSE 'resolve' END,
        member, contents, pending
      FROM ledger_order
      WHERE contents LIKE '{"issue":%' OR contents LIKE '{"grant":%' OR contents LIKE '{"approve":%'
        OR contents LIKE '{"decline":%' OR contents LIKE '{"reverse":%'
        OR contents LIKE '{"resolve":%'
      ORDER BY at, key;
    CREATE INDEX audit_by_member ON audit (member, id) WHERE member IS NOT NULL;
    """)
}
