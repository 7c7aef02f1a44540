-- Why: sums, lists and values set once are kept as each subject stated them, so that a split takes them apart exactly.
-- Cost: the index reads traits once. Lock: the start waits for it.
-- Way back: none needed; the version before ignores the table, and does not see what was stated in it.

-- op: 1 set once, 2 add to a number, 3 append to a list. seq: order of arrival within subject and key. Of a key at most
-- 64 for each subject; of more the oldest become one.
CREATE TABLE trait_entries (
  subject BIGINT NOT NULL,
  key TEXT NOT NULL,
  seq BIGINT NOT NULL,
  op BIGINT NOT NULL,
  sealed BYTEA,
  clear TEXT,
  source BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (subject, key, seq)
) /*sqlite WITHOUT ROWID*/;

-- What was taken away.
CREATE INDEX traits_gone ON traits (subject) WHERE clear = '';
