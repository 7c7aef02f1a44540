-- The events and the two maps that give them meaning at query time.
-- Why: history is written once; who a subject is and which touchpoint an event belongs to may change later.
-- Cost: none, the tables are new. Lock: none. Way back: drop the tables.
-- Statements end with a semicolon at the end of a line.

CREATE TABLE IF NOT EXISTS events
(
    event_id UInt64 COMMENT 'block_id * 2^20 + row in the block',
    block_id UInt64,
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source_id UInt32,
    kind UInt32 COMMENT 'see kinds: type, name, channel, touchpoint, stage',
    subject_id UInt64 COMMENT 'immutable; the customer is looked up in subject_customer',
    unit LowCardinality(String),
    session_id String CODEC(ZSTD(1)),
    case_id String CODEC(ZSTD(1)),
    amount_minor Int64 COMMENT '0 and no currency: no amount' CODEC(ZSTD(1)),
    currency LowCardinality(String),
    instrument LowCardinality(String) COMMENT 'nps, csat, ces, review ...; empty: no answer',
    score Nullable(Float32),
    text String COMMENT 'scrubbed of identifiers' CODEC(ZSTD(3)),
    properties Map(String, String) COMMENT 'no sensitive value: classified before it gets here' CODEC(ZSTD(3)),
    INDEX by_block block_id TYPE minmax GRANULARITY 1,
    INDEX by_event event_id TYPE minmax GRANULARITY 1,
    INDEX by_subject subject_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_case case_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (unit, toDate(occurred_at), subject_id, occurred_at, event_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS kinds
(
    kind UInt32,
    type LowCardinality(String),
    name String,
    channel LowCardinality(String),
    touchpoint LowCardinality(String),
    stage LowCardinality(String),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY kind;

CREATE TABLE IF NOT EXISTS subject_map
(
    subject UInt64,
    customer UInt64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY subject;

CREATE DICTIONARY IF NOT EXISTS kind_of
(
    kind UInt64,
    type String,
    name String,
    channel String,
    touchpoint String,
    stage String
)
PRIMARY KEY kind
SOURCE(CLICKHOUSE(QUERY 'SELECT kind, type, name, channel, touchpoint, stage FROM kinds FINAL'))
LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 1000000))
LIFETIME(0);

CREATE DICTIONARY IF NOT EXISTS subject_customer
(
    subject UInt64,
    customer UInt64
)
PRIMARY KEY subject
SOURCE(CLICKHOUSE(QUERY 'SELECT subject, customer FROM subject_map FINAL WHERE subject != customer'))
LAYOUT(HASHED())
LIFETIME(0);
