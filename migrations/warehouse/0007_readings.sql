-- What comments say, as they were read: one row for each event that carries a text, beside the events and without the
-- text itself. The columns that filters name are those of events, so that the same conditions hold for both.
-- Why: history is written once, but a text is read anew when models or aspects change. A reading is a whole pass over
-- all comments; the one before serves until the next is complete, and then goes with its partition.
-- Cost: none, the table is new; about 120 bytes a comment. Lock: none. Way back: drop the table.

CREATE TABLE IF NOT EXISTS readings
(
    reading UInt32 COMMENT 'see text_readings of the ledger',
    event_id UInt64,
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source_id UInt32,
    kind UInt32,
    subject_id UInt64 COMMENT 'whoever deletes events of a subject deletes its readings',
    unit LowCardinality(String),
    case_id String CODEC(ZSTD(1)),
    instrument LowCardinality(String),
    score Nullable(Float32),
    language LowCardinality(String) COMMENT 'zh, en, other',
    sentiment LowCardinality(String) COMMENT 'negative, neutral, positive; empty: no model for the language',
    negative Float32 COMMENT 'probability',
    positive Float32,
    aspects Array(LowCardinality(String)) COMMENT 'keys of the catalogue, each once',
    aspect_sentiments Array(LowCardinality(String)),
    aspect_positives Array(Float32) COMMENT 'probability',
    labels Array(LowCardinality(String)) COMMENT 'emotion, intent or flag: group.key',
    words Array(String) COMMENT 'content words, each once' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY reading
ORDER BY (unit, toDate(occurred_at), occurred_at, event_id)
SETTINGS non_replicated_deduplication_window = 10000;
