-- Who may sign in, their sessions, and the record of what was done.
-- Why: the truth of now changes under transactions. Cost: none, the tables are new. Lock: none.
-- Way back: drop the tables.

CREATE TABLE users (
  id BIGINT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  all_units BIGINT NOT NULL,
  language TEXT NOT NULL,
  enabled BIGINT NOT NULL,
  password TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT
);

CREATE TABLE user_units (
  user_id BIGINT NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (user_id, unit)
);

-- Only the hash of a token is kept.
CREATE TABLE sessions (
  token BYTEA NOT NULL,
  user_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (token)
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- At most one row: the link that makes the first administrator.
CREATE TABLE setup_token (
  token BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Failed sign-ins by hashed login and address.
CREATE TABLE throttles (
  key BYTEA NOT NULL,
  failures BIGINT NOT NULL,
  failed_at BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  PRIMARY KEY (key)
);

-- Each row's hash covers the row and the hash before it, under a key of the installation.
CREATE TABLE audit (
  seq BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor BIGINT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BYTEA NOT NULL
);
