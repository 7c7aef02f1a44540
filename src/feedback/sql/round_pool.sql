-- feedback/sql/round_pool.sql: customers who may be asked: those with an event that satisfies a filter.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; rows UInt64: at most so many.
-- Reads events by the key prefix (unit, day). By id, so that a draw with the same seed is the same.
SELECT DISTINCT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
ORDER BY customer
LIMIT {rows:UInt64}
