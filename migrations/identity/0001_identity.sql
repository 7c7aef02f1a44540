-- Identity, sensitive traits, the search index, and the blocks of the mover.
-- Why: which identifiers belong to one customer changes under transactions; so does what a block has done.
-- Cost: none, the tables are new. Lock: none. Way back: drop the tables.

-- One identifier. `sealed` is its value under the subject's own key; `wrapped` is that key under the master's.
-- Destroying `wrapped` destroys the values. `source`: of the first claim.
CREATE TABLE subjects (
  id BIGINT PRIMARY KEY,
  kind BIGINT NOT NULL,
  source BIGINT NOT NULL,
  customer BIGINT NOT NULL,
  shared BIGINT NOT NULL,
  first_seen BIGINT NOT NULL,
  wrapped BYTEA,
  sealed BYTEA
);
CREATE INDEX subjects_by_customer ON subjects (customer, kind, source);

-- Keyed hash of kind and comparable value. Apart from subjects, so that they grow at their end only.
CREATE TABLE subject_hashes (
  hash BYTEA NOT NULL,
  subject BIGINT NOT NULL,
  PRIMARY KEY (hash)
) /*sqlite WITHOUT ROWID*/;

-- Why two customers became one: the claim that joined `left_subject` and `right_subject`. These rows form a
-- forest over the subjects, so a merge can be taken back exactly.
CREATE TABLE joins (
  version BIGINT PRIMARY KEY,
  left_subject BIGINT NOT NULL,
  right_subject BIGINT NOT NULL,
  survivor BIGINT NOT NULL,
  absorbed BIGINT NOT NULL,
  source BIGINT NOT NULL,
  at BIGINT NOT NULL
);

-- Every customer a subject has belonged to, but for the first, itself.
CREATE TABLE subject_map (
  subject BIGINT NOT NULL,
  version BIGINT NOT NULL,
  customer BIGINT NOT NULL,
  PRIMARY KEY (subject, version)
) /*sqlite WITHOUT ROWID*/;

-- Joins that were refused. reason: 1 two values of an exclusive kind, 2 too many values of a kind.
CREATE TABLE conflicts (
  suspect BIGINT NOT NULL,
  other BIGINT NOT NULL,
  reason BIGINT NOT NULL,
  source BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (suspect, other)
) /*sqlite WITHOUT ROWID*/;

-- What is known of a subject: `sealed` under the subject's key, or `clear`.
CREATE TABLE traits (
  subject BIGINT NOT NULL,
  key TEXT NOT NULL,
  sealed BYTEA,
  clear TEXT,
  source BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (subject, key)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE search_terms (
  term BYTEA NOT NULL,
  subject BIGINT NOT NULL,
  PRIMARY KEY (term, subject)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX search_terms_by_subject ON search_terms (subject);

-- state: 1 cut, 2 done.
CREATE TABLE blocks (
  id BIGINT PRIMARY KEY,
  from_segment BIGINT NOT NULL,
  from_offset BIGINT NOT NULL,
  to_segment BIGINT NOT NULL,
  to_offset BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  mark BIGINT NOT NULL,
  state BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX blocks_by_state ON blocks (state, id);
