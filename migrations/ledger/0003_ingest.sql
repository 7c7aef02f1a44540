-- Sources and their write keys, what became of their events, kinds of events, the edited touchpoint
-- catalogue, the index of the quarantine.
-- Why: the tables of ingest. Cost: none, the tables are new. Lock: none. Way back: drop the tables.

CREATE TABLE sources
(
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    unit TEXT NOT NULL,
    zone TEXT NOT NULL,
    created BIGINT NOT NULL
);

-- hash: keyed hash of the key, to find it; sealed: the key itself, under a key of the installation, to show it
-- again to those who manage data.
CREATE TABLE write_keys
(
    id BIGINT PRIMARY KEY,
    source BIGINT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    sealed BYTEA NOT NULL,
    prefix TEXT NOT NULL,
    created BIGINT NOT NULL,
    ended BIGINT
);

CREATE TABLE source_minutes
(
    source BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    received BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    PRIMARY KEY (source, minute)
);

CREATE TABLE source_totals
(
    source BIGINT NOT NULL,
    reason BIGINT NOT NULL,
    events BIGINT NOT NULL,
    last_event BIGINT NOT NULL,
    PRIMARY KEY (source, reason)
);

-- One row: the last block whose effects the tables of this file hold.
CREATE TABLE ingest_stamp
(
    one BIGINT PRIMARY KEY,
    block BIGINT NOT NULL
);

CREATE TABLE kinds
(
    kind BIGINT PRIMARY KEY,
    source BIGINT NOT NULL,
    type BIGINT NOT NULL,
    name TEXT NOT NULL,
    arrived TEXT NOT NULL,
    channel TEXT NOT NULL,
    touchpoint TEXT NOT NULL,
    stage TEXT NOT NULL,
    version BIGINT NOT NULL,
    pushed BIGINT NOT NULL,
    UNIQUE (source, type, name, arrived)
);

CREATE TABLE touchpoint_catalogue
(
    version BIGINT PRIMARY KEY,
    body TEXT NOT NULL
);

-- The input itself lies in quarantine/<day>, encrypted; bytes 0: it was not kept (the day's limit).
-- state: 0 open, 1 replayed, 2 discarded.
CREATE TABLE quarantine
(
    id BIGINT PRIMARY KEY,
    source BIGINT NOT NULL,
    reason BIGINT NOT NULL,
    received BIGINT NOT NULL,
    detail TEXT NOT NULL,
    origin TEXT NOT NULL,
    day BIGINT NOT NULL,
    place BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    state BIGINT NOT NULL,
    changed BIGINT NOT NULL
);

CREATE INDEX quarantine_by_state ON quarantine (state, id);
CREATE INDEX quarantine_by_source ON quarantine (source, state, id);

-- The mappings last used, by source, so that rejected rows can be read again.
CREATE TABLE mappings
(
    source TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    changed BIGINT NOT NULL
);
