// The tables of orders that one person may not give alone, whatever they order.
import SQL

extension Schema {
  /// Grants that waited become orders that wait, under their ids. What was decided alone before
  /// counts as what it moved.
  static let fourEyes = Migration(
    "orders for a second person, and what each actor decided alone",
    """
    CREATE TABLE pending_order (
      id INTEGER PRIMARY KEY,
      contents TEXT NOT NULL,
      points INTEGER NOT NULL CHECK (points >= 0),
      member TEXT,
      actor TEXT NOT NULL,
      at INTEGER NOT NULL,
      approved INTEGER CHECK (approved IN (0, 1)),
      decider TEXT CHECK (decider <> actor),
      decision_reason TEXT,
      decided INTEGER,
      CHECK ((approved IS NULL) = (decider IS NULL)),
      CHECK ((approved IS NULL) = (decided IS NULL))
    ) STRICT;
    INSERT INTO pending_order (id, contents, points, member, actor, at, approved, decider,
        decision_reason, decided)
      SELECT id, '{"grant":' || amount || ',"member":"' || member || '","reason":'
          || json_quote(reason) || '}',
        amount, member, actor, at, approved, decider, decision_reason, decided
      FROM grant_request;
    CREATE TABLE placed_order (
      key TEXT PRIMARY KEY,
      actor TEXT NOT NULL,
      contents TEXT NOT NULL,
      movement INTEGER REFERENCES movement (id),
      pending INTEGER REFERENCES pending_order (id),
      at INTEGER NOT NULL,
      alone INTEGER NOT NULL CHECK (alone >= 0),
      member TEXT
    ) STRICT;
    INSERT INTO placed_order (key, actor, contents, movement, pending, at, alone, member)
      SELECT key, actor, contents, movement, grant_request, ledger_order.at,
        CASE WHEN grant_request IS NULL THEN COALESCE((
          SELECT movement.amount FROM movement WHERE movement.id = ledger_order.movement), 0)
          ELSE 0 END,
        (SELECT account.owner FROM movement
          JOIN account ON account.id = movement.member_account
          WHERE movement.id = ledger_order.movement)
      FROM ledger_order;
    DROP TABLE ledger_order;
    DROP TABLE grant_request;
    ALTER TABLE placed_order RENAME TO ledger_order;
    CREATE INDEX pending_undecided ON pending_order (id) WHERE approved IS NULL;
    CREATE INDEX order_alone_by_actor ON ledger_order (actor, at) WHERE alone > 0;
    CREATE INDEX order_alone_by_member ON ledger_order (member, at)
      WHERE alone > 0 AND member IS NOT NULL;
    """)
}
