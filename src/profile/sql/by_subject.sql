-- profile/sql/by_subject.sql: what each of some subjects has of its own.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; subjects Array(UInt64).
-- Reads events by the index on subject_id. Times are epoch milliseconds.
SELECT subject_id,
       countIf(type IN ('track', 'page', 'screen')) AS interactions,
       countIf(type IN ('track', 'page', 'screen') AND touchpoint = 'order') AS orders,
       toUnixTimestamp64Milli(min(occurred_at)) AS first_seen,
       toUnixTimestamp64Milli(max(occurred_at)) AS last_seen
FROM (
  SELECT subject_id, occurred_at,
         dictGet('kind_of', 'type', toUInt64(kind)) AS type,
         dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS touchpoint
  FROM events
  WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
    AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
    AND subject_id IN {subjects:Array(UInt64)}
)
GROUP BY subject_id
ORDER BY subject_id
