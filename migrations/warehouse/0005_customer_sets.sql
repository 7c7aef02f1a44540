-- Sets of customers that a question needs for a short while: whoever a virtual source or a trait names.
-- Why: a filter by what lies outside the events joins them here, by subject, never by an identifier.
-- Cost: none, the table is new; rows go after two hours. Lock: none. Way back: drop the table.

CREATE TABLE IF NOT EXISTS customer_sets
(
    set_id UInt64 COMMENT 'random; one question to one source at one time',
    subject UInt64 COMMENT 'the customer is looked up in subject_customer',
    grp LowCardinality(String) COMMENT 'value of the column asked for; empty: only membership was asked',
    made_at DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toStartOfHour(made_at)
ORDER BY (set_id, grp, subject)
TTL made_at + INTERVAL 2 HOUR
SETTINGS ttl_only_drop_parts = 1, merge_with_ttl_timeout = 600;
