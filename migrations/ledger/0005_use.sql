-- When a write key was last used, and the answers to writes that came with an idempotency key.
-- Why: a key that nobody uses can be ended; a write that is repeated after a restart must not happen twice.
-- Cost: none, one empty column and one new table. Lock: none. Way back: drop both.

ALTER TABLE write_keys ADD COLUMN last_used BIGINT;

-- key: keyed hash of user and idempotency key. request: fingerprint of what was asked. answer: sealed under a key
-- of the installation, since it may hold a secret that was just made; NULL: the first request is still running, or was cut off.
CREATE TABLE idempotency
(
    key BYTEA NOT NULL,
    request BYTEA NOT NULL,
    at BIGINT NOT NULL,
    answer BYTEA,
    PRIMARY KEY (key)
);
CREATE INDEX idempotency_by_time ON idempotency (at);
