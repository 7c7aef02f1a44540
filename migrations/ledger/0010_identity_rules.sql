-- Every edited version of the rules of identity, and up to which decision of identity.db the audit log goes.
-- Why: rules are data, and a decision in another file must reach the audit log exactly once.
-- Cost: none, the tables are new. Lock: none. Way back: drop the tables; the defaults are in the program.

CREATE TABLE identity_rules (
  version BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor BIGINT NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE identity_audited (
  one BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
