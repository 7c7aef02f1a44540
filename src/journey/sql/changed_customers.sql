-- journey/sql/changed_customers.sql: customers of the events whose ids lie in a range, each once, in no order.
-- In: all_units UInt8, units Array(String) (from the Grant); after, upto UInt64: ids in (after, upto].
-- Reads the granules whose index by_event lies in the range.
SELECT DISTINCT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND event_id > {after:UInt64} AND event_id <= {upto:UInt64}
