// The tables of the ledger: accounts, exchanges, movements, and what people ordered.
import SQL

extension Schema {
  /// The constraints are those of the ledger itself: whatever a program does, no member owes
  /// anything, no exchange is there twice or moves twice alike, and no movement is moved back twice.
  static let ledger = Migration(
    "points: accounts, exchanges, movements, orders, rules",
    """
    ALTER TABLE station ADD COLUMN life TEXT CHECK (length(life) = 16);
    CREATE INDEX stream_by_name ON stream (stream);
    CREATE TABLE account (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL
        CHECK (kind IN ('issuance', 'grants', 'adjustments', 'member', 'held', 'station')),
      owner TEXT NOT NULL,
      balance INTEGER NOT NULL CHECK (balance >= 0 OR kind IN ('issuance', 'adjustments')),
      UNIQUE (kind, owner)
    ) STRICT;
    CREATE TABLE exchange (
      id INTEGER PRIMARY KEY,
      stream INTEGER NOT NULL REFERENCES stream (number),
      seq INTEGER NOT NULL CHECK (seq >= 1),
      member TEXT NOT NULL,
      slot INTEGER NOT NULL CHECK (slot BETWEEN 1 AND 80),
      article TEXT NOT NULL,
      price INTEGER NOT NULL CHECK (price BETWEEN 1 AND 1000000),
      state TEXT NOT NULL CHECK (state IN ('held', 'posted', 'void', 'refused')),
      posted INTEGER CHECK (posted BETWEEN 1 AND price),
      refusal TEXT,
      day INTEGER NOT NULL,
      at INTEGER NOT NULL,
      told INTEGER CHECK (told >= 0),
      outcome TEXT CHECK (outcome IN ('dispensed', 'refused', 'cancelled', 'failed', 'unknown')),
      outcome_reason TEXT,
      settled INTEGER,
      resolver TEXT,
      resolution TEXT,
      UNIQUE (stream, seq),
      CHECK ((state = 'posted') = (posted IS NOT NULL)),
      CHECK (state <> 'held' OR settled IS NULL),
      CHECK ((resolver IS NULL) = (resolution IS NULL))
    ) STRICT;
    CREATE INDEX exchange_by_member ON exchange (member, day);
    CREATE INDEX exchange_open ON exchange (id) WHERE state = 'held';
    CREATE TABLE movement (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('issue', 'grant', 'hold', 'post', 'release', 'charge',
        'shortfall', 'reversal')),
      debit INTEGER NOT NULL REFERENCES account (id),
      credit INTEGER NOT NULL REFERENCES account (id),
      amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
      member_account INTEGER REFERENCES account (id),
      exchange INTEGER REFERENCES exchange (id),
      order_key TEXT,
      reason TEXT,
      reverses INTEGER REFERENCES movement (id),
      actor TEXT NOT NULL,
      at INTEGER NOT NULL,
      CHECK (debit <> credit),
      CHECK (exchange IS NOT NULL OR order_key IS NOT NULL),
      CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
    ) STRICT;
    CREATE UNIQUE INDEX movement_by_exchange ON movement (exchange, kind)
      WHERE exchange IS NOT NULL;
    CREATE UNIQUE INDEX movement_by_reversed ON movement (reverses) WHERE reverses IS NOT NULL;
    CREATE INDEX movement_by_member ON movement (member_account, id)
      WHERE member_account IS NOT NULL;
    CREATE TABLE ledger_order (
      key TEXT PRIMARY KEY,
      actor TEXT NOT NULL,
      contents TEXT NOT NULL,
      movement INTEGER REFERENCES movement (id),
      grant_request INTEGER REFERENCES grant_request (id),
      at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE grant_request (
      id INTEGER PRIMARY KEY,
      member TEXT NOT NULL REFERENCES member (id),
      amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000),
      reason TEXT NOT NULL,
      actor TEXT NOT NULL,
      at INTEGER NOT NULL,
      approved INTEGER CHECK (approved IN (0, 1)),
      decider TEXT CHECK (decider <> actor),
      decision_reason TEXT,
      decided INTEGER,
      CHECK ((approved IS NULL) = (decider IS NULL)),
      CHECK ((approved IS NULL) = (decided IS NULL))
    ) STRICT;
    CREATE INDEX grant_pending ON grant_request (id) WHERE approved IS NULL;
    CREATE TABLE discrepancy (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      station TEXT NOT NULL REFERENCES station (id),
      stream TEXT NOT NULL CHECK (length(stream) = 16),
      seq INTEGER NOT NULL CHECK (seq >= 1),
      member TEXT NOT NULL,
      slot INTEGER NOT NULL,
      article TEXT NOT NULL,
      price INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      outcome_reason TEXT,
      charged INTEGER NOT NULL CHECK (charged >= 0),
      borne INTEGER NOT NULL CHECK (borne >= 0),
      at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX discrepancy_by_exchange ON discrepancy (stream, seq);
    CREATE TABLE slot_price (
      station TEXT NOT NULL REFERENCES station (id),
      slot INTEGER NOT NULL CHECK (slot BETWEEN 1 AND 80),
      price INTEGER NOT NULL CHECK (price BETWEEN 1 AND 1000000),
      PRIMARY KEY (station, slot)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE exchange_limit (
      kind TEXT PRIMARY KEY CHECK (kind IN ('day', 'article')),
      most INTEGER NOT NULL CHECK (most BETWEEN 0 AND 1000)
    ) STRICT, WITHOUT ROWID;
    """)
}
