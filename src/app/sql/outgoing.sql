-- app/sql/outgoing.sql: stored events in order of their ids, as connectors send them out.
-- In: all_units UInt8, units Array(String) (from the Grant); after, upto UInt64: ids in (after, upto]; names, types,
-- channels Array(String) and sources Array(UInt64): empty means all; rows UInt64.
-- Reads the granules whose index by_event lies in the range. Times are epoch milliseconds.
SELECT event_id,
       toUnixTimestamp64Milli(occurred_at) AS at,
       toUnixTimestamp64Milli(received_at) AS arrived,
       dictGet('kind_of', 'type', toUInt64(kind)) AS type,
       dictGet('kind_of', 'name', toUInt64(kind)) AS name,
       dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
       dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS touchpoint,
       dictGet('kind_of', 'stage', toUInt64(kind)) AS stage,
       dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       source_id, unit, session_id, case_id, amount_minor, currency, instrument, toFloat64(score) AS answer, text,
       mapKeys(properties) AS property_keys, mapValues(properties) AS property_values
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND event_id > {after:UInt64} AND event_id <= {upto:UInt64}
  AND (empty({names:Array(String)}) OR has({names:Array(String)}, name))
  AND (empty({types:Array(String)}) OR has({types:Array(String)}, type))
  AND (empty({channels:Array(String)}) OR has({channels:Array(String)}, channel))
  AND (empty({sources:Array(UInt64)}) OR has({sources:Array(UInt64)}, toUInt64(source_id)))
ORDER BY event_id
LIMIT {rows:UInt64}
