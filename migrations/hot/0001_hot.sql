-- What an agent's screen or an API call needs of one customer, answered without the warehouse.
-- Why: some hundreds of small queries a second are the warehouse's limit. Everything here can be rebuilt.
-- Cost: none, the tables are new. Lock: none. Way back: delete hot.db.

-- `profile` and `recent`: src/ledger/hot_codec.cpp. `unit_mask`: one bit per hashed unit, to leave out most
-- customers outside of a scope without decoding them.
CREATE TABLE customers (
  customer BIGINT PRIMARY KEY,
  last_seen BIGINT NOT NULL,
  unit_mask BIGINT NOT NULL,
  profile BYTEA NOT NULL,
  recent BYTEA NOT NULL
);
CREATE INDEX customers_by_seen ON customers (last_seen, customer, unit_mask);

-- name: 'block' (last applied), 'customers' (how many).
CREATE TABLE numbers (
  name TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (name)
);
INSERT INTO numbers (name, value) VALUES ('block', 0), ('customers', 0);
