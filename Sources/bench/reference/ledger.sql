-- The ledger's tables and contents in PostgreSQL, for the load of exchange.pgbench.
CREATE TABLE station (id text PRIMARY KEY, number bigint UNIQUE);
CREATE TABLE stream (
  number bigint PRIMARY KEY, station text NOT NULL REFERENCES station (id),
  stream text NOT NULL CHECK (length(stream) = 16), upto bigint NOT NULL CHECK (upto >= 0),
  UNIQUE (station, stream));
CREATE TABLE record (
  id bigserial PRIMARY KEY, stream bigint NOT NULL REFERENCES stream (number),
  seq bigint CHECK (seq >= 1), received bigint NOT NULL, kind text NOT NULL, body text NOT NULL,
  UNIQUE (stream, seq));
CREATE TABLE member (
  id text PRIMARY KEY, label text,
  status text NOT NULL CHECK (status IN ('active', 'suspended')), enrolled bigint NOT NULL);
CREATE TABLE account (
  id bigserial PRIMARY KEY,
  kind text NOT NULL
    CHECK (kind IN ('issuance', 'grants', 'adjustments', 'member', 'held', 'station')),
  owner text NOT NULL,
  balance bigint NOT NULL CHECK (balance >= 0 OR kind IN ('issuance', 'adjustments')),
  UNIQUE (kind, owner));
CREATE TABLE exchange (
  id bigserial PRIMARY KEY, stream bigint NOT NULL REFERENCES stream (number),
  seq bigint NOT NULL CHECK (seq >= 1), member text NOT NULL,
  slot bigint NOT NULL CHECK (slot BETWEEN 1 AND 80), article text NOT NULL,
  price bigint NOT NULL CHECK (price BETWEEN 1 AND 1000000),
  state text NOT NULL CHECK (state IN ('held', 'posted', 'void', 'refused')),
  posted bigint CHECK (posted BETWEEN 1 AND price), refusal text, day bigint NOT NULL,
  at bigint NOT NULL, told bigint CHECK (told >= 0),
  outcome text CHECK (outcome IN ('dispensed', 'refused', 'cancelled', 'failed', 'unknown')),
  outcome_reason text, settled bigint, resolver text, resolution text,
  UNIQUE (stream, seq),
  CHECK ((state = 'posted') = (posted IS NOT NULL)),
  CHECK (state <> 'held' OR settled IS NULL),
  CHECK ((resolver IS NULL) = (resolution IS NULL)));
CREATE INDEX exchange_by_member ON exchange (member, day);
CREATE INDEX exchange_open ON exchange (id) WHERE state = 'held';
CREATE TABLE movement (
  id bigserial PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('issue', 'grant', 'hold', 'post', 'release', 'charge',
    'shortfall', 'reversal')),
  debit bigint NOT NULL REFERENCES account (id), credit bigint NOT NULL REFERENCES account (id),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
  member_account bigint REFERENCES account (id), exchange bigint REFERENCES exchange (id),
  order_key text, reason text, reverses bigint REFERENCES movement (id), actor text NOT NULL,
  at bigint NOT NULL,
  CHECK (debit <> credit),
  CHECK (exchange IS NOT NULL OR order_key IS NOT NULL),
  CHECK ((kind = 'reversal') = (reverses IS NOT NULL)));
CREATE UNIQUE INDEX movement_by_exchange ON movement (exchange, kind) WHERE exchange IS NOT NULL;
CREATE UNIQUE INDEX movement_by_reversed ON movement (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX movement_by_member ON movement (member_account, id)
  WHERE member_account IS NOT NULL;
CREATE TABLE slot_price (
  station text NOT NULL REFERENCES station (id), slot bigint NOT NULL, price bigint NOT NULL,
  PRIMARY KEY (station, slot));
CREATE TABLE exchange_limit (kind text PRIMARY KEY, most bigint NOT NULL);
CREATE SEQUENCE next_exchange;

INSERT INTO station SELECT 'b-' || n, n + 1 FROM generate_series(0, 99) AS n;
INSERT INTO stream
  SELECT n + 1, 'b-' || n, lpad(to_hex(n + 1), 16, '0'), 0 FROM generate_series(0, 99) AS n;
INSERT INTO member
  SELECT 'm-' || lpad(to_hex(n), 16, '0'), NULL, 'active', 0 FROM generate_series(0, 1999) AS n;
INSERT INTO account (kind, owner, balance)
  SELECT 'member', id, 400000 FROM member ORDER BY id;
INSERT INTO account (kind, owner, balance)
  SELECT kind, station.id, 0 FROM station, (VALUES ('held'), ('station')) AS kinds (kind)
  ORDER BY kind, number;
VACUUM ANALYZE;
