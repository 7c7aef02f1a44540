-- desk/sql/customer_scores.sql: every score that some customers gave, in order of time.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; customers Array(UInt64).
-- Reads events in their order by instrument and kind.
SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
       toUnixTimestamp64Milli(occurred_at) AS at,
       toString(instrument) AS of,
       toFloat64(assumeNotNull(score)) AS answer
FROM events
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND instrument != '' AND isNotNull(score)
  AND customer IN {customers:Array(UInt64)}
ORDER BY customer, at, of, answer
