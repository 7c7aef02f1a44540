-- profile/sql/segment.sql: customers who have an event that satisfies a filter, by the latest such event, before a
-- cursor.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; before_at, before_id UInt64: strictly before
-- this pair; rows UInt64.
-- Reads events by the key prefix (unit, day). Times are epoch milliseconds.
SELECT customer, toUnixTimestamp64Milli(last) AS at
FROM
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
           max(occurred_at) AS last
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
    GROUP BY customer
)
WHERE (last, customer) < ({before_at:DateTime64(3, 'UTC')}, {before_id:UInt64})
ORDER BY last DESC, customer DESC
LIMIT {rows:UInt64}
