-- What events are about: products, articles, stores, as their sources describe them.
-- Why: catalogues arrive beside the events and change on their own; the latest description counts.
-- Cost: none, the table is new. Lock: none. Way back: drop the table.

CREATE TABLE IF NOT EXISTS items
(
    type LowCardinality(String),
    id String,
    source_id UInt32,
    gone UInt8 COMMENT '1: its source took it away',
    at DateTime64(3, 'UTC') COMMENT 'of the description; the latest counts',
    properties Map(String, String) CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (type, id, source_id)
SETTINGS non_replicated_deduplication_window = 10000;
