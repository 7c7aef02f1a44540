-- Tracking plans, what is observed of the events, data quality by day, repairs of rejected input.
-- Why: a source says what its events should look like, and what arrives is compared with it.
-- Cost: three columns with a default and four new tables. Lock: none. Way back: drop them.

-- region: of phone numbers without a country code, two letters; empty: by the zone. owner: who answers for it.
ALTER TABLE sources ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN owner TEXT NOT NULL DEFAULT '';

-- The name of the rejected event, scrubbed; empty: not known. note: why it was discarded.
ALTER TABLE quarantine ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- body: JSON as the API shows it. The highest version is in force.
CREATE TABLE plans
(
    source BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    author BIGINT NOT NULL,
    PRIMARY KEY (source, version)
);

-- body: JSON, the properties of an event as seen so far: types, counts, times; of type -1, what is known of the
-- whole source.
CREATE TABLE observed
(
    source BIGINT NOT NULL,
    type BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (source, type, name)
);

-- day: since 1970, of the source's zone. mark: which counter, see src/ingest/quality.h.
CREATE TABLE source_days
(
    source BIGINT NOT NULL,
    day BIGINT NOT NULL,
    mark BIGINT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (source, day, mark)
);

-- Repairs that were applied to the quarantine. body: the rules, JSON as the API shows them.
CREATE TABLE fixes
(
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    author BIGINT NOT NULL,
    body TEXT NOT NULL,
    matched BIGINT NOT NULL,
    replayed BIGINT NOT NULL,
    still BIGINT NOT NULL
);
