-- Imports set up on the console, and mappings kept under a name.
-- Why: a run in the background is resumed after a restart, and its report outlives its files. Cost: none, the tables
-- are new. Lock: none. Way back: drop both, and the folder imports/.

-- state: 0 draft, 1 running, 2 done, 3 cancelled, 4 interrupted, 5 failed. mapping: TOML; empty: none needed.
-- reports: JSON, file by file; of a run that is not done, what was certainly in the journal.
CREATE TABLE imports
(
    id BIGINT PRIMARY KEY,
    state BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    started BIGINT NOT NULL,
    mapping TEXT NOT NULL,
    reports TEXT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    error_code TEXT NOT NULL,
    error_detail TEXT NOT NULL
);

CREATE TABLE saved_mappings
(
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (name)
);
