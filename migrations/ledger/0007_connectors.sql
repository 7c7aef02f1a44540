-- Connectors: what is set, how far each has come, what it did, what it could not deliver.
-- Why: the tables of connector. Cost: none, the tables are new. Lock: none. Way back: drop the tables.

-- name: the key in its address; label: as people call it; settings: JSON in clear; secrets: JSON, sealed under a
-- key of the installation; mapping: JSON, empty where the kind's own holds.
CREATE TABLE connectors
(
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    source BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    settings TEXT NOT NULL,
    secrets BYTEA NOT NULL,
    mapping TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);

CREATE TABLE connector_state
(
    connector BIGINT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (connector, name)
);

CREATE TABLE connector_counts
(
    connector BIGINT PRIMARY KEY,
    taken BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    last BIGINT
);

CREATE TABLE connector_log
(
    connector BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    last BIGINT NOT NULL,
    level BIGINT NOT NULL,
    what TEXT NOT NULL,
    error TEXT NOT NULL,
    detail TEXT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (connector, seq)
);

-- body: sealed; state: 0 open, 1 sent, 2 discarded; asked: 1 when it is to be sent again.
CREATE TABLE connector_letters
(
    id BIGINT PRIMARY KEY,
    connector BIGINT NOT NULL,
    at BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    events BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    error TEXT NOT NULL,
    detail TEXT NOT NULL,
    body BYTEA NOT NULL,
    state BIGINT NOT NULL,
    asked BIGINT NOT NULL
);

CREATE INDEX connector_letters_open ON connector_letters (connector, state, id);
