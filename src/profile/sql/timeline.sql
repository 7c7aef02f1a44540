-- profile/sql/timeline.sql: events, newest first, before a cursor: of some subjects (a customer), or of all.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; subjects Array(UInt64), empty: all;
-- before_at, before_id UInt64: strictly before this pair; rows UInt64.
-- Reads events by the index on subject_id; without subjects by the key prefix (unit, day). Times are epoch milliseconds.
SELECT event_id,
       toUnixTimestamp64Milli(occurred_at) AS at,
       dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       dictGet('kind_of', 'type', toUInt64(kind)) AS type,
       dictGet('kind_of', 'name', toUInt64(kind)) AS name,
       dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
       dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS touchpoint,
       dictGet('kind_of', 'stage', toUInt64(kind)) AS stage,
       source_id, unit, case_id, amount_minor, currency, instrument, toFloat64(score) AS answer, text,
       mapKeys(properties) AS property_keys, mapValues(properties) AS property_values
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND (empty({subjects:Array(UInt64)}) OR subject_id IN {subjects:Array(UInt64)})
  AND (occurred_at, event_id) < ({before_at:DateTime64(3, 'UTC')}, {before_id:UInt64}) /*filter*/
ORDER BY occurred_at DESC, event_id DESC
LIMIT {rows:UInt64}
