-- feedback/sql/spoke.sql: customers who have said something: a complaint, a contact with service, a comment, an answer.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; rows UInt64: at most so many.
-- Reads events by the key prefix (unit, day).
SELECT DISTINCT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND (text != '' OR instrument != ''
       OR dictGet('kind_of', 'touchpoint', toUInt64(kind)) IN ('complaint', 'contact', 'ticket', 'survey', 'review'))
ORDER BY customer
LIMIT {rows:UInt64}
