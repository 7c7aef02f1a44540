-- metric/sql/active_whole.sql: the active customers of customers.sql in the whole range, as one number.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to.
-- Reads events by the key prefix (unit, day).
-- Subjects are gathered first: an event costs one step in a hash table, a subject the look-up of its customer.
SELECT uniqExact(dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id)) AS n
FROM
(
    SELECT subject_id
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
    GROUP BY subject_id
)
