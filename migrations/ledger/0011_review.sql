-- Runs of matching over the customers of the store, and the pairs that they propose to people.
-- Why: a pair waits for a person across restarts, and what a person said is never asked again. Cost: none, the
-- tables are new. Lock: none. Way back: drop both.

-- state: 0 running, 1 done, 2 failed, 3 interrupted. model: JSON, as the API shows it; empty: none.
CREATE TABLE match_runs
(
    id BIGINT PRIMARY KEY,
    state BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    records BIGINT NOT NULL,
    compared DOUBLE PRECISION NOT NULL,
    labels BIGINT NOT NULL,
    proposed BIGINT NOT NULL,
    merged BIGINT NOT NULL,
    model TEXT NOT NULL,
    error_code TEXT NOT NULL,
    error_detail TEXT NOT NULL
);

-- left_subject < right_subject: a subject of each customer, by which both are found whoever they are today.
-- state: 0 open, 1 accepted, 2 rejected, 3 skipped. doubt: of the probability from 0.5, in units of 1e-9: 0 is
-- the most doubtful. detail: the steps of the weight as JSON, values masked. version: of the decision.
CREATE TABLE match_pairs
(
    id BIGINT PRIMARY KEY,
    left_subject BIGINT NOT NULL,
    right_subject BIGINT NOT NULL,
    run BIGINT NOT NULL,
    state BIGINT NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    doubt BIGINT NOT NULL,
    detail TEXT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX match_pairs_by_ends ON match_pairs (left_subject, right_subject);
CREATE INDEX match_pairs_by_doubt ON match_pairs (state, doubt, id);
