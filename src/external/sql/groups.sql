-- external/sql/groups.sql: how many customers each value of a virtual column has.
-- In: set UInt64; rows UInt64: how many values at most.
-- Reads customer_sets by its key.
SELECT grp,
       uniqExact(dictGetOrDefault('subject_customer', 'customer', subject, subject)) AS customers
FROM customer_sets
WHERE set_id = {set:UInt64}
GROUP BY grp
ORDER BY customers DESC, grp
LIMIT {rows:UInt64}
