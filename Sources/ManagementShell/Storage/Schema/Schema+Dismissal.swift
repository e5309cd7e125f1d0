// The table of who did what, for one thing more that somebody may do.
import SQL

extension Schema {
  static let dismissal = Migration(
    "articles without a hold are dismissed together",
    """
    CREATE TABLE audit_of_more (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL CHECK (actor <> ''),
      action TEXT NOT NULL CHECK (action IN ('issue', 'grant', 'approve', 'decline', 'reverse',
        'resolve', 'dismiss', 'price', 'limits', 'enrol', 'suspend', 'activate', 'code', 'name',
        'zone', 'retire')),
      member TEXT,
      contents TEXT NOT NULL,
      pending INTEGER
    ) STRICT;
    INSERT INTO audit_of_more (id, at, actor, action, member, contents, pending)
      SELECT id, at, actor, action, member, contents, pending FROM audit;
    DROP TABLE audit;
    ALTER TABLE audit_of_more RENAME TO audit;
    CREATE INDEX audit_by_member ON audit (member, id) WHERE member IS NOT NULL;
    """)
}
