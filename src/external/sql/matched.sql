-- external/sql/matched.sql: how many customers a set holds.
-- In: set UInt64.
-- Reads customer_sets by its key.
SELECT uniqExact(dictGetOrDefault('subject_customer', 'customer', subject, subject)) AS customers
FROM customer_sets
WHERE set_id = {set:UInt64}
