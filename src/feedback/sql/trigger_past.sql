-- feedback/sql/trigger_past.sql: events that a trigger would have waited for, and whose they were, as time went by.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; keys Array(String), wanted Array(String):
-- properties, and for each a JSON list of the values that fit; rows UInt64: at most so many, the newest.
-- Reads events by the key prefix (unit, day).
SELECT event_id, dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       toUnixTimestamp64Milli(occurred_at) AS at
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND arrayAll((k, v) -> has(JSONExtract(v, 'Array(String)'), properties[k]), {keys:Array(String)}, {wanted:Array(String)}) /*filter*/
ORDER BY occurred_at DESC, event_id DESC
LIMIT {rows:UInt64}
