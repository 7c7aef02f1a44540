-- feedback/sql/verbatims.sql: what customers said, newest first, before a cursor.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; before_at, before_id UInt64: strictly before this
-- pair; rows UInt64.
-- Reads events by the key prefix (unit, day). Times come as milliseconds of the epoch.
SELECT event_id,
       toUnixTimestamp64Milli(occurred_at) AS at,
       dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
       dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS touchpoint,
       dictGet('kind_of', 'stage', toUInt64(kind)) AS stage,
       unit, instrument, toFloat64(score) AS answer, text
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND (occurred_at, event_id) < ({before_at:DateTime64(3, 'UTC')}, {before_id:UInt64})
  AND text != '' /*filter*/
ORDER BY occurred_at DESC, event_id DESC
LIMIT {rows:UInt64}
