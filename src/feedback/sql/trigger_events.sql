-- feedback/sql/trigger_events.sql: events that a trigger waits for, in order of their ids.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; after, upto UInt64: ids in (after, upto];
-- since DateTime64: what happened before asks nobody; keys Array(String), wanted Array(String): properties, and for each
-- a JSON list of the values that fit; rows UInt64: at most so many.
-- Reads the granules whose index by_event lies in the range.
SELECT event_id, subject_id, toUnixTimestamp64Milli(occurred_at) AS at
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND event_id > {after:UInt64} AND event_id <= {upto:UInt64}
  AND occurred_at >= {since:DateTime64(3, 'UTC')}
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND arrayAll((k, v) -> has(JSONExtract(v, 'Array(String)'), properties[k]), {keys:Array(String)}, {wanted:Array(String)}) /*filter*/
ORDER BY event_id
LIMIT {rows:UInt64}
