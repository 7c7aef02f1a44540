-- ingest/sql/hot_recent.sql: the last interactions of some subjects, newest first.
-- In: subjects Array(UInt64); block UInt64: the newest block whose events count; rows UInt64.
-- Scope: all units; the record that it makes is what a Grant is checked against.
-- Reads events by the index on subject_id. Times are epoch milliseconds.
SELECT toUnixTimestamp64Milli(occurred_at) AS at, event_id, kind, amount_minor, isNotNull(score) AS answered,
       toFloat64(ifNull(score, 0)) AS answer, if(amount_minor = 0, '', toString(currency)) AS currency
FROM events
WHERE subject_id IN {subjects:Array(UInt64)} AND block_id <= {block:UInt64}
  AND dictGet('kind_of', 'type', toUInt64(kind)) IN ('track', 'page', 'screen')
ORDER BY occurred_at DESC, event_id DESC
LIMIT {rows:UInt64}
